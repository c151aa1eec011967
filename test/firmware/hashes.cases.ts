import { nobleHashes } from "../../protocol/noble-hashes";
import type { Cases } from "../support/cases";

const ABC = new Uint8Array([0x61, 0x62, 0x63]);
const LENGTHS = [0, 1, 55, 56, 63, 64, 65, 111, 112, 127, 128, 129, 1_000];

const hex = (bytes: Uint8Array): string => Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
const sample = (length: number): Uint8Array => Uint8Array.from({ length }, (_, i) => i * 7 + length);

export const cases: Cases = {
  "SHA-256 of abc is that of FIPS 180-4"(assert, { hashes }) {
    assert.is(hex(hashes.sha256(ABC)), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  },

  "noble's hashes and the native ones agree around every block boundary"(assert, { hashes }) {
    for (const length of LENGTHS) {
      const data = sample(length);
      assert.deepEqual(nobleHashes.sha256(data), hashes.sha256(data), `SHA-256 of ${length}`);
      assert.deepEqual(nobleHashes.sha512(data), hashes.sha512(data), `SHA-512 of ${length}`);
      for (const keyLength of LENGTHS) {
        const key = sample(keyLength);
        assert.deepEqual(nobleHashes.hmacSha256(key, data), hashes.hmacSha256(key, data), `HMAC ${keyLength}, ${length}`);
      }
    }
  },
};
