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

/**
 * head ‖ IV (16) ‖ the message, XORed with HMAC(`seal`, IV ‖ block number (u32)) for blocks of 32 bytes.
 * @param head stays in clear, under the seal. Of one pair of keys all heads tell their own length.
 */
export function sealSynthetic(hashes: Hashes, keys: SealKeys, head: Uint8Array, message: Uint8Array): Uint8Array {
  const iv = hashes.hmacSha256(keys.mac, concat(head, message)).slice(0, SEAL_BYTES);
  return concat(head, iv, masked(hashes, keys, iv, message));
}

/**
 * @param headBytes of the head, which the caller has read.
 * @returns the message.
 * @throws {ProtocolError} `malformed`, `bad-mac`.
 */
export function openSynthetic(hashes: Hashes, keys: SealKeys, headBytes: number, sealed: Uint8Array): Uint8Array {
  const messageAt = headBytes + SEAL_BYTES;
  if (sealed.length < messageAt) throw new ProtocolError("malformed", "sealed bytes");
  const iv = sealed.subarray(headBytes, messageAt);
  const message = masked(hashes, keys, iv, sealed.subarray(messageAt));
  const expected = hashes.hmacSha256(keys.mac, concat(sealed.subarray(0, headBytes), message));
  if (!equalBytes(expected.subarray(0, SEAL_BYTES), iv)) throw new ProtocolError("bad-mac", "sealed bytes");
  return message;
}

function masked(hashes: Hashes, keys: SealKeys, iv: Uint8Array, bytes: Uint8Array): Uint8Array {
  const out = bytes.slice();
  const counter = new Uint8Array(SEAL_BYTES + 4);
  counter.set(iv);
  for (let block = 0; BLOCK_BYTES * block < out.length; block++) {
    writeU32(counter, SEAL_BYTES, block);
    const mask = hashes.hmacSha256(keys.seal, counter);
    const start = BLOCK_BYTES * block;
    const end = Math.min(start + BLOCK_BYTES, out.length);
    for (let at = start; at < end; at++) out[at] ^= mask[at - start];
  }
  return out;
}
