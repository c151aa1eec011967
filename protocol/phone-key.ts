import type { Holder } from "./handle";
import type { Hashes } from "./hashes";

/**
 * `K_c`, 32 bytes: what a phone or fob proves itself with at one door, HMAC(`K_ble`, kind ‖ credential id) (SPEC 20.1).
 * Door and cloud derive it and keep none; the phone has it from the cloud. It exists for every credential id, whether
 * the door's list knows it or not: proving oneself is not yet a right.
 * @param bleKey `DoorKeys.ble`.
 */
export function phoneKey(hashes: Hashes, bleKey: Uint8Array, { kind, credentialId }: Holder): Uint8Array {
  const value = new Uint8Array(1 + credentialId.length);
  value[0] = kind;
  value.set(credentialId, 1);
  return hashes.hmacSha256(bleKey, value);
}
