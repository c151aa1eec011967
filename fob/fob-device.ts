import type { KeyValue, Timers } from "../firmware/device";
import type { Hashes } from "../protocol/hashes";

/** Everything that a fob touches of its board, in the shapes of ECMA-419 as Moddable has them. */
export interface FobDevice {
  readonly keyValue: { open(options: { path: string; format: "buffer" }): KeyValue };
  readonly timer: Timers;
  readonly hashes: Hashes;
  /** @param length bytes, from a true random number generator. */
  randomBytes(length: number): Uint8Array;
  /** One diagnostic line; never a secret. */
  trace(line: string): void;
}
