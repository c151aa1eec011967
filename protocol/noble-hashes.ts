import { hmac } from "@noble/hashes/hmac.js";
import { sha256, sha512 } from "@noble/hashes/sha2.js";
import type { Hashes } from "./hashes";

/** Hashes in pure JavaScript, for whoever has no native ones. */
export const nobleHashes: Hashes = {
  sha256: (data) => sha256(data),
  sha512: (data) => sha512(data),
  hmacSha256: (key, data) => hmac(sha256, key, data),
};
