import { CborReader, encodeMap, type CborField } from "./cbor";
import { NONCE_BYTES, PAGES_MAX, U32_MAX } from "./limits";
import { ProtocolError } from "./protocol-error";

/**
 * `up/need`: what a door asks for. Nothing proves it (a broker could invent one), and nothing has to: the cloud
 * answers with public, signed or MACed bytes.
 */
export interface Need {
  /** A page of the manifest that the door is fetching. */
  page?: { epoch: number; version: number; number: number };
  /** The delta on a base, by the base's version (never 0). */
  deltaBase?: number;
  /** 16 bytes: the nonce of a question for the time. */
  timeNonce?: Uint8Array;
}

export const NEED_BYTES_MAX = 64;

export function encodeNeed({ page, deltaBase, timeNonce }: Need): Uint8Array {
  const fields: CborField[] = [];
  if (page !== undefined) fields.push([1, (writer) => writer.array(3).unsigned(page.epoch).unsigned(page.version).unsigned(page.number)]);
  if (deltaBase !== undefined) fields.push([2, deltaBase]);
  if (timeNonce !== undefined) fields.push([3, timeNonce]);
  return encodeMap(fields);
}

/** @throws {ProtocolError} `too-large`, `malformed`. */
export function decodeNeed(bytes: Uint8Array): Need {
  if (bytes.length > NEED_BYTES_MAX) throw new ProtocolError("too-large", "need");
  const reader = new CborReader(bytes);
  const map = reader.map();
  const need: Need = {};
  if (map.has(1)) {
    reader.array(3);
    need.page = { epoch: reader.unsigned(U32_MAX), version: reader.unsigned(U32_MAX), number: reader.unsigned(PAGES_MAX - 1) };
  }
  const deltaBase = map.optionalUnsigned(2, U32_MAX);
  if (deltaBase > 0) need.deltaBase = deltaBase;
  if (map.has(3)) need.timeNonce = reader.bytes(NONCE_BYTES);
  map.end();
  reader.end();
  return need;
}
