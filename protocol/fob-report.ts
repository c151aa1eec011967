import { concat, equalBytes, readU32, writeU32 } from "./bytes";
import type { FobKeys } from "./fob-identity";
import type { Hashes } from "./hashes";
import { ID_BYTES, MAC_BYTES } from "./limits";
import { ProtocolError } from "./protocol-error";

/** What a fob answers to the last frame of a connection (SPEC 23.3); the order is on the wire. */
export const FOB_ANSWERS = [
  "nothing", // there was none, or it was data and more is to come
  "staged", // the assignment is kept and not yet in force
  "committed", // it is in force
  "malformed",
  "too-large",
  "bad-mac",
  "wrong-fob", // it is for another one
  "old-assignment", // the fob has a newer one
  "button-taken", // a button that has an assignment must be cleared first (S7)
  "nothing-staged", // no such assignment is staged
  "hold-again", // it was staged in this edit mode: buttons 2 and 4 must be held once more (S8)
] as const;
export type FobAnswer = (typeof FOB_ANSWERS)[number];

/** Read from a fob in edit mode. Under its MAC it is the fob's acknowledgement. */
export interface FobReport {
  /** 8 bytes. */
  fob: Uint8Array;
  /** Sequence of the assignment in force; 0 = none. */
  active: number;
  /** Of one that is staged; 0 = none. */
  staged: number;
  /** Buttons that have an assignment in force: bit 0 = button 1. */
  taken: number;
  answer: FobAnswer;
}

const FORMAT = 1;
const HEAD_BYTES = 1 + ID_BYTES + 4 + 4 + 1 + 1;
export const FOB_REPORT_BYTES = HEAD_BYTES + MAC_BYTES;

/** format 1 ‖ fob id ‖ active (u32) ‖ staged (u32) ‖ taken (u8) ‖ answer (u8) ‖ HMAC(report key, all before it)[0..16). */
export function encodeFobReport(hashes: Hashes, keys: FobKeys, { fob, active, staged, taken, answer }: FobReport): Uint8Array {
  const head = new Uint8Array(HEAD_BYTES);
  head[0] = FORMAT;
  head.set(fob, 1);
  writeU32(head, 1 + ID_BYTES, active);
  writeU32(head, 5 + ID_BYTES, staged);
  head[9 + ID_BYTES] = taken;
  head[10 + ID_BYTES] = FOB_ANSWERS.indexOf(answer);
  return concat(head, hashes.hmacSha256(keys.report, head).subarray(0, MAC_BYTES));
}

/** For whoever has not its keys: nothing in it is proved. @throws {ProtocolError} `malformed`. */
export function decodeFobReport(bytes: Uint8Array): FobReport {
  const answer = FOB_ANSWERS[bytes[10 + ID_BYTES]];
  if (bytes.length !== FOB_REPORT_BYTES || bytes[0] !== FORMAT || answer === undefined) throw new ProtocolError("malformed", "report of a fob");
  return { fob: bytes.slice(1, 1 + ID_BYTES), active: readU32(bytes, 1 + ID_BYTES), staged: readU32(bytes, 5 + ID_BYTES), taken: bytes[9 + ID_BYTES], answer };
}

/** @param bytes untrusted. @throws {ProtocolError} `malformed`, `bad-mac`. */
export function openFobReport(hashes: Hashes, keys: FobKeys, bytes: Uint8Array): FobReport {
  const report = decodeFobReport(bytes);
  const mac = hashes.hmacSha256(keys.report, bytes.subarray(0, HEAD_BYTES)).subarray(0, MAC_BYTES);
  if (!equalBytes(mac, bytes.subarray(HEAD_BYTES))) throw new ProtocolError("bad-mac", "report of a fob");
  return report;
}
