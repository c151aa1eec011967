import { createCipheriv, createECDH } from "node:crypto";
import { ascii, concat } from "../../protocol/bytes";
import { hkdfSha256 } from "../../protocol/hkdf";
import { nativeHashes } from "../keys/native-hashes";
import { Refusal } from "../refusal";

export const PUBLIC_KEY_BYTES = 65; // a point of P-256, uncompressed (SEC 1 §2.3.3)

/** Wraps keys for one phone, which alone can unwrap them (SPEC 22). */
export interface KeyWrapping {
  /** Raw point, new for each answer. */
  ephemeralKey: Uint8Array;
  /** AES Key Wrap (RFC 3394). @param key 32 bytes. @returns 40 bytes. */
  wrap(key: Uint8Array): Uint8Array;
}

const CURVE = "prime256v1";
const INITIAL_VALUE = new Uint8Array(8).fill(0xa6); // RFC 3394 §2.2.3.1

/**
 * KEK = HKDF-SHA-256(ECDH(E, P), no salt, "latchkey/1/phone/keys" ‖ E ‖ P, 32): whoever holds another session of the
 * account, or reads the answer on its way, has nothing of it without the phone's private key.
 * @param publicKey raw point, untrusted.
 * @throws {Refusal} `invalid-request`: it is no point of the curve.
 */
export function wrappingFor(publicKey: Uint8Array): KeyWrapping {
  const ephemeral = createECDH(CURVE);
  const ephemeralKey = new Uint8Array(ephemeral.generateKeys());
  const kek = hkdfSha256(nativeHashes, agree(() => ephemeral.computeSecret(publicKey)), new Uint8Array(0), concat(ascii("latchkey/1/phone/keys"), ephemeralKey, publicKey), 32);
  return {
    ephemeralKey,
    wrap(key) {
      const cipher = createCipheriv("id-aes256-wrap", kek, INITIAL_VALUE);
      return new Uint8Array(Buffer.concat([cipher.update(key), cipher.final()]));
    },
  };
}

function agree(compute: () => Buffer): Uint8Array {
  try {
    return new Uint8Array(compute());
  } catch {
    throw new Refusal("invalid-request", "publicKey: no point of P-256.");
  }
}
