import { createHash, createHmac } from "node:crypto";
import type { Hashes } from "../../protocol/hashes";
import type { HostOperations } from "./xs-program";

/** Node's own hash functions, in the place of an ESP32's. */
export const nodeHashes: Hashes = {
  sha256: (data) => bytes(createHash("sha256").update(data).digest()),
  sha512: (data) => bytes(createHash("sha512").update(data).digest()),
  hmacSha256: (key, data) => bytes(createHmac("sha256", key).update(data).digest()),
};

/** The host's half of guest-hashes.ts. */
export const hostHashes: HostOperations = {
  sha256: nodeHashes.sha256,
  sha512: nodeHashes.sha512,
  "hmac-sha256": (request) => {
    const keyEnd = 2 + request[0] * 256 + request[1];
    return nodeHashes.hmacSha256(request.subarray(2, keyEnd), request.subarray(keyEnd));
  },
};

/** Plain arrays: a Buffer shares its memory and compares differently. */
function bytes(buffer: Buffer): Uint8Array {
  return Uint8Array.from(buffer);
}
