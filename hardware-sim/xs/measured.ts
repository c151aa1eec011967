/** What a file exports whose costs meter.ts shall measure. Portable: it runs in XS. */
import type { Hashes } from "../../protocol/hashes";

/** What a measured program gets from the PC. */
export interface MeterHost {
  /** Native hash functions, by a host call. */
  readonly hashes: Hashes;
}

/** Returned by sliced work that is not done. */
export const MORE = Symbol("more");

/**
 * Prepares something, which is not counted, and returns what is: a function that is called until it returns
 * anything but `MORE`. What it returns at last is kept alive while the heap is measured, as is what it closes over.
 */
export type Measured = (host: MeterHost) => () => unknown;
