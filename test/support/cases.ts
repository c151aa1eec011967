import type { BlockCipher } from "../../protocol/block-cipher";
import type { Hashes } from "../../protocol/hashes";
import type { Assert } from "./portable-assert";

/** What a case gets from where it runs. */
export interface CaseHost {
  /** Native hash functions: Node's own, which XS reaches by a host call. */
  readonly hashes: Hashes;
  /** Node's own AES, in the same way. */
  readonly blockCipher: BlockCipher;
  /** Under Node: every power cut is tried. XS runs the same code tens of times slower, and tries one in three. */
  readonly thorough: boolean;
  /**
   * A published vector file, parsed, such as "wycheproof/ed25519_test.json". Where the files are missing the case
   * ends here and is reported as skipped.
   */
  vectors(path: string): unknown;
}

/**
 * A test that runs under Node and under XS: synchronous, and of nothing but portable code (no Node module, none of
 * Node's globals). Its title is the key; FEATURES ids come first, as in "N8: a one-time code stays used".
 */
export type Case = (assert: Assert, host: CaseHost) => void;

/** What a file test/firmware/<name>.cases.ts exports as `cases`. Cases share nothing and run in this order. */
export type Cases = Record<string, Case>;

/** Code of the error by which a case leaves that has nothing to run on. */
export const SKIPPED = "skipped";

export class SkippedCase extends Error {
  readonly code = SKIPPED;
}
