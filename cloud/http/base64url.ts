/** Bytes in the API's JSON: base64url (RFC 4648 §5) without padding. */
export function toBase64url(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString("base64url");
}

/** @param text of the alphabet, as the route's schema has checked. */
export function fromBase64url(text: string): Uint8Array {
  return new Uint8Array(Buffer.from(text, "base64url"));
}
