/**
 * Why bytes or a state change were refused. The same words in a door's refusal counters, the API and the logs.
 * The list is closed, and its order is on the wire (`up/state`).
 */
export const REFUSALS = [
  "malformed", // not the deterministic encoding that SPEC.md asks for
  "too-large", // over a bound of limits.ts
  "wrong-key", // kid names no key of the keyset
  "bad-signature",
  "bad-mac",
  "wrong-site",
  "wrong-door",
  "wrong-enrolment",
  "old-epoch",
  "future-epoch", // a keyset must come first
  "old-version",
  "wrong-base", // a delta for another snapshot
  "bad-hash",
  "lease-for-newer-list",
  "lease-too-long",
  "old-lease",
  "wrong-keyset-number",
  "too-few-signatures",
  "unknown-nonce",
  "old-counter",
  "not-asked-for",
  "wrong-target", // firmware for another kind of board
  "no-room", // too much waits already; nothing is wrong with the message, and it is asked for again
  "unknown-handle", // of no phone or fob, or another door's
] as const;
export type ProtocolErrorCode = (typeof REFUSALS)[number];

/** Thrown for bad bytes, and for nothing else: whoever reads untrusted bytes catches this and only this. */
export class ProtocolError extends Error {
  readonly code: ProtocolErrorCode;

  constructor(code: ProtocolErrorCode, detail?: string) {
    super(detail === undefined ? code : `${code}: ${detail}`);
    this.code = code;
  }
}
