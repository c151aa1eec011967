import pino, { type DestinationStream, type Logger } from "pino";
import type { Settings } from "./settings";

/**
 * One JSON line an entry, on standard error: standard output belongs to what a person asked for. Never secrets: nobody
 * writes any, and should somebody, what goes by a secret's name or comes along with an error stays out.
 */
export function createLog(level: Settings["logLevel"], destination: DestinationStream = pino.destination(2)): Logger {
  return pino({ level, base: null, timestamp: pino.stdTimeFunctions.isoTime, redact: { paths: SECRETS.flatMap((name) => [name, `*.${name}`]), censor: "[secret]" }, serializers: { err: describeError } }, destination);
}

const SECRETS = ["pin", "password", "passphrase", "token", "secret", "authorization", "cookie", "claim", "digits", "content", "text", "url", "databaseUrl"];

/** Of an error its kind, its words and where it came from: what libraries hang on besides holds rows, addresses and passwords. */
function describeError(error: unknown): object {
  if (!(error instanceof Error)) return { type: typeof error };
  const { code } = error as NodeJS.ErrnoException;
  return { type: error.name, message: error.message, stack: error.stack, ...(typeof code === "string" && { code }), ...(error.cause instanceof Error && { cause: describeError(error.cause) }) };
}
