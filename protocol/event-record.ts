import { ascii, concat, equalBytes, readU32, writeU32 } from "./bytes";
import { REASONS, type Reason } from "./decision";
import type { Hashes } from "./hashes";
import { EVENT_BYTES, EVENT_MAC_BYTES, EVENTS_PER_KEY, EVENTS_PER_UPLOAD_MAX, MAC_BYTES, TAG_BYTES } from "./limits";
import { ProtocolError } from "./protocol-error";

/**
 * One line of a door's log (X7), 32 bytes: sequence (u32) ‖ time (u32) ‖ type (u8) ‖ reason (u8) ‖ kind and
 * outputs (u8) ‖ flags (u8) ‖ tag (5) ‖ count (u24) ‖ MAC (12).
 *
 * The MAC covers the record before and this one: MAC_n = HMAC-SHA-256(K, MAC_(n−1) ‖ bytes 0–19)[0..12); MAC_0 is
 * preceded by zeros. K evolves every 128 records, so that a dump of the door cannot rewrite its past.
 */
export const EVENT_TYPES = [
  "decision", // somebody presented a credential: reason says how it went
  "boot",
  "request-to-exit",
  "leaf-opened",
  "leaf-closed",
  "forced-open",
  "held-open",
  "list-activated", // count = low 24 bits of the version
  "alarm",
  "remote-unlock",
  "events-folded", // count records were given up so far before they were acknowledged
  "keyset-accepted",
  "lock-state", // count = LockState that came into force
  "door-hours", // count 1 = the door's hours began, 0 = they ended
  "denials-folded", // count denials were not written one by one, so that grants keep their place
  "firmware", // count = low 24 bits of the version that runs for good from now on
  "service", // the service button: count 0 = refused, 1 = to be claimed anew, 2 = factory reset
] as const;
export type EventType = (typeof EVENT_TYPES)[number];

export interface EventRecord {
  sequence: number;
  /** Unix seconds, or seconds since boot where `timeUnknown`. */
  time: number;
  timeUnknown: boolean;
  type: EventType;
  reason: Reason;
  /** CredentialKind, 0 where none was presented. */
  kind: number;
  /** Bit mask of outputs that moved. */
  outputs: number;
  duress: boolean;
  /**
   * Of the credential, zeros where there is none. An unknown one leaves no tag: a mistyped PIN is nobody's business.
   * Of a `remote-unlock` the first bytes of the request's id, so that it is known whose it was.
   */
  tag: Uint8Array;
  count: number;
}

export const EVENT_BODY_BYTES = EVENT_BYTES - EVENT_MAC_BYTES;
const TIME_UNKNOWN = 1;
const DURESS = 2;
const COUNT_MAX = 0xff_ffff;

/** The 20 bytes of a record without its MAC. */
export function encodeEventBody(event: EventRecord): Uint8Array {
  const body = new Uint8Array(EVENT_BODY_BYTES);
  writeU32(body, 0, event.sequence);
  writeU32(body, 4, event.time);
  body[8] = EVENT_TYPES.indexOf(event.type);
  body[9] = REASONS.indexOf(event.reason);
  body[10] = event.kind | (event.outputs << 4);
  body[11] = (event.timeUnknown ? TIME_UNKNOWN : 0) | (event.duress ? DURESS : 0);
  body.set(event.tag, 12);
  const count = Math.min(event.count, COUNT_MAX);
  body[17] = count >>> 16;
  body[18] = count >>> 8;
  body[19] = count;
  return body;
}

/** @throws {ProtocolError} `malformed`. */
export function decodeEvent(record: Uint8Array): EventRecord {
  const type = EVENT_TYPES[record[8]];
  const reason = REASONS[record[9]];
  if (record.length !== EVENT_BYTES || type === undefined || reason === undefined || record[11] > 3) throw new ProtocolError("malformed", "event");
  return {
    sequence: readU32(record, 0),
    time: readU32(record, 4),
    timeUnknown: (record[11] & TIME_UNKNOWN) !== 0,
    type,
    reason,
    kind: record[10] & 15,
    outputs: record[10] >> 4,
    duress: (record[11] & DURESS) !== 0,
    tag: record.slice(12, 12 + TAG_BYTES),
    count: (record[17] << 16) | (record[18] << 8) | record[19],
  };
}

/** @param previousMac 12 bytes: of the record before, zeros before the first. */
export function eventMac(hashes: Hashes, key: Uint8Array, previousMac: Uint8Array, body: Uint8Array): Uint8Array {
  return hashes.hmacSha256(key, concat(previousMac, body)).slice(0, EVENT_MAC_BYTES);
}

const NEXT_KEY = ascii("latchkey/1/event/next");

/** The key of the next 128 records; nothing leads back from it. */
export function nextEventKey(hashes: Hashes, key: Uint8Array): Uint8Array {
  return hashes.hmacSha256(key, NEXT_KEY);
}

/** Which key a sequence number is under: 0 is `DoorKeys.event` itself. */
export function eventPeriod(sequence: number): number {
  return Math.floor(sequence / EVENTS_PER_KEY);
}

/**
 * `up/events`: format 1 ‖ 0 0 0 ‖ enrolment (u32) ‖ MAC of the record before the first (12) ‖ records (32 each) ‖
 * MAC (16) under `K_receipt` of "E" and all before it. The records' own MACs prove what the door wrote down when; this
 * one that the door sends them now, also where its flash was altered since.
 */
export interface EventUpload {
  enrolment: number;
  previousMac: Uint8Array;
  /** 32 bytes each, consecutive. */
  records: Uint8Array[];
}

const FORMAT = 1;
const HEAD_BYTES = 8 + EVENT_MAC_BYTES;
/** Apart from receipts, which are under the same key and begin with 1. */
const UPLOAD = ascii("E");
export const EVENT_UPLOAD_BYTES_MAX = HEAD_BYTES + EVENT_BYTES * EVENTS_PER_UPLOAD_MAX + MAC_BYTES;

/** @param key `DoorKeys.receipt`. */
export function encodeEventUpload(hashes: Hashes, key: Uint8Array, upload: EventUpload): Uint8Array {
  const head = new Uint8Array(8);
  head[0] = FORMAT;
  writeU32(head, 4, upload.enrolment);
  const body = concat(head, upload.previousMac, ...upload.records);
  return concat(body, uploadMac(hashes, key, body));
}

/**
 * Form and MAC of the upload; `readEvents` holds the chain.
 * @param key `DoorKeys.receipt`.
 * @throws {ProtocolError} `malformed`, `too-large`, `bad-mac`.
 */
export function openEventUpload(hashes: Hashes, key: Uint8Array, bytes: Uint8Array): EventUpload {
  if (bytes.length > EVENT_UPLOAD_BYTES_MAX) throw new ProtocolError("too-large", "events");
  const end = bytes.length - MAC_BYTES;
  const count = (end - HEAD_BYTES) / EVENT_BYTES;
  if (!Number.isInteger(count) || count < 1 || readU32(bytes, 0) !== FORMAT << 24) throw new ProtocolError("malformed", "events");
  if (!equalBytes(uploadMac(hashes, key, bytes.subarray(0, end)), bytes.subarray(end))) throw new ProtocolError("bad-mac", "events");
  const records: Uint8Array[] = [];
  for (let at = HEAD_BYTES; at < end; at += EVENT_BYTES) records.push(bytes.slice(at, at + EVENT_BYTES));
  return { enrolment: readU32(bytes, 4), previousMac: bytes.slice(8, HEAD_BYTES), records };
}

function uploadMac(hashes: Hashes, key: Uint8Array, body: Uint8Array): Uint8Array {
  return hashes.hmacSha256(key, concat(UPLOAD, body)).subarray(0, MAC_BYTES);
}

/** A record that came in an upload. */
export interface ReadEvent {
  sequence: number;
  /** Its MAC does not follow from the record before: what it says is nobody's word. */
  altered: boolean;
  /** undefined where its type, reason or flags are none of these: a newer door's, or altered. */
  event: EventRecord | undefined;
}

/**
 * Holds consecutive records against the chain. One that was altered is marked and stops nothing: what follows from
 * the MAC that stands in it, or from the one that it ought to have, holds.
 * @param keyOf the key of a period (`eventPeriod`).
 * @param previousMacs of the record before the first; any of them may be the right one.
 * @throws {ProtocolError} `malformed` where the numbers do not follow one another.
 */
export function readEvents(hashes: Hashes, keyOf: (period: number) => Uint8Array, previousMacs: readonly Uint8Array[], records: readonly Uint8Array[]): ReadEvent[] {
  let before = previousMacs;
  return records.map((record, index) => {
    const sequence = readU32(record, 0);
    if (sequence !== readU32(records[0], 0) + index) throw new ProtocolError("malformed", "event sequence");
    const key = keyOf(eventPeriod(sequence));
    const expected = before.map((mac) => eventMac(hashes, key, mac, record.subarray(0, EVENT_BODY_BYTES)));
    const mac = record.subarray(EVENT_BODY_BYTES);
    const altered = !expected.some((right) => equalBytes(right, mac));
    before = altered ? [mac, ...expected] : [mac];
    return { sequence, altered, event: decodeIfKnown(record) };
  });
}

/** @returns undefined where its content is none of these: a newer door's, or altered. */
export function decodeIfKnown(record: Uint8Array): EventRecord | undefined {
  try {
    return decodeEvent(record);
  } catch (error) {
    if (error instanceof ProtocolError) return undefined;
    throw error;
  }
}

/**
 * As `readEvents`, for whoever takes nothing but what is whole.
 * @throws {ProtocolError} `malformed`, `bad-mac` where a record was altered.
 */
export function verifyEvents(hashes: Hashes, keyOf: (period: number) => Uint8Array, previousMac: Uint8Array, records: readonly Uint8Array[]): EventRecord[] {
  return readEvents(hashes, keyOf, [previousMac], records).map(({ altered, event }) => {
    if (altered) throw new ProtocolError("bad-mac", "event");
    if (event === undefined) throw new ProtocolError("malformed", "event");
    return event;
  });
}
