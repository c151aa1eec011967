import { createHash, createHmac } from "node:crypto";
import type { Hashes } from "../../protocol/hashes";

/** The formats' hashes in native code. */
export const nativeHashes: Hashes = {
  sha256: (data) => new Uint8Array(createHash("sha256").update(data).digest()),
  sha512: (data) => new Uint8Array(createHash("sha512").update(data).digest()),
  hmacSha256: (key, data) => new Uint8Array(createHmac("sha256", key).update(data).digest()),
};
