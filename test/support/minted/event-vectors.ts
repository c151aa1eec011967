/** SPEC 10 and 11: pieces of a door's log, and what acknowledges them. */
import { encodeAcknowledgement } from "../../../protocol/acknowledgement";
import { ascii, concat, toHex } from "../../../protocol/bytes";
import { CredentialKind } from "../../../protocol/credential";
import { encodeEventBody, encodeEventUpload, eventMac, eventPeriod, nextEventKey, type EventRecord, type ReadEvent } from "../../../protocol/event-record";
import { MAC_BYTES } from "../../../protocol/limits";
import { nobleHashes as hashes } from "../../../protocol/noble-hashes";
import type { ProtocolErrorCode } from "../../../protocol/protocol-error";
import { flip, put } from "./cbor-surgery";
import { acknowledgementReads, eventsReads } from "./reads";
import { DOOR_KEYS, ENROLMENT, fill, mint, NOW, type VectorBook } from "./vector-site";
import type { Given } from "./vector-format";

const NOTHING: EventRecord = { sequence: 0, time: NOW, timeUnknown: false, type: "boot", reason: "granted", kind: 0, outputs: 0, duress: false, tag: fill(5, 0), count: 0 };
const PIN = { kind: CredentialKind.pin, tag: mint.tag(CredentialKind.pin, "012345") };
/** Of the record before, where a piece begins in the middle: any 12 bytes will do. */
const BEFORE = fill(12, 0xbe);

function keyOf(sequence: number): Uint8Array {
  let key = DOOR_KEYS.event;
  for (let period = eventPeriod(sequence); period > 0; period--) key = nextEventKey(hashes, key);
  return key;
}

/** A piece of log from `first` on. @param change of a body before its MAC is made. */
function piece(first: number, previousMac: Uint8Array, events: Partial<EventRecord>[], change = (body: Uint8Array): Uint8Array => body): { events: EventRecord[]; records: Uint8Array[] } {
  const whole = events.map((event, index) => ({ ...NOTHING, sequence: first + index, ...event }));
  let mac = previousMac;
  const records = whole.map((event) => {
    const body = change(encodeEventBody(event));
    mac = eventMac(hashes, keyOf(event.sequence), mac, body);
    return concat(body, mac);
  });
  return { events: whole, records };
}

export function mintEvents(book: VectorBook): void {
  const upload = (previousMac: Uint8Array, records: Uint8Array[], enrolment = ENROLMENT): Uint8Array => encodeEventUpload(hashes, DOOR_KEYS.receipt, { enrolment, previousMac, records });
  const whole = (events: readonly EventRecord[]): ReadEvent[] => events.map((event) => ({ sequence: event.sequence, altered: false, event }));
  const refuse = (name: string, code: ProtocolErrorCode, bytes: Uint8Array, given?: Given): void => book.refuse("events", name, code, bytes, given);
  const accept = (name: string, first: number, previousMac: Uint8Array, events: Partial<EventRecord>[], given?: Given): Uint8Array[] => {
    const made = piece(first, previousMac, events);
    book.accept("events", name, upload(previousMac, made.records), eventsReads(ENROLMENT, whole(made.events)), given);
    return made.records;
  };
  const zeros = fill(12, 0);
  const denied = { type: "decision", reason: "outside-schedule" } as const;
  const records = accept("three events", 0, zeros, [{ type: "decision", ...PIN, outputs: 1 }, { type: "leaf-opened" }, { ...denied, ...PIN }]);
  const third = piece(2, records[1].slice(20), [{ ...denied, ...PIN }]);
  const macBefore = { previousMac: toHex(records[1].slice(20)) };
  book.accept("events", "the last of them, with the MAC before it", upload(records[1].slice(20), third.records), eventsReads(ENROLMENT, whole(third.events)), macBefore);
  const marked = (name: string, bytes: Uint8Array, events: readonly ReadEvent[], given?: Given): void => book.accept("events", name, bytes, eventsReads(ENROLMENT, events), given);
  const altered = (sequence: number): ReadEvent => ({ sequence, altered: true, event: undefined });
  marked("the last of them, with another MAC before it than the cloud has", upload(BEFORE, third.records), whole(third.events), macBefore);
  marked("the last of them after another event than the cloud has", upload(BEFORE, piece(2, BEFORE, [denied]).records), [altered(2)], macBefore);
  marked("the first event after bytes that are not zero", upload(BEFORE, piece(0, BEFORE, [{}]).records), [altered(0)]);
  accept("events 127 and 128, with a key each", 127, BEFORE, [{ type: "remote-unlock", outputs: 1 }, { type: "request-to-exit" }]);
  accept("event 256, two keys further", 256, BEFORE, [{ type: "held-open" }]);
  marked("event 128 under the key of 127", upload(BEFORE, [reKey(128, 127)]), [altered(128)]);
  accept("events folded, a list activated, a duress PIN, a start without the time", 500, BEFORE, [
    { type: "events-folded", count: 0xff_fffe },
    { type: "list-activated", count: NOW & 0xff_ffff },
    { type: "decision", ...PIN, outputs: 1, duress: true },
    { type: "boot", time: 0, timeUnknown: true },
    { type: "keyset-accepted", time: 3, timeUnknown: true },
  ]);
  accept("a card refused that nobody knows", 9, BEFORE, [{ type: "decision", reason: "unknown-credential", kind: CredentialKind.card }]);
  book.refuse("events", "97 events", "too-large", upload(zeros, records.slice(0, 1)), undefined, 96 * 32);
  const three = piece(0, zeros, [{ type: "decision", ...PIN, outputs: 1 }, { type: "leaf-opened" }, { ...denied, ...PIN }]).events;
  const secondAltered = [...whole(three.slice(0, 1)), altered(1), ...whole(three.slice(2))];
  marked("three events, the second altered", upload(zeros, [records[0], flip(records[1], 4), records[2]]), secondAltered);
  marked("three events, the second altered to what no door writes", upload(zeros, [records[0], put(records[1], 8, 0xff), records[2]]), secondAltered);
  marked("three events, the second one's MAC altered", upload(zeros, [records[0], flip(records[1], 31), records[2]]), secondAltered);
  const right = upload(zeros, records);
  refuse("three events, altered on the way", "bad-mac", flip(right, 30));
  refuse("three events under another key", "bad-mac", encodeEventUpload(hashes, DOOR_KEYS.command, { enrolment: ENROLMENT, previousMac: zeros, records }));
  const body = right.slice(0, -MAC_BYTES);
  refuse("three events under the MAC of a receipt", "bad-mac", concat(body, hashes.hmacSha256(DOOR_KEYS.receipt, body).slice(0, MAC_BYTES)));
  refuse("three events without a MAC", "malformed", body);
  refuse("an event left out", "malformed", upload(zeros, [records[0], records[2]]));
  refuse("two events in each other's place", "malformed", upload(records[0].slice(20), [records[1], records[0]]));
  refuse("no event", "malformed", upload(zeros, []));
  refuse("an event of another enrolment", "wrong-enrolment", upload(zeros, records.slice(0, 1), ENROLMENT + 1));
  refuse("half an event", "malformed", upload(zeros, [records[0].slice(0, 16)]));
  const reMac = (bytes: Uint8Array): Uint8Array => {
    const head = bytes.slice(0, -MAC_BYTES);
    return concat(head, hashes.hmacSha256(DOOR_KEYS.receipt, concat(ascii("E"), head)).slice(0, MAC_BYTES));
  };
  refuse("an event in format 2", "malformed", reMac(put(upload(zeros, records.slice(0, 1)), 0, 2)));
  refuse("an event with a head that is not zero", "malformed", reMac(put(upload(zeros, records.slice(0, 1)), 3, 1)));
  const field = (name: string, at: number, value: number): void => marked(name, upload(zeros, piece(0, zeros, [{}], (bytes) => put(bytes, at, value)).records), [{ sequence: 0, altered: false, event: undefined }]);
  field("an event of type 17", 8, 17);
  field("an event of reason 14", 9, 14);
  field("an event with a flag that nobody knows", 11, 4);
  mintAcknowledgements(book);
}

/** An event whose MAC is made with the key of another. */
function reKey(sequence: number, other: number): Uint8Array {
  const body = encodeEventBody({ ...NOTHING, sequence });
  return concat(body, eventMac(hashes, keyOf(other), BEFORE, body));
}

function mintAcknowledgements(book: VectorBook): void {
  const made = (enrolment: number, sequence: number, key = DOOR_KEYS.acknowledgement): Uint8Array => encodeAcknowledgement(hashes, key, { enrolment, sequence });
  const right = made(ENROLMENT, 3);
  book.accept("ack", "acknowledgement of events below 3", right, acknowledgementReads({ enrolment: ENROLMENT, sequence: 3 }));
  const refuse = (name: string, code: ProtocolErrorCode, bytes: Uint8Array): void => book.refuse("ack", `acknowledgement ${name}`, code, bytes);
  refuse("raised to 4", "bad-mac", put(right, 11, 4));
  refuse("under another key", "bad-mac", made(ENROLMENT, 3, DOOR_KEYS.receipt));
  refuse("of another enrolment", "wrong-enrolment", made(ENROLMENT + 1, 3));
  refuse("with a byte cut off", "malformed", right.slice(0, -1));
  refuse("with a byte more", "malformed", concat(right, Uint8Array.of(0)));
  for (const [name, head] of [["of format 2", [2, 0]], ["with a head that is not zero", [1, 1]]] as const) {
    const body = put(put(right.slice(0, 12), 0, head[0]), 3, head[1]);
    refuse(name, "malformed", concat(body, hashes.hmacSha256(DOOR_KEYS.acknowledgement, body).slice(0, 16)));
  }
}
