import { ascii, concat } from "./bytes";
import type { Hashes } from "./hashes";
import { TAG_BYTES } from "./limits";

/** What a person presents. The numbers are on the wire: in tags and in the flags of rows. */
export const CredentialKind = { pin: 1, card: 2, phone: 3, fob: 4, pin2: 5, unitPin: 6 } as const;
export type CredentialKind = (typeof CredentialKind)[keyof typeof CredentialKind];

const PIN2_LABEL = ascii("pin2");

/**
 * The 5-byte tag by which a door knows a credential: HMAC-SHA-256(K_tag, kind ‖ value), truncated.
 * @param value a PIN's ASCII digits; a unit PIN's `unit*PIN`; the bytes of a card's number; a phone's or fob's 8-byte id.
 */
export function credentialTag(hashes: Hashes, tagKey: Uint8Array, kind: CredentialKind, value: Uint8Array): Uint8Array {
  const message = new Uint8Array(1 + value.length);
  message[0] = kind;
  message.set(value, 1);
  return hashes.hmacSha256(tagKey, message).slice(0, TAG_BYTES);
}

/** The tag of a second PIN, bound to the first credential: with somebody else's card it opens nothing. */
export function secondPinTag(hashes: Hashes, tagKey: Uint8Array, firstTag: Uint8Array, pin: Uint8Array): Uint8Array {
  return hashes.hmacSha256(tagKey, concat(PIN2_LABEL, firstTag, pin)).slice(0, TAG_BYTES);
}
