/** The hash functions of a program in XS: the PC's, by a host call, as those of an ESP32 are native. Runs in XS only. */
import type { Hashes } from "../../protocol/hashes";
import { callHost } from "./guest";

export const guestHashes: Hashes = {
  sha256: (data) => callHost("sha256", data),
  sha512: (data) => callHost("sha512", data),
  hmacSha256(key, data) {
    const request = new Uint8Array(2 + key.length + data.length);
    request[0] = key.length >> 8;
    request[1] = key.length;
    request.set(key, 2);
    request.set(data, 2 + key.length);
    return callHost("hmac-sha256", request);
  },
};
