import { z } from "zod";
import { ADMIN_TOKEN_CHARACTERS_MIN } from "../limits";
import { StartupError } from "../startup-error";

/** A listener for metrics and for what machines ask of this process. */
export interface OperationsAddress {
  host: string;
  /** 0 = any free one. */
  port: number;
  /** Asked for where metrics are; undefined: only this machine reaches them. */
  token: string | undefined;
}

export const operationsEnvironment = {
  LATCHKEY_REQUESTS_AT_ONCE: z.coerce.number("a number of requests").int("a number of requests").min(8, "at least 8").max(10_000, "at most 10000").optional(),
  LATCHKEY_METRICS_HOST: z.string().regex(/^[A-Za-z0-9._:-]+$/, "a host name or address").default("127.0.0.1"),
  LATCHKEY_METRICS_PORT: z.coerce.number("a port number").int("a port number").min(0, "a port number from 0 to 65535").max(65_535, "a port number from 0 to 65535").optional(),
  LATCHKEY_METRICS_TOKEN: z
    .string()
    .min(ADMIN_TOKEN_CHARACTERS_MIN, `at least ${ADMIN_TOKEN_CHARACTERS_MIN} characters`)
    .regex(/^[A-Za-z0-9._~+/=-]+$/, "letters, digits and ._~+/=- only")
    .optional(),
};

type Given = z.output<z.ZodObject<typeof operationsEnvironment>>;

/** @returns undefined where nobody is to ask. @throws StartupError for metrics that anybody could read. */
export function operationsAddress(given: Given): OperationsAddress | undefined {
  const { LATCHKEY_METRICS_HOST: host, LATCHKEY_METRICS_PORT: port, LATCHKEY_METRICS_TOKEN: token } = given;
  if (port === undefined) {
    if (token !== undefined) throw new StartupError("LATCHKEY_METRICS_TOKEN means something only with LATCHKEY_METRICS_PORT.");
    return undefined;
  }
  if (token === undefined && !/^(127\.[0-9.]+|::1|localhost)$/.test(host)) throw new StartupError("LATCHKEY_METRICS_HOST is not this machine alone: set LATCHKEY_METRICS_TOKEN, which whoever reads the metrics must send.");
  return { host, port, token };
}
