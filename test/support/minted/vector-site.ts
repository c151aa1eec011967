import { ascii, toHex } from "../../../protocol/bytes";
import { deriveDoorKeys } from "../../../protocol/door-keys";
import { nobleHashes as hashes } from "../../../protocol/noble-hashes";
import type { ProtocolErrorCode } from "../../../protocol/protocol-error";
import { Mint, testKey } from "../mint";
import type { Given, MintedVector, Reads, VectorObject } from "./vector-format";

export const fill = (length: number, value: number): Uint8Array => new Uint8Array(length).fill(value);

/** 2027-01-15T08:00:00Z, a Friday; 09:00 at the door. */
export const NOW = 1_800_000_000;
export const DAY = 86_400;
export const utc = (text: string): number => Date.parse(`${text}Z`) / 1_000;

export const DOOR = Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8);
export const OTHER_DOOR = fill(8, 7);
export const CLAIM_SECRET = fill(16, 0x52);
export const DOOR_KEY = fill(32, 0x53);
export const DOOR_KEYS = deriveDoorKeys(hashes, DOOR_KEY, DOOR);
export const ENROLMENT = 1;
export const TIME_NONCE = fill(16, 0x77);

export const ROOT = testKey(0x61);
export const NEW_ROOT = testKey(0x62);
export const THIRD_ROOT = testKey(0x66);
export const STRANGER = testKey(0x65);
/** Signs firmware for boards of one kind. */
export const IMAGE_KEY = testKey(0x67);
export const TARGET = ascii("vectors1");

/** Signs for the door and its site. */
export const mint = new Mint(hashes, DOOR, { tagKey: DOOR_KEYS.tag, root: ROOT, listKey: testKey(0x63), leaseKey: testKey(0x64) });

/** Collects vectors by object, each under a name of its own. */
export class VectorBook {
  readonly vectors = {} as Record<VectorObject, MintedVector[]>;
  readonly #names = new Set<string>();

  accept(object: VectorObject, name: string, bytes: Uint8Array, reads: Reads | undefined, given?: Given): void {
    this.#add(object, { name, hex: toHex(bytes), ...(given && { given }), expect: "accepted", ...(reads && { reads }) });
  }

  /** @param zeros bytes of zero behind `bytes`: a message that is too large and nothing else worth looking at. */
  refuse(object: VectorObject, name: string, expect: ProtocolErrorCode, bytes: Uint8Array, given?: Given, zeros = 0): void {
    this.#add(object, { name, hex: toHex(bytes), ...(zeros > 0 && { zeros }), ...(given && { given }), expect });
  }

  #add(object: VectorObject, vector: MintedVector): void {
    if (this.#names.has(vector.name)) throw new Error(`two vectors are called ${vector.name}`);
    this.#names.add(vector.name);
    (this.vectors[object] ??= []).push(vector);
  }
}
