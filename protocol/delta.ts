import { compareBytes, readU16, writeU16, concat } from "./bytes";
import { CborReader, encodeMap } from "./cbor";
import { decodePolicy, encodePolicy, type DoorPolicy } from "./door-policy";
import { DELTA_BYTES_MAX, PROFILES_MAX, PROFILE_BYTES, ROWS_MAX, ROW_BYTES, SCHEDULE_RULES_MAX, SCHEDULE_RULE_BYTES, TOMBSTONES_MAX, U32_MAX } from "./limits";
import type { Manifest } from "./manifest";
import { decodeProfile } from "./profile";
import { ProtocolError } from "./protocol-error";
import { isRow } from "./row";
import { decodeScheduleRule } from "./schedule";

/** What a manager may set for a whole door (X12); state, so that nothing can replay it. */
export const LockState = { normal: 0, lockDown: 1, holdOpen: 2 } as const;
export type LockState = (typeof LockState)[keyof typeof LockState];

/**
 * Everything that changed since a base, cumulative: it replaces the delta before it, so loss and reordering are
 * harmless. Byte strings are kept as they came; `openAccessList` and `lookUp` read them in place.
 */
export interface Delta {
  epoch: number;
  /** Version of the manifest it stands on … */
  base: number;
  /** … and its own, never below the base's. */
  version: number;
  /** `hash8` of that manifest's payload: no mixing of lists. */
  manifestHash: Uint8Array;
  /** Ascending numbers of base rows that are gone. */
  tombstones: Uint16Array;
  /** New rows, sorted, 8 bytes each. */
  added: Uint8Array;
  /** Entries of index (u16) ‖ profile (12), ascending; an index past the base's count adds one. */
  profiles: Uint8Array;
  /** Entries of index (u16) ‖ rule (8), ascending. */
  rules: Uint8Array;
  lockState: LockState;
  /** Grows by one each time a manager lifts the keypad's lock-out. */
  throttleReset: number;
  /** Takes the place of the manifest's; undefined where that holds. */
  policy: DoorPolicy | undefined;
  /** The owner lets go of the door: it may be claimed anew by whoever presses its service button. */
  released: boolean;
}

export const PROFILE_ENTRY_BYTES = 2 + PROFILE_BYTES;
export const RULE_ENTRY_BYTES = 2 + SCHEDULE_RULE_BYTES;

export function encodeDelta(delta: Delta): Uint8Array {
  const { policy } = delta;
  return encodeMap(
    [
      [1, delta.epoch],
      [2, delta.base],
      [3, delta.version],
      [4, delta.manifestHash],
      [5, encodeTombstones(delta.tombstones)],
      [6, delta.added],
      [7, delta.profiles],
      [8, delta.rules],
      [9, delta.lockState],
      [10, delta.throttleReset],
      [11, policy === undefined ? 0 : (writer) => encodePolicy(writer, policy)],
      [12, delta.released ? 1 : 0],
    ],
    5,
  );
}

/**
 * Checks form alone; `checkDelta` holds it against its base.
 * @throws {ProtocolError} `malformed`, `too-large`.
 */
export function decodeDelta(payload: Uint8Array): Delta {
  const reader = new CborReader(payload);
  const map = reader.map();
  const delta: Delta = {
    epoch: map.unsigned(1, U32_MAX),
    base: map.unsigned(2, U32_MAX),
    version: map.unsigned(3, U32_MAX),
    manifestHash: map.bytes(4, 8),
    tombstones: decodeTombstones(map.optionalBytes(5, DELTA_BYTES_MAX)),
    added: map.optionalBytes(6, DELTA_BYTES_MAX),
    profiles: map.optionalBytes(7, DELTA_BYTES_MAX),
    rules: map.optionalBytes(8, DELTA_BYTES_MAX),
    lockState: map.optionalUnsigned(9, LockState.holdOpen) as LockState,
    throttleReset: map.optionalUnsigned(10, U32_MAX),
    policy: map.has(11) ? decodePolicy(reader) : undefined,
    released: map.optionalUnsigned(12, 1) === 1,
  };
  map.end();
  reader.end();
  if (delta.version < delta.base) throw new ProtocolError("malformed", "older than its base");
  return delta;
}

/**
 * Holds a delta against the manifest it names: row numbers that exist, sorted rows of known kinds, sound pools.
 * @throws {ProtocolError} `malformed`.
 */
export function checkDelta(delta: Delta, manifest: Manifest): void {
  const { tombstones, added } = delta;
  if (tombstones.length > 0 && tombstones[tombstones.length - 1] >= manifest.rows) throw new ProtocolError("malformed", "tombstone");
  const profiles = checkEntries(delta.profiles, PROFILE_ENTRY_BYTES, manifest.profiles, PROFILES_MAX, (at) => decodeProfile(delta.profiles, at) !== undefined);
  checkEntries(delta.rules, RULE_ENTRY_BYTES, manifest.rules, SCHEDULE_RULES_MAX, (at) => decodeScheduleRule(delta.rules, at) !== undefined);
  if (added.length % ROW_BYTES !== 0) throw new ProtocolError("malformed", "added rows");
  for (let at = 0; at < added.length; at += ROW_BYTES) {
    if (!isRow(added, at, profiles)) throw new ProtocolError("malformed", "added row");
    if (at > 0 && compareBytes(added.subarray(at - ROW_BYTES, at), added.subarray(at, at + ROW_BYTES)) >= 0) throw new ProtocolError("malformed", "added rows not sorted");
  }
}

/** @returns the size of the pool once the entries are applied: new indexes must follow the base's without a gap. */
function checkEntries(entries: Uint8Array, size: number, count: number, maximum: number, isSound: (at: number) => boolean): number {
  if (entries.length % size !== 0) throw new ProtocolError("malformed", "pool entries");
  let previous = -1;
  let total = count;
  for (let at = 0; at < entries.length; at += size) {
    const index = readU16(entries, at);
    if (index <= previous || index > total || index >= maximum || !isSound(at + 2)) throw new ProtocolError("malformed", "pool entry");
    if (index === total) total += 1;
    previous = index;
  }
  return total;
}

/** One entry of `profiles` or `rules`. */
export function encodePoolEntry(index: number, value: Uint8Array): Uint8Array {
  const head = new Uint8Array(2);
  writeU16(head, 0, index);
  return concat(head, value);
}

/** Gaps between ascending row numbers (the first as it is, then difference − 1) as LEB128, shortest form. */
function encodeTombstones(rows: Uint16Array): Uint8Array {
  const bytes: number[] = [];
  let next = 0;
  for (const row of rows) {
    let gap = row - next;
    while (gap > 127) {
      bytes.push((gap & 127) | 128);
      gap >>= 7;
    }
    bytes.push(gap);
    next = row + 1;
  }
  return Uint8Array.from(bytes);
}

function decodeTombstones(bytes: Uint8Array): Uint16Array {
  let count = 0;
  for (const byte of bytes) if (byte < 128) count += 1;
  if (count > TOMBSTONES_MAX) throw new ProtocolError("too-large", "tombstones");
  const rows = new Uint16Array(count);
  let at = 0;
  let next = 0;
  for (let i = 0; i < count; i++) {
    let gap = 0;
    for (let shift = 0; ; shift += 7) {
      const byte = bytes[at++];
      gap |= (byte & 127) << shift;
      if (byte < 128) {
        if (byte === 0 && shift > 0) throw new ProtocolError("malformed", "tombstone not in shortest form");
        break;
      }
      if (shift === 14) throw new ProtocolError("malformed", "tombstone out of range");
    }
    const row = next + gap;
    if (row >= ROWS_MAX) throw new ProtocolError("malformed", "tombstone out of range");
    rows[i] = row;
    next = row + 1;
  }
  if (at !== bytes.length) throw new ProtocolError("malformed", "tombstones end in the middle");
  return rows;
}
