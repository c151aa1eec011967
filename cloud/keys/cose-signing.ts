import { encodeSign1, keyId, sigStructure } from "../../protocol/cose-sign1";
import { nativeHashes } from "./native-hashes";
import type { SigningKey } from "./signing-key";

/** A COSE_Sign1 (RFC 9052 §4.2). @param context from `signingContext`. @param detached leaves the payload out. */
export async function signMessage(key: SigningKey, payload: Uint8Array, context: Uint8Array, detached = false): Promise<Uint8Array> {
  const signature = await key.sign(sigStructure(payload, context));
  return encodeSign1(detached ? null : payload, keyId(nativeHashes, key.publicKey), signature);
}
