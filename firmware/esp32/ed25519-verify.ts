import type { Device } from "../device";

/**
 * libsodium's check where the build has it (manifest-libsodium.json), else undefined: the controller then checks in
 * JavaScript, in slices, with the same verdicts.
 */
export function nativeVerify(): Device["verifySignature"] {
  if (!Libsodium.available()) return undefined;
  return (signature, message, publicKey) => Libsodium.verify(signature, message, publicKey);
}

/** ed25519-verify.c beside this file. */
class Libsodium {
  static available(): boolean {
    return native("xs_latchkey_ed25519_available").call(this) as boolean;
  }
  static verify(signature: Uint8Array, message: Uint8Array, publicKey: Uint8Array): boolean {
    return native("xs_latchkey_ed25519_verify").call(this, signature, message, publicKey) as boolean;
  }
}
