import { toHex } from "../../protocol/bytes";
import { CLAIM_SECRET_BYTES } from "../../protocol/enrolment";
import { ID_BYTES } from "../../protocol/limits";
import type { KeyValue } from "../device";

/**
 * Who a controller is before anybody owns it: an id and a claim secret that it makes up at its first boot.
 * Kept under `identity`: id (8) ‖ claim secret (16).
 */
export interface Identity {
  door: Uint8Array;
  claimSecret: Uint8Array;
}

const KEY = "identity";

export function loadIdentity(keyValue: KeyValue, randomBytes: (length: number) => Uint8Array): Identity {
  let kept = keyValue.read(KEY);
  if (kept === undefined || kept.byteLength !== ID_BYTES + CLAIM_SECRET_BYTES) {
    keyValue.write(KEY, randomBytes(ID_BYTES + CLAIM_SECRET_BYTES));
    kept = keyValue.read(KEY);
    if (kept === undefined) throw new Error("key-value storage keeps nothing");
  }
  const bytes = new Uint8Array(kept);
  return { door: bytes.slice(0, ID_BYTES), claimSecret: bytes.slice(ID_BYTES) };
}

/** The text of the claim QR, which an installer gives to the cloud: "latchkey:1:", id and secret in hexadecimal. */
export function claimText({ door, claimSecret }: Identity): string {
  return `latchkey:1:${toHex(door)}:${toHex(claimSecret)}`;
}
