import pino, { type Logger } from "pino";
import type { Settings } from "./settings";

/** One JSON line an entry, on standard error: standard output belongs to what a person asked for. Never secrets. */
export function createLog(level: Settings["logLevel"]): Logger {
  return pino({ level, base: null, timestamp: pino.stdTimeFunctions.isoTime }, pino.destination(2));
}
