import { concat, equalBytes, writeU32 } from "./bytes";
import type { Hashes } from "./hashes";
import { MAC_BYTES } from "./limits";
import { ProtocolError } from "./protocol-error";

/**
 * Sealing without a nonce (SPEC 21.1): a synthetic IV, as in RFC 5297, of HMAC-SHA-256. The same head and message are
 * the same bytes whenever they are sealed; whoever carries them sees the head and as many bytes as the message has.
 */
export interface SealKeys {
  /** 32 bytes. */
  mac: Uint8Array;
  /** 32 bytes. */
  seal: Uint8Array;
}

/** What the seal adds to a head and a message. */
export const SEAL_BYTES = MAC_BYTES;
const BLOCK_BYTES = 32;

/** Between two slices of a door's work: 16 HMACs, some 5 ms on an ESP32. */
const BLOCKS_PER_SLICE = 16;

/**
 * head ‖ IV (16) ‖ the message, XORed with HMAC(`seal`, IV ‖ block number (u32)) for blocks of 32 bytes.
 * @param head stays in clear, under the seal. Of one pair of keys all heads tell their own length.
 */
export function sealSynthetic(hashes: Hashes, keys: SealKeys, head: Uint8Array, message: Uint8Array): Uint8Array {
  return toEnd(sealingSynthetic(hashes, keys, head, message));
}

/** As `sealSynthetic`, in slices. */
export function* sealingSynthetic(hashes: Hashes, keys: SealKeys, head: Uint8Array, message: Uint8Array): Generator<void, Uint8Array, void> {
  const iv = hashes.hmacSha256(keys.mac, concat(head, message)).slice(0, SEAL_BYTES);
  const sealed = concat(head, iv, message);
  yield* mask(hashes, keys, iv, sealed, head.length + SEAL_BYTES);
  return sealed;
}

/**
 * @param headBytes of the head, which the caller has read.
 * @returns the message.
 * @throws {ProtocolError} `malformed`, `bad-mac`.
 */
export function openSynthetic(hashes: Hashes, keys: SealKeys, headBytes: number, sealed: Uint8Array): Uint8Array {
  return toEnd(openingSynthetic(hashes, keys, headBytes, sealed.slice()));
}

/**
 * As `openSynthetic`, in slices.
 * @param sealed is worked on in place, and of no use afterwards: a door has no room for a message twice.
 */
export function* openingSynthetic(hashes: Hashes, keys: SealKeys, headBytes: number, sealed: Uint8Array): Generator<void, Uint8Array, void> {
  const messageAt = headBytes + SEAL_BYTES;
  if (sealed.length < messageAt) throw new ProtocolError("malformed", "sealed bytes");
  const iv = sealed.slice(headBytes, messageAt);
  yield* mask(hashes, keys, iv, sealed, messageAt);
  // The head in front of the message, where the IV was: what the MAC covers then lies in one piece.
  sealed.copyWithin(SEAL_BYTES, 0, headBytes);
  const expected = hashes.hmacSha256(keys.mac, sealed.subarray(SEAL_BYTES));
  if (!equalBytes(expected.subarray(0, SEAL_BYTES), iv)) throw new ProtocolError("bad-mac", "sealed bytes");
  yield;
  return sealed.slice(messageAt);
}

/** XORs what stands from `at` on. */
function* mask(hashes: Hashes, keys: SealKeys, iv: Uint8Array, bytes: Uint8Array, at: number): Generator<void, void, void> {
  const counter = new Uint8Array(SEAL_BYTES + 4);
  counter.set(iv);
  for (let block = 0; at < bytes.length; block++) {
    if (block % BLOCKS_PER_SLICE === BLOCKS_PER_SLICE - 1) yield;
    writeU32(counter, SEAL_BYTES, block);
    const bits = hashes.hmacSha256(keys.seal, counter);
    for (let i = 0; i < BLOCK_BYTES && at < bytes.length; i++) bytes[at++] ^= bits[i];
  }
}

function toEnd<T>(slices: Generator<void, T, void>): T {
  for (;;) {
    const slice = slices.next();
    if (slice.done === true) return slice.value;
  }
}
