import type { KeyValue } from "../device";
import { CA_BYTES_MAX } from "../limits";

/** The certificate under which a board trusts its cloud, kept as DER (X.509) under `ca`; boards read it when they start. */
const KEY = "ca";

const BASE64 = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
const SEQUENCE = 0x30;

/** @returns its DER; undefined before an installer gave one. */
export function loadCaCertificate(keyValue: KeyValue): Uint8Array | undefined {
  const kept = keyValue.read(KEY);
  return kept === undefined ? undefined : new Uint8Array(kept);
}

/**
 * @param base64 what stands between the lines of a PEM file, without its line ends.
 * @returns false, and changes nothing, where that is no certificate's outer form, or more than CA_BYTES_MAX bytes.
 */
export function saveCaCertificate(keyValue: KeyValue, base64: string): boolean {
  const der = decodeBase64(base64);
  if (der === undefined || der.length > CA_BYTES_MAX || !isWholeSequence(der)) return false;
  keyValue.write(KEY, der);
  return true;
}

export function forgetCaCertificate(keyValue: KeyValue): void {
  if (keyValue.read(KEY) !== undefined) keyValue.delete(KEY);
}

/** RFC 4648 §4, with its padding; undefined for anything else. */
function decodeBase64(text: string): Uint8Array | undefined {
  const padding = text.endsWith("==") ? 2 : text.endsWith("=") ? 1 : 0;
  if (text.length === 0 || text.length % 4 !== 0) return undefined;
  const bytes = new Uint8Array((text.length / 4) * 3 - padding);
  let at = 0;
  let bits = 0;
  let held = 0;
  for (let i = 0; i < text.length - padding; i++) {
    const digit = BASE64.indexOf(text[i]);
    if (digit < 0) return undefined;
    held = ((held << 6) | digit) & 0xffff;
    bits += 6;
    if (bits < 8) continue;
    bits -= 8;
    bytes[at++] = held >> bits;
  }
  return bytes;
}

/** Whether a certificate was pasted whole: its outermost length is the number of bytes that there are. */
function isWholeSequence(der: Uint8Array): boolean {
  if (der.length < 4 || der[0] !== SEQUENCE) return false;
  if (der[1] === 0x82) return 4 + ((der[2] << 8) | der[3]) === der.length;
  return der[1] === 0x81 && 3 + der[2] === der.length;
}
