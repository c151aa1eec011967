import { equalBytes } from "../protocol/bytes";
import { encodeSign1, keyId, signingContext, sigStructure } from "../protocol/cose-sign1";
import { encodeKeyset, encodeKeysetMessage, type Keyset } from "../protocol/keyset";
import { mixingHashes } from "./mixing-hashes";

/** Stands in for Ed25519 on both sides: 64 bytes under the public key. Nobody in the simulation forges by it. */
export function cheapSignature(message: Uint8Array, publicKey: Uint8Array): Uint8Array {
  const half = mixingHashes.hmacSha256(publicKey, message);
  const signature = new Uint8Array(64);
  signature.set(half);
  signature.set(half, 32);
  return signature;
}

/** The board's half: `Device.verifySignature`. */
export function verifyCheapSignature(signature: Uint8Array, message: Uint8Array, publicKey: Uint8Array): boolean {
  return equalBytes(cheapSignature(message, publicKey), signature);
}

/** The cloud's half, in the shape of its signing keys. */
export class CheapKey {
  readonly publicKey: Uint8Array;
  readonly #keyId: Uint8Array;

  constructor(publicKey: Uint8Array) {
    this.publicKey = publicKey;
    this.#keyId = keyId(mixingHashes, publicKey);
  }

  /** A COSE_Sign1. @param context from `signingContext`. @param detached leaves the payload out. */
  sign(payload: Uint8Array, context: Uint8Array, detached = false): Uint8Array {
    return encodeSign1(detached ? null : payload, this.#keyId, cheapSignature(sigStructure(payload, context), this.publicKey));
  }
}

/** A keyset message (SPEC 4), signed by these roots. */
export function signKeyset(keyset: Keyset, roots: readonly CheapKey[]): Uint8Array {
  const payload = encodeKeyset(keyset);
  const context = signingContext("keyset", keyset.site);
  return encodeKeysetMessage(payload, roots.map((root) => root.sign(payload, context, true)));
}
