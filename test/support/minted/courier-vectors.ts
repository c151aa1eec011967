/** SPEC 21: sealed items and frames of couriers. */
import { ascii, concat } from "../../../protocol/bytes";
import { encodeDoorFrame, encodePhoneFrame, OFFERED_ITEMS_MAX, type DoorFrame, type PhoneFrame } from "../../../protocol/courier-frame";
import { CourierKind, courierKeys, encodeCourierHeader, sealCourierItem, type CourierHeader } from "../../../protocol/courier-item";
import { deriveDoorKeys } from "../../../protocol/door-keys";
import { nobleHashes as hashes } from "../../../protocol/noble-hashes";
import type { ProtocolErrorCode } from "../../../protocol/protocol-error";
import { flip, put } from "./cbor-surgery";
import { frameReads, itemReads } from "./reads";
import { DOOR_KEY, DOOR_KEYS, fill, NOW, OTHER_DOOR, type VectorBook } from "./vector-site";

const KEYS = courierKeys(hashes, DOOR_KEYS.courier);
const OTHER_KEYS = courierKeys(hashes, deriveDoorKeys(hashes, DOOR_KEY, OTHER_DOOR).courier);

export function mintCouriers(book: VectorBook): void {
  mintItems(book, "item-down", "to a door", { kind: CourierKind.delta, number: NOW, version: NOW + 1 }, CourierKind.receipt);
  mintItems(book, "item-up", "to the cloud", { kind: CourierKind.receipt, number: 0, version: 0 }, CourierKind.delta);
  mintPhoneFrames(book);
  mintDoorFrames(book);
}

function mintItems(book: VectorBook, object: "item-down" | "item-up", where: string, header: Omit<CourierHeader, "length">, foreign: CourierHeader["kind"]): void {
  const accept = (name: string, message: Uint8Array, head = header): void => book.accept(object, `item ${where}: ${name}`, sealCourierItem(hashes, KEYS, head, message), itemReads({ ...head, length: message.length }, message));
  accept("76 bytes", fill(76, 0x2a));
  accept("a whole block", fill(32, 0x2b));
  accept("a byte over two blocks", fill(65, 0x2c));
  if (object === "item-down") accept("page 3", fill(100, 0x2d), { kind: CourierKind.page, number: 3, version: NOW });
  const right = sealCourierItem(hashes, KEYS, header, fill(76, 0x2a));
  const refuse = (name: string, code: ProtocolErrorCode, bytes: Uint8Array, zeros = 0): void => book.refuse(object, `item ${where} ${name}`, code, bytes, undefined, zeros);
  refuse("with a byte cut off", "malformed", right.slice(0, -1));
  refuse("with a byte more", "malformed", concat(right, Uint8Array.of(0)));
  refuse("of its header alone", "malformed", right.slice(0, 12));
  refuse("of format 2", "malformed", put(right, 0, 2));
  refuse("of kind 0", "malformed", put(right, 1, 0));
  refuse("of a kind that goes the other way", "malformed", sealCourierItem(hashes, KEYS, { ...header, kind: foreign }, fill(76, 0x2a)));
  refuse("of 8,193 bytes", "too-large", concat(encodeCourierHeader({ ...header, length: 8_193 }), fill(16, 0x2e)), 8_193);
  refuse("with another number", "bad-mac", put(right, 7, right[7] ^ 1));
  refuse("with another version", "bad-mac", put(right, 11, right[11] ^ 1));
  refuse("with a flipped bit in its IV", "bad-mac", put(right, 12, right[12] ^ 1));
  refuse("with a flipped bit in its message", "bad-mac", flip(right, -1));
  refuse("for another door", "bad-mac", sealCourierItem(hashes, OTHER_KEYS, header, fill(76, 0x2a)));
}

function mintPhoneFrames(book: VectorBook): void {
  const headers: CourierHeader[] = [
    { kind: CourierKind.keyset, length: 300, number: 2, version: 0 },
    { kind: CourierKind.delta, length: 130, number: NOW, version: NOW + 1 },
  ];
  const frames: [string, PhoneFrame][] = [
    ["offer", { type: "offer", headers }],
    ["offer of nothing", { type: "offer", headers: [] }],
    ["data", { type: "data", index: 1, offset: 508, bytes: ascii("data") }],
    ["fetch", { type: "fetch", index: 0, offset: 0 }],
  ];
  for (const [name, frame] of frames) book.accept("phone-frame", `frame of a phone: ${name}`, encodePhoneFrame(frame), frameReads(frame));
  const offer = encodePhoneFrame(frames[0][1]);
  const refuse = (name: string, code: ProtocolErrorCode, bytes: Uint8Array, zeros = 0): void => book.refuse("phone-frame", `frame of a phone ${name}`, code, bytes, undefined, zeros);
  refuse("without a byte", "malformed", new Uint8Array(0));
  refuse("of type 0", "malformed", Uint8Array.of(0));
  refuse("that offers more than it lists", "malformed", put(offer, 1, 3));
  refuse("that offers less than it lists", "malformed", put(offer, 1, 1));
  refuse("that offers 41 items", "malformed", concat(Uint8Array.of(1, OFFERED_ITEMS_MAX + 1), fill(480, 0)), 0);
  refuse("that offers an item of kind 9", "malformed", put(offer, 3, 9));
  refuse("that offers an item of 8,193 bytes", "too-large", put(put(offer, 4, 0x20), 5, 1));
  refuse("with no data", "malformed", Uint8Array.of(2, 0, 0, 0));
  refuse("that fetches with a byte more", "malformed", Uint8Array.of(3, 0, 0, 0, 0));
  refuse("of 513 bytes", "too-large", Uint8Array.of(2, 0, 0, 0), 509);
}

function mintDoorFrames(book: VectorBook): void {
  const frames: [string, DoorFrame][] = [
    ["done", { type: "done" }],
    ["want", { type: "want", index: 1, offset: 508 }],
    ["wait", { type: "wait", milliseconds: 1_000 }],
    ["given", { type: "given", index: 0, offset: 0, total: 104, bytes: fill(104, 0x2f) }],
    ["refused", { type: "refused", index: 1, code: "old-version" }],
  ];
  for (const [name, frame] of frames) book.accept("door-frame", `frame of a door: ${name}`, encodeDoorFrame(frame), frameReads(frame));
  const refuse = (name: string, code: ProtocolErrorCode, bytes: Uint8Array, zeros = 0): void => book.refuse("door-frame", `frame of a door ${name}`, code, bytes, undefined, zeros);
  refuse("without a byte", "malformed", new Uint8Array(0));
  refuse("of type 1", "malformed", Uint8Array.of(1));
  refuse("that is done, with a byte more", "malformed", Uint8Array.of(0, 0));
  refuse("that wants, with a byte cut off", "malformed", Uint8Array.of(4, 0, 0));
  refuse("that gives nothing", "malformed", Uint8Array.of(6, 0, 0, 0, 0, 1));
  refuse("that refuses for no reason", "malformed", Uint8Array.of(7, 0, 0));
  refuse("of 513 bytes", "too-large", Uint8Array.of(6, 0, 0, 0, 2, 2, 0), 506);
}
