import { sha512 } from "@noble/hashes/sha2.js";
import { beginVerification } from "./ed25519-verification";

/**
 * Checks an Ed25519 signature at once, for whoever has the time and no native SHA-512: servers, phones, tests. A
 * door links ed25519-verification.ts alone. Same verdicts: see there.
 * @param signature 64 bytes.
 * @param publicKey 32 bytes.
 * @returns false for whatever is not a good signature, wrong lengths included; never throws for bytes.
 */
export function verify(signature: Uint8Array, message: Uint8Array, publicKey: Uint8Array): boolean {
  const verification = beginVerification(signature, message, publicKey, (data) => sha512(data));
  for (;;) {
    const verdict = verification.step();
    if (verdict !== undefined) return verdict;
  }
}
