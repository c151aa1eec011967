import { concat, readU16, readU32, writeU16, writeU32 } from "../../protocol/bytes";
import { EVENT_MAC_BYTES, U32_MAX } from "../../protocol/limits";
import type { KeyValue } from "../device";
import { EVENT_SECTORS } from "../flash-layout";

/** A sector that holds no event, a fold that never was. */
export const NONE = U32_MAX;

/**
 * What the event log must know before it reads a record. One value of the key-value store, so that all of it
 * changes at once: under `event-log`, 336 bytes:
 * format 1 ‖ 0 ‖ anchor slot (u16) ‖ enrolment ‖ anchor number (u32 each) ‖ MAC before the anchor (12) ‖ key of the
 * anchor's period (32) ‖ first number kept (u32) ‖ MAC before it (12) ‖ number of the last fold's record ‖ its
 * count (u32 each) ‖ first number in each of the 64 sectors (u32 each; 0xffffffff none).
 *
 * Under `event-ack`, 20 bytes: enrolment ‖ first number that the cloud has not (u32 each) ‖ MAC before it (12).
 */
export interface EventLogState {
  enrolment: number;
  /**
   * Where the search for the end begins: the slot (32 bytes each, counted through all sectors) at which, or after
   * which, event `sequence` stands. Written before the first record of every sector and of every period.
   */
  anchor: { slot: number; sequence: number; mac: Uint8Array };
  /** Of the anchor's period. The one before is nowhere any more. */
  key: Uint8Array;
  /** The oldest event that is kept. */
  tail: { sequence: number; mac: Uint8Array };
  /** The newest `events-folded` record: until `sequence` is written, it is owed. `count`: of all gaps so far. */
  fold: { sequence: number; count: number };
  firsts: Uint32Array;
}

export interface AcknowledgedEvents {
  sequence: number;
  mac: Uint8Array;
}

const STATE_KEY = "event-log";
const ACKNOWLEDGED_KEY = "event-ack";
const FORMAT = 1;
const HEAD_BYTES = 80;
const STATE_BYTES = HEAD_BYTES + 4 * EVENT_SECTORS;
const ACKNOWLEDGED_BYTES = 8 + EVENT_MAC_BYTES;

/**
 * Begins the log of an enrolment, once, at the claim. The log then owns the key: whoever stores `DoorKeys` leaves
 * `event` out, since whoever reads a door's memory must not find the key of its past.
 */
export function startEventLog(keyValue: KeyValue, enrolment: number, firstKey: Uint8Array): void {
  keepState(keyValue, {
    enrolment,
    // No sector is entered yet: the first event will enter this one, which erases it.
    anchor: { slot: 0, sequence: 0, mac: new Uint8Array(EVENT_MAC_BYTES) },
    key: firstKey,
    tail: { sequence: 0, mac: new Uint8Array(EVENT_MAC_BYTES) },
    fold: { sequence: NONE, count: 0 },
    firsts: new Uint32Array(EVENT_SECTORS).fill(NONE),
  });
}

/** @returns undefined where there is none for this enrolment. */
export function loadState(keyValue: KeyValue, enrolment: number): EventLogState | undefined {
  const kept = keyValue.read(STATE_KEY);
  if (kept === undefined || kept.byteLength !== STATE_BYTES) return undefined;
  const bytes = new Uint8Array(kept);
  if (bytes[0] !== FORMAT || readU32(bytes, 4) !== enrolment) return undefined;
  const firsts = new Uint32Array(EVENT_SECTORS);
  const view = new DataView(kept);
  for (let sector = 0; sector < EVENT_SECTORS; sector++) firsts[sector] = view.getUint32(HEAD_BYTES + 4 * sector);
  return {
    enrolment,
    anchor: { slot: readU16(bytes, 2), sequence: readU32(bytes, 8), mac: bytes.slice(12, 24) },
    key: bytes.slice(24, 56),
    tail: { sequence: readU32(bytes, 56), mac: bytes.slice(60, 72) },
    fold: { sequence: readU32(bytes, 72), count: readU32(bytes, 76) },
    firsts,
  };
}

export function keepState(keyValue: KeyValue, state: EventLogState): void {
  const bytes = new Uint8Array(STATE_BYTES);
  bytes[0] = FORMAT;
  writeU16(bytes, 2, state.anchor.slot);
  writeU32(bytes, 4, state.enrolment);
  writeU32(bytes, 8, state.anchor.sequence);
  bytes.set(state.anchor.mac, 12);
  bytes.set(state.key, 24);
  writeU32(bytes, 56, state.tail.sequence);
  bytes.set(state.tail.mac, 60);
  writeU32(bytes, 72, state.fold.sequence);
  writeU32(bytes, 76, state.fold.count);
  const view = new DataView(bytes.buffer);
  for (let sector = 0; sector < EVENT_SECTORS; sector++) view.setUint32(HEAD_BYTES + 4 * sector, state.firsts[sector]);
  keyValue.write(STATE_KEY, bytes);
}

export function loadAcknowledged(keyValue: KeyValue, enrolment: number): AcknowledgedEvents {
  const kept = keyValue.read(ACKNOWLEDGED_KEY);
  const bytes = kept === undefined ? new Uint8Array(0) : new Uint8Array(kept);
  if (bytes.length !== ACKNOWLEDGED_BYTES || readU32(bytes, 0) !== enrolment) return { sequence: 0, mac: new Uint8Array(EVENT_MAC_BYTES) };
  return { sequence: readU32(bytes, 4), mac: bytes.slice(8) };
}

export function keepAcknowledged(keyValue: KeyValue, enrolment: number, { sequence, mac }: AcknowledgedEvents): void {
  const head = new Uint8Array(8);
  writeU32(head, 0, enrolment);
  writeU32(head, 4, sequence);
  keyValue.write(ACKNOWLEDGED_KEY, concat(head, mac));
}
