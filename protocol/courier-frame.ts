import { concat, join, readU16, writeU16 } from "./bytes";
import { COURIER_HEADER_BYTES, decodeCourierHeader, encodeCourierHeader, type CourierHeader } from "./courier-item";
import { GATT_VALUE_BYTES_MAX } from "./gatt-names";
import { ProtocolError, REFUSALS, type ProtocolErrorCode } from "./protocol-error";

/**
 * Frames of the courier characteristic (SPEC 21.3), one value each. The phone writes a frame and reads the answer, which
 * stays the same until it writes again; the door says what it wants next, so that it is never sent more than it can hold.
 */
export type PhoneFrame =
  /** What the phone has for this door, in the order of its items. Takes the place of an earlier offer. */
  | { type: "offer"; headers: CourierHeader[] }
  /** Bytes of a sealed item (SPEC 21.1) from `offset`, as wanted. */
  | { type: "data"; index: number; offset: number; bytes: Uint8Array }
  /** Bytes wanted of what the door has for its cloud: item `index`, counted from 0, from `offset`. */
  | { type: "fetch"; index: number; offset: number };

export type DoorFrame =
  /** Nothing is wanted any more; to a fetch: there is no such item. */
  | { type: "done" }
  /** Send bytes of offered item `index` from `offset`. */
  | { type: "want"; index: number; offset: number }
  /** Busy: read again after so many ms. */
  | { type: "wait"; milliseconds: number }
  /** Bytes of sealed item `index` of `total` bytes, from `offset`. */
  | { type: "given"; index: number; offset: number; total: number; bytes: Uint8Array }
  /** Item `index` was refused and is not wanted again; an offer of the others says what still is. */
  | { type: "refused"; index: number; code: ProtocolErrorCode };

export const OFFERED_ITEMS_MAX = 40; // 2 + 40 × 12 bytes fit a value
export const DATA_BYTES_MAX = GATT_VALUE_BYTES_MAX - 4;
export const GIVEN_BYTES_MAX = GATT_VALUE_BYTES_MAX - 6;

const Code = { done: 0, offer: 1, data: 2, fetch: 3, want: 4, wait: 5, given: 6, refused: 7 } as const;

export function encodePhoneFrame(frame: PhoneFrame): Uint8Array {
  switch (frame.type) {
    case "offer":
      if (frame.headers.length > OFFERED_ITEMS_MAX) throw new Error("too many items in one offer");
      return join([Uint8Array.of(Code.offer, frame.headers.length), ...frame.headers.map(encodeCourierHeader)]);
    case "data":
      return concat(place(Code.data, frame.index, frame.offset), frame.bytes);
    case "fetch":
      return place(Code.fetch, frame.index, frame.offset);
  }
}

/** @param bytes untrusted. @throws {ProtocolError} `malformed`, `too-large`. */
export function decodePhoneFrame(bytes: Uint8Array): PhoneFrame {
  if (bytes.length > GATT_VALUE_BYTES_MAX) throw new ProtocolError("too-large", "courier frame");
  switch (bytes[0]) {
    case Code.offer: {
      const count = bytes[1];
      if (bytes.length !== 2 + count * COURIER_HEADER_BYTES || count > OFFERED_ITEMS_MAX) throw new ProtocolError("malformed", "offer");
      const headers: CourierHeader[] = [];
      for (let at = 2; at < bytes.length; at += COURIER_HEADER_BYTES) headers.push(decodeCourierHeader(bytes.subarray(at, at + COURIER_HEADER_BYTES)));
      return { type: "offer", headers };
    }
    case Code.data:
      if (bytes.length < 5) throw new ProtocolError("malformed", "data");
      return { type: "data", index: bytes[1], offset: readU16(bytes, 2), bytes: bytes.slice(4) };
    case Code.fetch:
      if (bytes.length !== 4) throw new ProtocolError("malformed", "fetch");
      return { type: "fetch", index: bytes[1], offset: readU16(bytes, 2) };
    default:
      throw new ProtocolError("malformed", "courier frame");
  }
}

export function encodeDoorFrame(frame: DoorFrame): Uint8Array {
  switch (frame.type) {
    case "done":
      return Uint8Array.of(Code.done);
    case "want":
      return place(Code.want, frame.index, frame.offset);
    case "wait":
      return Uint8Array.of(Code.wait, frame.milliseconds >> 8, frame.milliseconds);
    case "given": {
      const head = new Uint8Array(6);
      head.set(place(Code.given, frame.index, frame.offset));
      writeU16(head, 4, frame.total);
      return concat(head, frame.bytes);
    }
    case "refused":
      return Uint8Array.of(Code.refused, frame.index, REFUSALS.indexOf(frame.code) + 1);
  }
}

/** @param bytes untrusted: whoever poses as a door can say anything. @throws {ProtocolError} `malformed`, `too-large`. */
export function decodeDoorFrame(bytes: Uint8Array): DoorFrame {
  if (bytes.length > GATT_VALUE_BYTES_MAX) throw new ProtocolError("too-large", "courier frame");
  const length = bytes.length;
  if (bytes[0] === Code.done && length === 1) return { type: "done" };
  if (bytes[0] === Code.want && length === 4) return { type: "want", index: bytes[1], offset: readU16(bytes, 2) };
  if (bytes[0] === Code.wait && length === 3) return { type: "wait", milliseconds: readU16(bytes, 1) };
  if (bytes[0] === Code.given && length > 6) return { type: "given", index: bytes[1], offset: readU16(bytes, 2), total: readU16(bytes, 4), bytes: bytes.slice(6) };
  const code = bytes[0] === Code.refused && length === 3 ? REFUSALS[bytes[2] - 1] : undefined;
  if (code === undefined) throw new ProtocolError("malformed", "courier frame");
  return { type: "refused", index: bytes[1], code };
}

function place(code: number, index: number, offset: number): Uint8Array {
  const bytes = new Uint8Array(4);
  bytes[0] = code;
  bytes[1] = index;
  writeU16(bytes, 2, offset);
  return bytes;
}
