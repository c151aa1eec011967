import { writeU16, readU16 } from "./bytes";
import { CredentialKind } from "./credential";
import { ROW_BYTES, TAG_BYTES, USE_COUNTERS } from "./limits";

/**
 * One right of one credential, 8 bytes: tag (5) ‖ profile index (u16) ‖ flags (u8).
 * Flags: bits 0–2 kind, 3 a second PIN is needed, 4 duress, 5 suspended, 6–7 number of the use counter.
 */
export interface Row {
  tag: Uint8Array;
  profile: number;
  kind: CredentialKind;
  needsSecondPin: boolean;
  duress: boolean;
  suspended: boolean;
  /** Alternatives under one tag that are limited count their uses apart: 0 to 3, kept by the cloud for a grant's life. */
  useCounter: number;
}

const SECOND_PIN = 1 << 3;
const DURESS = 1 << 4;
const SUSPENDED = 1 << 5;

export function encodeRow(row: Row): Uint8Array {
  if (row.tag.length !== TAG_BYTES || row.useCounter >= USE_COUNTERS) throw new Error("not a row");
  const bytes = new Uint8Array(ROW_BYTES);
  bytes.set(row.tag);
  writeU16(bytes, TAG_BYTES, row.profile);
  bytes[7] = rowFlags(row);
  return bytes;
}

/** The last byte of a row. */
export function rowFlags(row: Omit<Row, "tag" | "profile">): number {
  return row.kind | (row.needsSecondPin ? SECOND_PIN : 0) | (row.duress ? DURESS : 0) | (row.suspended ? SUSPENDED : 0) | (row.useCounter << 6);
}

/** The kind at byte 7 of a row, for a look-up that has not decoded it. */
export function kindOf(flags: number): number {
  return flags & 7;
}

/** @param bytes 8 bytes that `isRow` accepted. */
export function decodeRow(bytes: Uint8Array): Row {
  const flags = bytes[7];
  return {
    tag: bytes.subarray(0, TAG_BYTES),
    profile: readU16(bytes, TAG_BYTES),
    kind: kindOf(flags) as CredentialKind,
    needsSecondPin: (flags & SECOND_PIN) !== 0,
    duress: (flags & DURESS) !== 0,
    suspended: (flags & SUSPENDED) !== 0,
    useCounter: flags >> 6,
  };
}

/** Whether the 8 bytes at `at` are a row: a known kind, a profile that exists. */
export function isRow(bytes: Uint8Array, at: number, profiles: number): boolean {
  const kind = kindOf(bytes[at + 7]);
  return kind >= CredentialKind.pin && kind <= CredentialKind.unitPin && readU16(bytes, at + TAG_BYTES) < profiles;
}
