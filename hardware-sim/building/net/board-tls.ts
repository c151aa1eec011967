import { X509Certificate } from "node:crypto";
import { isIP } from "node:net";
import type { Duplex } from "node:stream";
import { checkServerIdentity, connect, type ConnectionOptions } from "node:tls";

/**
 * TLS as a board has it (firmware/esp32/tls/server-certificate.ts): the server's certificate is signed by the one CA
 * that an installer gave, itself and not by way of others, names the host, and is in date.
 * @param ca DER; undefined: none was given, and the PC's authorities count.
 * @returns a stream that fails through `error` where the server is not believed.
 */
export function secureStream(socket: Duplex, host: string, ca: Uint8Array | undefined): Duplex {
  // A name of its own for addresses: RFC 6066 §3 has none in SNI.
  const options: ConnectionOptions = { socket, host, minVersion: "TLSv1.2", ...(isIP(host) === 0 && { servername: host }) };
  if (ca === undefined) return connect(options);
  const authority = new X509Certificate(ca);
  return connect({
    ...options,
    ca: authority.toString(),
    checkServerIdentity: (_name, shown) => checkServerIdentity(host, shown) ?? (isSignedBy(shown.raw, authority) ? undefined : new Error("not signed by the CA itself")),
  });
}

function isSignedBy(certificate: Buffer, authority: X509Certificate): boolean {
  return new X509Certificate(certificate).verify(authority.publicKey);
}
