import { concat } from "./bytes";
import type { Hashes } from "./hashes";

/**
 * HKDF-SHA-256 (RFC 5869 §2).
 * @param length bytes, 1 to 8,160.
 */
export function hkdfSha256(hashes: Hashes, inputKey: Uint8Array, salt: Uint8Array, info: Uint8Array, length: number): Uint8Array {
  if (length < 1 || length > 255 * 32) throw new Error("HKDF length out of range");
  const pseudoRandomKey = hashes.hmacSha256(salt.length === 0 ? new Uint8Array(32) : salt, inputKey);
  const output = new Uint8Array(length);
  let block = new Uint8Array(0);
  for (let at = 0, counter = 1; at < length; at += 32, counter++) {
    block = new Uint8Array(hashes.hmacSha256(pseudoRandomKey, concat(block, info, Uint8Array.of(counter))));
    output.set(block.subarray(0, Math.min(32, length - at)), at);
  }
  return output;
}
