import type { X509Certificate } from "node:crypto";
import { ID_BYTES } from "../../protocol/limits";

const CLIENT_AUTHENTICATION = "1.3.6.1.5.5.7.3.2"; // RFC 5280 §4.2.1.12

/**
 * The door that a client certificate names: the only common name of its subject, 16 hexadecimal digits. One rule, as
 * doors have for the broker: signed by one of these CAs itself, in date, no CA, and for clients where it says for whom.
 * TLS has shown that whoever sent it has its key.
 * @param nowMs Unix ms.
 * @returns undefined where it is none.
 */
export function doorOfCertificate(certificate: X509Certificate, authorities: readonly X509Certificate[], nowMs: number): string | undefined {
  if (certificate.ca || !isInDate(certificate, nowMs)) return undefined;
  const purposes = certificate.keyUsage as readonly string[] | undefined; // Node has the extended ones under this name
  if (purposes !== undefined && !purposes.includes(CLIENT_AUTHENTICATION)) return undefined;
  const vouched = authorities.some((authority) => isInDate(authority, nowMs) && certificate.checkIssued(authority) && certificate.verify(authority.publicKey));
  if (!vouched) return undefined;
  const names = certificate.subject.split("\n").filter((part) => part.startsWith("CN="));
  const door = names.length === 1 ? names[0].slice(3) : "";
  return door.length === 2 * ID_BYTES && /^[0-9a-f]+$/.test(door) ? door : undefined;
}

function isInDate({ validFrom, validTo }: X509Certificate, nowMs: number): boolean {
  return Date.parse(validFrom) <= nowMs && nowMs < Date.parse(validTo);
}
