import { ascii, equalBytes, readU16, readU32, writeU16, writeU32 } from "./bytes";
import type { Hashes } from "./hashes";
import { MESSAGE_BYTES_MAX } from "./limits";
import { ProtocolError } from "./protocol-error";
import { openingSynthetic, openSynthetic, SEAL_BYTES, sealingSynthetic, sealSynthetic, type SealKeys } from "./synthetic-seal";
import type { DownTopic } from "./topics";

/**
 * What a phone carries between a cloud and a door (SPEC 21): the very messages of MQTT, each sealed under keys that only
 * those two have. The phone sees a header and as many bytes as the message has. Sealing is deterministic
 * (synthetic-seal.ts): no nonce to repeat, and the same message is the same bytes for every phone.
 */
const FORMAT = 1;

/** To the door 1–7, from it 16–18. */
export const CourierKind = { manifest: 1, page: 2, delta: 3, lease: 4, time: 5, keyset: 6, acknowledgement: 7, receipt: 16, events: 17, need: 18 } as const;
export type CourierKind = (typeof CourierKind)[keyof typeof CourierKind];

/** In clear, and under the seal: by it a door says whether it wants an item before a byte of it has come. */
export interface CourierHeader {
  kind: CourierKind;
  /** Bytes of the message within. */
  length: number;
  /** Page: its number. Delta: the version of its base. Keyset: its number. Otherwise 0. */
  number: number;
  /** Manifest, page: version of the base. Delta: its version. Lease: issued-at. Acknowledgement: sequence. Otherwise 0. */
  version: number;
}
export const COURIER_HEADER_BYTES = 12;
/** What the seal adds to a message. */
export const COURIER_OVERHEAD_BYTES = COURIER_HEADER_BYTES + SEAL_BYTES;

/** The two keys under `DoorKeys.courier`. */
export type CourierKeys = SealKeys;

export function courierKeys(hashes: Hashes, courierKey: Uint8Array): CourierKeys {
  return { mac: hashes.hmacSha256(courierKey, ascii("latchkey/1/courier/mac")), seal: hashes.hmacSha256(courierKey, ascii("latchkey/1/courier/seal")) };
}

/** The message sealed under its header (12). */
export function sealCourierItem(hashes: Hashes, keys: CourierKeys, header: Omit<CourierHeader, "length">, message: Uint8Array): Uint8Array {
  if (message.length > MESSAGE_BYTES_MAX) throw new Error("longer than any message");
  return sealSynthetic(hashes, keys, encodeCourierHeader({ ...header, length: message.length }), message);
}

/** As `sealCourierItem`, in slices. */
export function sealingCourierItem(hashes: Hashes, keys: CourierKeys, header: Omit<CourierHeader, "length">, message: Uint8Array): Generator<void, Uint8Array, void> {
  if (message.length > MESSAGE_BYTES_MAX) throw new Error("longer than any message");
  return sealingSynthetic(hashes, keys, encodeCourierHeader({ ...header, length: message.length }), message);
}

/** @throws {ProtocolError} `malformed`, `too-large`, `bad-mac`. */
export function openCourierItem(hashes: Hashes, keys: CourierKeys, item: Uint8Array): { header: CourierHeader; message: Uint8Array } {
  const header = decodeCourierHeader(item.subarray(0, COURIER_HEADER_BYTES));
  if (item.length !== COURIER_OVERHEAD_BYTES + header.length) throw new ProtocolError("malformed", "courier item");
  return { header, message: openSynthetic(hashes, keys, COURIER_HEADER_BYTES, item) };
}

/**
 * The message of an item that was asked for, in slices.
 * @param header the one that was offered; the item must begin with it.
 * @param item is worked on in place, and of no use afterwards.
 * @throws {ProtocolError} `malformed`, `bad-mac`.
 */
export function* openingCourierItem(hashes: Hashes, keys: CourierKeys, header: CourierHeader, item: Uint8Array): Generator<void, Uint8Array, void> {
  if (item.length !== COURIER_OVERHEAD_BYTES + header.length || !equalBytes(encodeCourierHeader(header), item.subarray(0, COURIER_HEADER_BYTES))) {
    throw new ProtocolError("malformed", "another item was offered");
  }
  return yield* openingSynthetic(hashes, keys, COURIER_HEADER_BYTES, item);
}

/** format 1 ‖ kind (u8) ‖ length (u16) ‖ number (u32) ‖ version (u32). */
export function encodeCourierHeader({ kind, length, number, version }: CourierHeader): Uint8Array {
  const bytes = new Uint8Array(COURIER_HEADER_BYTES);
  bytes[0] = FORMAT;
  bytes[1] = kind;
  writeU16(bytes, 2, length);
  writeU32(bytes, 4, number);
  writeU32(bytes, 8, version);
  return bytes;
}

/** @throws {ProtocolError} `malformed`, `too-large`. */
export function decodeCourierHeader(bytes: Uint8Array): CourierHeader {
  const kind = bytes[1] as CourierKind;
  if (bytes.length !== COURIER_HEADER_BYTES || bytes[0] !== FORMAT || !KINDS.includes(kind)) throw new ProtocolError("malformed", "courier item");
  const length = readU16(bytes, 2);
  if (length > MESSAGE_BYTES_MAX) throw new ProtocolError("too-large", "courier item");
  return { kind, length, number: readU32(bytes, 4), version: readU32(bytes, 8) };
}

const KINDS: readonly CourierKind[] = Object.values(CourierKind);

/** The topic after `down/` that the same message has over MQTT. @throws {ProtocolError} `malformed` for what goes the other way. */
export function downTopicOf({ kind, number }: CourierHeader): DownTopic {
  switch (kind) {
    case CourierKind.manifest:
      return "manifest";
    case CourierKind.page:
      return `page/${number}`;
    case CourierKind.delta:
      return `delta/${number}`;
    case CourierKind.lease:
      return "lease";
    case CourierKind.time:
      return "time";
    case CourierKind.keyset:
      return "keyset";
    case CourierKind.acknowledgement:
      return "ack";
    case CourierKind.receipt:
    case CourierKind.events:
    case CourierKind.need:
      throw new ProtocolError("malformed", "not for a door");
  }
}

/** The topic after `up/`. @throws {ProtocolError} `malformed` for what goes the other way. */
export function upTopicOf({ kind }: CourierHeader): "receipt" | "events" | "need" {
  if (kind === CourierKind.receipt) return "receipt";
  if (kind === CourierKind.events) return "events";
  if (kind === CourierKind.need) return "need";
  throw new ProtocolError("malformed", "not for a cloud");
}
