/// <reference path="../../typings/tls.d.ts" />
/**
 * Which certificates TLS believes: takes the place of the SDK's "ssl/cert" (manifest.json).
 *
 * The SDK's own (8.2.3) lets anybody be the cloud: sent a self-made certificate with the right name and behind it the
 * real CA's, which anybody can have from a real connection, it goes past the first, whose signature does not hold,
 * finds the second good, and remembers that the name was right. Here there is one rule: the server's certificate is
 * signed by the one CA that the installer gave, names the host, and is in date. What else is sent is not looked at.
 */
import { Digest } from "crypt";
import BER from "ber";
import ECDSA from "ecdsa";
import PKCS1_5 from "pkcs1_5";
import X509 from "x509";

const SHA256_WITH_RSA = "1,2,840,113549,1,1,11";
const ECDSA_WITH_SHA256 = "1,2,840,10045,4,3,2";
const DNS_NAME = 2;
const IP_ADDRESS = 7;
/** With a smaller exponent the SDK's check of the padding could be cheated. */
const RSA_EXPONENT_MIN = 65_537;
const RSA_MODULUS_BITS_MIN = 2_048n;

/** Order of secp256r1 (SEC 2 §2.4.2). */
const P256_ORDER = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n;

interface CertificateOptions {
  /** The CA, DER. */
  certificate?: ArrayBuffer;
}

/** The names are the SDK's: its handshake calls them. */
class ServerCertificates {
  /** Read by network.ts: this is not the SDK's class. */
  static readonly isLatchkeys = true;

  readonly #ca: Uint8Array;
  #server: Uint8Array | undefined;

  /** @throws Error where there is no CA, or it is out of date. */
  constructor(options: CertificateOptions) {
    if (options.certificate === undefined) throw new Error("tls: no CA");
    this.#ca = new Uint8Array(options.certificate);
    if (!isInDate(this.#ca)) throw new Error("tls: the CA is out of date, or the clock is wrong");
  }

  /** @param certificates as the server sent them, its own first. */
  verify(certificates: readonly Uint8Array[], options: { tls_server_name?: string }): boolean {
    const [server] = certificates;
    const host = options.tls_server_name;
    if (server === undefined || host === undefined || this.#server !== undefined) return false;
    // The signature first: until it holds, nobody vouches for the rest of these bytes.
    return isSignedBy(server, this.#ca) && isInDate(server) && isFor(server, host);
  }

  /** Called with the server's certificate once `verify` was true. */
  register(certificate: ArrayBuffer): void {
    this.#server = new Uint8Array(certificate);
  }

  /** The key that the server must prove to have. */
  getKey(): object {
    if (this.#server === undefined) throw new Error("tls: no certificate yet");
    return X509.decodeSPKI(this.#server);
  }

  /** A door shows no certificate: it logs in with its password. */
  findPreferredCert(): never[] {
    return [];
  }

  getCerts(): never[] {
    return [];
  }
}

function isSignedBy(certificate: Uint8Array, ca: Uint8Array): boolean {
  const { tbs, algo, sig } = X509.decode(certificate);
  const { modulus, exponent, pub, curve } = X509.decodeSPKI(ca);
  const hash = new Digest("SHA256");
  hash.write(tbs as unknown as ArrayBuffer);
  const algorithm = algo.toString();
  if (algorithm === ECDSA_WITH_SHA256 && pub !== undefined && curve !== undefined) {
    return isInRange(sig) && new ECDSA(pub, curve).verify(hash.close(), sig, true);
  }
  if (algorithm === SHA256_WITH_RSA && modulus !== undefined && exponent !== undefined) {
    if (exponent < RSA_EXPONENT_MIN || modulus >> (RSA_MODULUS_BITS_MIN - 1n) <= 0n) return false;
    return new PKCS1_5({ modulus, exponent }, false, []).verify(hash.close(), sig);
  }
  return false;
}

/** Whether r and s of an ECDSA signature are what FIPS 186-5 §6.4.2 lets them be: the SDK does not look. */
export function isInRange(signature: Uint8Array): boolean {
  const sequence = new BER(new BER(signature).getSequence());
  const r = sequence.getInteger();
  const s = sequence.getInteger();
  return r > 0n && s > 0n && r < P256_ORDER && s < P256_ORDER;
}

function isInDate(certificate: Uint8Array): boolean {
  const { from, to } = X509.decodeTBS(X509.decode(certificate).tbs).validity;
  const now = Date.now();
  return from < now && now < to;
}

/** RFC 6125 §6.4 without wildcards: a name or an IPv4 address of the subjectAltName is the host. */
function isFor(certificate: Uint8Array, host: string): boolean {
  const wanted = host.toLowerCase();
  for (const { tag, value } of X509.decodeSAN(certificate) ?? []) {
    if (tag === DNS_NAME && typeof value === "string" && value.toLowerCase() === wanted) return true;
    if (tag === IP_ADDRESS && typeof value !== "string" && value.byteLength === 4 && new Uint8Array(value).join(".") === wanted) return true;
  }
  return false;
}

export default ServerCertificates;
