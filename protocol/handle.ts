import type { BlockCipher } from "./block-cipher";
import { writeU32 } from "./bytes";
import { CredentialKind } from "./credential";
import { ID_BYTES } from "./limits";

/**
 * Handles (SPEC 20.2): who a phone or fob is, readable by one door alone. Each is used once by its holder, so that
 * whoever listens cannot follow a person; the door keeps no count of them, since a handle proves nothing.
 */
export const HANDLE_BYTES = 16;

/** Kinds of credential that speak by radio. */
export type RadioKind = typeof CredentialKind.phone | typeof CredentialKind.fob;

/** Whose handle it is. */
export interface Holder {
  kind: RadioKind;
  /** 8 bytes. */
  credentialId: Uint8Array;
}

const COUNTER_AT = ID_BYTES;
const KIND_AT = 12;

/**
 * AES-256(`K_handle`, credential id (8) ‖ counter (u32) ‖ kind (u8) ‖ 0 0 0).
 * @param handleKey `DoorKeys.handle`.
 * @param counter another one for each handle of a holder.
 */
export function encodeHandle(cipher: BlockCipher, handleKey: Uint8Array, { kind, credentialId }: Holder, counter: number): Uint8Array {
  if (credentialId.length !== ID_BYTES) throw new Error("not a credential id");
  const block = new Uint8Array(HANDLE_BYTES);
  block.set(credentialId);
  writeU32(block, COUNTER_AT, counter);
  block[KIND_AT] = kind;
  return cipher.encrypt(handleKey, block);
}

/** @param handle 16 bytes. @returns undefined where it is none of this door's. What it says is a claim until a MAC has proved it. */
export function openHandle(cipher: BlockCipher, handleKey: Uint8Array, handle: Uint8Array): Holder | undefined {
  const block = cipher.decrypt(handleKey, handle);
  const kind = block[KIND_AT];
  if ((kind !== CredentialKind.phone && kind !== CredentialKind.fob) || block[13] !== 0 || block[14] !== 0 || block[15] !== 0) return undefined;
  return { kind, credentialId: block.slice(0, ID_BYTES) };
}
