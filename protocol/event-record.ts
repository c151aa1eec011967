import { ascii, concat, equalBytes, readU32, writeU32 } from "./bytes";
import { REASONS, type Reason } from "./decision";
import type { Hashes } from "./hashes";
import { EVENT_BYTES, EVENT_MAC_BYTES, EVENTS_PER_KEY, EVENTS_PER_UPLOAD_MAX, TAG_BYTES } from "./limits";
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
  "events-folded", // count records were lost before they could be sent
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
  /** Of the credential, zeros where there is none. An unknown one leaves no tag: a mistyped PIN is nobody's business. */
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

/** `up/events`: format 1 ‖ 0 0 0 ‖ enrolment (u32) ‖ MAC of the record before the first (12) ‖ records (32 each). */
export interface EventUpload {
  enrolment: number;
  previousMac: Uint8Array;
  /** 32 bytes each, consecutive. */
  records: Uint8Array[];
}

const FORMAT = 1;
const HEAD_BYTES = 8 + EVENT_MAC_BYTES;
export const EVENT_UPLOAD_BYTES_MAX = HEAD_BYTES + EVENT_BYTES * EVENTS_PER_UPLOAD_MAX;

export function encodeEventUpload(upload: EventUpload): Uint8Array {
  const head = new Uint8Array(8);
  head[0] = FORMAT;
  writeU32(head, 4, upload.enrolment);
  return concat(head, upload.previousMac, ...upload.records);
}

/** Form alone; `verifyEvents` holds the chain. @throws {ProtocolError} `malformed`, `too-large`. */
export function decodeEventUpload(bytes: Uint8Array): EventUpload {
  if (bytes.length > EVENT_UPLOAD_BYTES_MAX) throw new ProtocolError("too-large", "events");
  const count = (bytes.length - HEAD_BYTES) / EVENT_BYTES;
  if (!Number.isInteger(count) || count < 1 || readU32(bytes, 0) !== FORMAT << 24) throw new ProtocolError("malformed", "events");
  const records: Uint8Array[] = [];
  for (let at = HEAD_BYTES; at < bytes.length; at += EVENT_BYTES) records.push(bytes.slice(at, at + EVENT_BYTES));
  return { enrolment: readU32(bytes, 4), previousMac: bytes.slice(8, HEAD_BYTES), records };
}

/**
 * Verifies consecutive records.
 * @param keyOf the key of a period (`eventPeriod`).
 * @throws {ProtocolError} `malformed` where the numbers do not follow one another, `bad-mac` where a record was altered.
 */
export function verifyEvents(hashes: Hashes, keyOf: (period: number) => Uint8Array, previousMac: Uint8Array, records: readonly Uint8Array[]): EventRecord[] {
  let mac = previousMac;
  return records.map((record, index) => {
    const event = decodeEvent(record);
    if (event.sequence !== readU32(records[0], 0) + index) throw new ProtocolError("malformed", "event sequence");
    const expected = eventMac(hashes, keyOf(eventPeriod(event.sequence)), mac, record.subarray(0, EVENT_BODY_BYTES));
    mac = record.subarray(EVENT_BODY_BYTES);
    if (!equalBytes(expected, mac)) throw new ProtocolError("bad-mac", "event");
    return event;
  });
}
