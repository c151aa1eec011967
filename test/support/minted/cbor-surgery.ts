/** Bytes that no encoder of ours would write: one fault in an otherwise right message. */
import { sign as signEd25519 } from "@noble/ed25519";
import { ascii, concat, join } from "../../../protocol/bytes";
import { CborWriter } from "../../../protocol/cbor";
import { keyId, signingContext } from "../../../protocol/cose-sign1";
import { nobleHashes } from "../../../protocol/noble-hashes";
import type { SignedObject, TestKey } from "../mint";

export const unsigned = (value: number): Uint8Array => new CborWriter().unsigned(value).finish();
export const byteString = (value: Uint8Array): Uint8Array => new CborWriter().bytes(value).finish();
export const array = (items: readonly Uint8Array[]): Uint8Array => concat(new CborWriter().array(items.length).finish(), join(items));

/** An unsigned integer in nine bytes, or in ten: at most 2^63. */
export function wide(value: bigint, initial = 0x1b): Uint8Array {
  const bytes = new Uint8Array(9);
  bytes[0] = initial;
  for (let i = 8, rest = value; i > 0; i--, rest >>= 8n) bytes[i] = Number(rest & 255n);
  return bytes;
}

/** A map's key and value as they stand there. */
export type Field = [key: Uint8Array, value: Uint8Array];

/** The fields of a map that our encoder wrote: below 24 of them, with keys below 24. */
export function splitMap(map: Uint8Array): Field[] {
  const fields: Field[] = [];
  let at = 1;
  while (at < map.length) {
    const end = itemEnd(map, at + 1);
    fields.push([map.subarray(at, at + 1), map.subarray(at + 1, end)]);
    at = end;
  }
  return fields;
}

export function joinMap(fields: readonly Field[]): Uint8Array {
  return concat(Uint8Array.of(0xa0 | fields.length), join(fields.flat()));
}

/** A map with another value under a key, with the key put in where it was missing, or without the key. */
export function withField(map: Uint8Array, key: number, value: Uint8Array | undefined): Uint8Array {
  const others = splitMap(map).filter(([other]) => other[0] !== key);
  const fields: Field[] = value === undefined ? others : [...others, [unsigned(key), value]];
  return joinMap(fields.sort(([a], [b]) => a[0] - b[0]));
}

function itemEnd(bytes: Uint8Array, at: number): number {
  const [major, info] = [bytes[at] >> 5, bytes[at] & 31];
  const size = info < 24 ? 0 : 1 << (info - 24);
  const argument = size === 0 ? info : Number(bytes.subarray(at + 1, at + 1 + size).reduce((sum, byte) => sum * 256n + BigInt(byte), 0n));
  let end = at + 1 + size;
  if (major === 2) return end + argument;
  for (let items = major === 4 ? argument : major === 5 ? 2 * argument : 0; items > 0; items--) end = itemEnd(bytes, end);
  return end;
}

/**
 * Each way in which a map can fail to be deterministic, once; the first five are the likeliest.
 * @param key of a field whose value is an unsigned integer, of one byte at most.
 */
export function encodingFaults(map: Uint8Array, key: number): [name: string, map: Uint8Array][] {
  const fields = splitMap(map);
  const index = fields.findIndex(([other]) => other[0] === key);
  const [name, value] = fields[index];
  const swapped = fields.with(index, fields[index + 1]).with(index + 1, fields[index]);
  return [
    ["an integer not in its shortest form", withField(map, key, concat(Uint8Array.of(0x18), value.subarray(-1)))],
    ["two keys out of order", joinMap(swapped)],
    ["a key twice", joinMap(fields.toSpliced(index, 0, fields[index]))],
    ["a key missing", withField(map, key, undefined)],
    ["a key that nobody knows", withField(map, 23, unsigned(1))],
    ["a key not in its shortest form", joinMap(fields.with(index, [concat(Uint8Array.of(0x18), name), value]))],
    ["a payload of indefinite length", concat(Uint8Array.of(0xbf), map.subarray(1), Uint8Array.of(0xff))],
    ["a byte behind the payload", concat(map, Uint8Array.of(0))],
    ["a negative integer", withField(map, key, Uint8Array.of(0x20))],
  ];
}

export interface CoseParts {
  protectedHeader?: Uint8Array;
  /** The whole item. */
  unprotected?: Uint8Array;
  payloadItem?: Uint8Array;
  signature?: (right: Uint8Array) => Uint8Array;
  /** More items. */
  more?: Uint8Array[];
}

/** A COSE_Sign1 with other parts than it should have, and a signature that holds for them. */
export function coseWith(payload: Uint8Array, key: TestKey, object: SignedObject, id: Uint8Array, parts: CoseParts): Uint8Array {
  const header = parts.protectedHeader ?? Uint8Array.of(0xa1, 0x01, 0x27);
  const unprotected = parts.unprotected ?? concat(Uint8Array.of(0xa1, 0x04), byteString(keyId(nobleHashes, key.publicKey)));
  const toBeSigned = concat(Uint8Array.of(0x84, 0x6a), ascii("Signature1"), byteString(header), byteString(signingContext(object, id)), byteString(payload));
  const signature = signEd25519(toBeSigned, key.secretKey);
  return array([byteString(header), unprotected, parts.payloadItem ?? byteString(payload), byteString(parts.signature?.(signature) ?? signature), ...(parts.more ?? [])]);
}

export const flip = (bytes: Uint8Array, index: number): Uint8Array => bytes.with(index < 0 ? bytes.length + index : index, bytes.at(index)! ^ 1);
export const put = (bytes: Uint8Array, index: number, value: number): Uint8Array => bytes.with(index, value);
