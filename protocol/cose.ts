import { getPublicKey, hashes, sign as signEd25519 } from "@noble/ed25519";
import { sha512 } from "@noble/hashes/sha2.js";
import { encodeSign1, keyId, parseSigned, sigStructure } from "./cose-sign1";
import { verify } from "./ed25519";
import { MESSAGE_BYTES_MAX } from "./limits";
import { nobleHashes } from "./noble-hashes";
import { ProtocolError } from "./protocol-error";

/**
 * Signs and opens COSE_Sign1 (RFC 9052) in one call each, for whoever has time and memory: the cloud, phones and
 * tests. A door parses with cose-sign1.ts and verifies in slices.
 */

/**
 * @param secretKey 32-byte Ed25519 seed (RFC 8032 §5.1.5).
 * @param context from `signingContext`.
 * @param payload with `detached`, it is signed but not carried.
 */
export function sign(payload: Uint8Array, secretKey: Uint8Array, context: Uint8Array, detached = false): Uint8Array {
  hashes.sha512 ??= sha512;
  const signature = signEd25519(sigStructure(payload, context), secretKey);
  return encodeSign1(detached ? null : payload, keyId(nobleHashes, getPublicKey(secretKey)), signature);
}

/**
 * The payload of a COSE_Sign1 (RFC 9052 §4.4).
 * @param publicKey 32-byte Ed25519 key.
 * @param maximum bytes that the whole message may have.
 * @throws {ProtocolError} `too-large`, `malformed`, `bad-signature`.
 */
export function openSigned(message: Uint8Array, publicKey: Uint8Array, context: Uint8Array, maximum: number = MESSAGE_BYTES_MAX): Uint8Array {
  const { payload, signature, toBeSigned } = parseSigned(message, context, maximum);
  if (!verify(signature, toBeSigned, publicKey)) throw new ProtocolError("bad-signature");
  return payload;
}
