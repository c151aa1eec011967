/** SPEC 9 and 15: what a door says of itself. */
import { ascii, concat } from "../../../protocol/bytes";
import { encodeDoorState, OFFLINE, type DoorState } from "../../../protocol/door-state";
import { encodeNeed, type Need } from "../../../protocol/need";
import { nobleHashes as hashes } from "../../../protocol/noble-hashes";
import type { ProtocolErrorCode } from "../../../protocol/protocol-error";
import { encodeReceipt, type DoorAlarms, type Receipt } from "../../../protocol/receipt";
import { array, byteString, flip, joinMap, put, splitMap, unsigned, withField } from "./cbor-surgery";
import { needReads, receiptReads, stateReads } from "./reads";
import { DAY, DOOR_KEYS, ENROLMENT, fill, NOW, TIME_NONCE, type VectorBook } from "./vector-site";

const NO_ALARMS: DoorAlarms = { listLost: false, listDamaged: false, timeUnknown: false, eventsFolded: false, usesFull: false };
/** Counter of the last receipt that the cloud has taken. */
export const LAST_COUNTER = 64;

/** @param lists `hash8` of the manifest and of the delta that the door has. */
export function mintReceipts(book: VectorBook, lists: { manifestHash: Uint8Array; deltaHash: Uint8Array }): void {
  const receipt: Receipt = {
    enrolment: ENROLMENT,
    counter: LAST_COUNTER + 1,
    epoch: 1,
    version: NOW + 60,
    ...lists,
    keysetNumber: 1,
    leaseIssuedAt: NOW + 120,
    leaseEnd: NOW + 120 + DAY,
    signedTime: NOW + 5,
    wallTime: NOW + 121,
    firstEvent: 7,
    nextEvent: 9,
    alarms: NO_ALARMS,
  };
  const none = { epoch: 0, version: 0, manifestHash: fill(8, 0), deltaHash: fill(8, 0), leaseIssuedAt: 0, leaseEnd: 0, signedTime: 0, wallTime: 0, firstEvent: 0, nextEvent: 1 };
  const made = (changes: Partial<Receipt>, key = DOOR_KEYS.receipt): Uint8Array => encodeReceipt(hashes, key, { ...receipt, ...changes });
  const accept = (name: string, changes: Partial<Receipt> = {}): void => book.accept("receipt", name, made(changes), receiptReads({ ...receipt, ...changes }));
  const refuse = (name: string, code: ProtocolErrorCode, bytes: Uint8Array): void => book.refuse("receipt", `receipt ${name}`, code, bytes);
  accept("receipt");
  accept("receipt without a list, a lease and the time", { ...none, alarms: { ...NO_ALARMS, timeUnknown: true } });
  accept("receipt of a list without a delta", { version: NOW, deltaHash: fill(8, 0), wallTime: 0xffff_ffff });
  // Each alarm in other ones of these than the others.
  accept("receipt: list lost, time unknown, use journal full", { alarms: { ...NO_ALARMS, listLost: true, timeUnknown: true, usesFull: true } });
  accept("receipt: list damaged, time unknown", { alarms: { ...NO_ALARMS, listDamaged: true, timeUnknown: true } });
  accept("receipt: events folded, use journal full", { alarms: { ...NO_ALARMS, eventsFolded: true, usesFull: true } });
  const body = put(made({}).slice(0, 60), 1, 0xe0);
  book.accept("receipt", "receipt with alarms that nobody knows", concat(body, hashes.hmacSha256(DOOR_KEYS.receipt, body).slice(0, 16)), receiptReads(receipt));
  refuse("under another key", "bad-mac", made({}, DOOR_KEYS.command));
  refuse("with another version", "bad-mac", flip(made({}), 19));
  refuse("with a flipped bit in its MAC", "bad-mac", flip(made({}), -1));
  refuse("with a byte cut off", "malformed", made({}).slice(0, -1));
  refuse("with a byte more", "malformed", concat(made({}), Uint8Array.of(0)));
  const format = put(made({}).slice(0, 60), 0, 2);
  refuse("of format 2", "malformed", concat(format, hashes.hmacSha256(DOOR_KEYS.receipt, format).slice(0, 16)));
  refuse("of another enrolment", "wrong-enrolment", made({ enrolment: ENROLMENT + 1 }));
  refuse("whose counter stands still", "old-counter", made({ counter: LAST_COUNTER }));
  mintStates(book);
  mintNeeds(book);
}

function mintStates(book: VectorBook): void {
  const state: DoorState = {
    online: true,
    time: NOW,
    leafOpen: true,
    lockedOut: true,
    refusals: 3,
    lastRefusal: 21,
    uptime: 86_400,
    resetReason: 4,
    boots: 17,
    chunkBytes: 40_960,
    slotBytes: 65_536,
    firmware: 7,
    onTrial: true,
    rolledBack: 6,
    dropped: 2,
    unreadableFrames: 5,
    refusedBy: [
      { code: 2, count: 1 },
      { code: 21, count: 2 },
    ],
    target: ascii("virtual1"),
  };
  const accept = (name: string, what: DoorState): void => book.accept("state", name, encodeDoorState(what), stateReads(what));
  accept("state: all of it", state);
  accept("state: offline", OFFLINE);
  const largest = 0xffff_ffff;
  accept("state: every counter at its largest", {
    ...state,
    ...{ time: largest, refusals: largest, lastRefusal: 255, uptime: largest, resetReason: 255, boots: largest, chunkBytes: largest, slotBytes: largest },
    ...{ firmware: largest, rolledBack: largest, dropped: largest, unreadableFrames: largest },
    refusedBy: Array.from({ length: 48 }, (_, index) => ({ code: index + 1, count: largest })),
  });
  accept("state: online, the time unknown", { ...OFFLINE, online: true, uptime: 1 });
  const refuse = (name: string, code: ProtocolErrorCode, bytes: Uint8Array): void => book.refuse("state", `state ${name}`, code, bytes);
  const payload = encodeDoorState(state);
  const field = (name: string, key: number, value: Uint8Array | undefined): void => refuse(name, "malformed", withField(payload, key, value));
  field("neither on- nor offline", 1, undefined);
  field("online twice over", 1, unsigned(2));
  field("with a leaf that is 2", 3, unsigned(2));
  field("with a leaf written out as shut", 3, unsigned(0));
  field("with refusal 256", 6, unsigned(256));
  field("with a time of 2^32", 2, unsigned(2 ** 32));
  field("for a reset reason of 256", 8, unsigned(256));
  field("on trial twice over", 13, unsigned(2));
  field("with half a count", 17, array([unsigned(2), unsigned(1), unsigned(21)]));
  field("with counts out of order", 17, array([unsigned(21), unsigned(2), unsigned(2), unsigned(1)]));
  field("with a count of nothing", 17, array([unsigned(2), unsigned(0)]));
  field("with a count of refusal 0", 17, array([unsigned(0), unsigned(1)]));
  field("with no counts written out", 17, array([]));
  refuse("with counts of 65 refusals", "too-large", withField(payload, 17, array(Array.from({ length: 130 }, (_, index) => unsigned(index + 1)))));
  field("with a kind of board of seven bytes", 18, byteString(new Uint8Array(7)));
  field("with a key that nobody knows", 23, unsigned(1));
  refuse("with a byte behind it", "malformed", concat(payload, Uint8Array.of(0)));
  book.refuse("state", "state of 513 bytes", "too-large", payload, undefined, 513 - payload.length);
}

function mintNeeds(book: VectorBook): void {
  const need: Required<Need> = { page: { epoch: 1, version: NOW, number: 31 }, deltaBase: NOW, timeNonce: TIME_NONCE };
  const accept = (name: string, what: Need): void => book.accept("need", name, encodeNeed(what), needReads(what));
  accept("need: a page, a delta and the time", need);
  accept("need: a page", { page: { epoch: 0xffff_ffff, version: 0, number: 0 } });
  accept("need: a delta", { deltaBase: 1 });
  accept("need: the time", { timeNonce: TIME_NONCE });
  accept("need: nothing", {});
  const refuse = (name: string, code: ProtocolErrorCode, bytes: Uint8Array): void => book.refuse("need", `need ${name}`, code, bytes);
  const payload = encodeNeed(need);
  const field = (name: string, code: ProtocolErrorCode, key: number, value: Uint8Array): void => refuse(name, code, withField(payload, key, value));
  field("of page 32", "malformed", 1, Uint8Array.of(0x83, 1, 1, 0x18, 32));
  field("of half a page", "malformed", 1, Uint8Array.of(0x82, 1, 1));
  field("of a delta on base 0", "malformed", 2, unsigned(0));
  field("with a nonce of 15 bytes", "malformed", 3, byteString(fill(15, 1)));
  field("with a nonce of 17 bytes", "too-large", 3, byteString(fill(17, 1)));
  field("with a key that nobody knows", "malformed", 4, unsigned(1));
  refuse("with the fields the other way round", "malformed", joinMap(splitMap(payload).reverse()));
  refuse("with a byte behind it", "malformed", concat(payload, Uint8Array.of(0)));
  book.refuse("need", "need of 65 bytes", "too-large", payload, undefined, 65 - payload.length);
}
