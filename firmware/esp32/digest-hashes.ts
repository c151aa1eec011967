import { Digest } from "crypt";
import type { Hashes } from "../../protocol/hashes";

const SHA256_BLOCK_BYTES = 64;
const INNER_PAD = 0x36;
const OUTER_PAD = 0x5c;

/** The SDK's digests in C. (It has an HMAC too, in JavaScript over the same digests, without typings.) */
export const digestHashes: Hashes = {
  sha256: (data) => digest("SHA256", data),
  sha512: (data) => digest("SHA512", data),
  hmacSha256(key, data) {
    const block = new Uint8Array(SHA256_BLOCK_BYTES);
    // RFC 2104 §2: a key that is longer than a block is hashed first.
    block.set(key.length > SHA256_BLOCK_BYTES ? digest("SHA256", key) : key);
    for (let i = 0; i < SHA256_BLOCK_BYTES; i++) block[i] ^= INNER_PAD;
    const inner = digest("SHA256", block, data);
    for (let i = 0; i < SHA256_BLOCK_BYTES; i++) block[i] ^= INNER_PAD ^ OUTER_PAD;
    return digest("SHA256", block, inner);
  },
};

function digest(type: "SHA256" | "SHA512", ...parts: Uint8Array[]): Uint8Array {
  const running = new Digest(type);
  // Its typings know ArrayBuffer only; the C takes views as well, at their offset and length.
  for (const part of parts) running.write(part as unknown as ArrayBuffer);
  return new Uint8Array(running.close());
}
