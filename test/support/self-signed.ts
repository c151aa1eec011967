import { generateKeyPairSync, sign, type KeyObject } from "node:crypto";

/** DER (X.690 §8.1): a tag, a length and what it holds. */
function der(tag: number, ...contents: Uint8Array[]): Buffer {
  const body = Buffer.concat(contents);
  const length = body.length < 128 ? Buffer.of(body.length) : Buffer.of(0x82, body.length >> 8, body.length & 255);
  return Buffer.concat([Buffer.of(tag), length, body]);
}

const sequence = (...contents: Uint8Array[]): Buffer => der(0x30, ...contents);
const oid = (hex: string): Buffer => der(0x06, Buffer.from(hex, "hex"));

const ECDSA_WITH_SHA256 = sequence(oid("2a8648ce3d040302"));
const COMMON_NAME = oid("550403");
const SUBJECT_ALT_NAME = oid("551d11");
const BASIC_CONSTRAINTS = oid("551d13");
const TRUE = Buffer.of(0x01, 0x01, 0xff);

/** A certificate and its key, PEM texts. */
export interface Pair {
  cert: string;
  key: string;
}

/** What a certificate says. Years are of two digits, from 1 January to 1 January. */
interface Wanted {
  commonName?: string;
  /** Subject alternative names: DNS, and IPv4 addresses. */
  dns?: readonly string[];
  addresses?: readonly string[];
  years?: readonly [string, string];
}

let serial = 1;

function certificate(wanted: Wanted & { ca?: boolean }, publicKey: KeyObject, issuer: { commonName: string; key: KeyObject }): string {
  const { commonName = "localhost", dns = ["localhost"], addresses = ["127.0.0.1"], years = ["20", "49"], ca = false } = wanted;
  const name = (text: string) => sequence(der(0x31, sequence(COMMON_NAME, der(0x0c, Buffer.from(text)))));
  const time = (year: string) => der(0x17, Buffer.from(`${year}0101000000Z`));
  const altNames = sequence(...dns.map((text) => der(0x82, Buffer.from(text))), ...addresses.map((text) => der(0x87, Buffer.from(text.split(".").map(Number)))));
  const number = Buffer.alloc(4);
  number.writeUInt32BE(serial++);
  const extension = ca ? sequence(BASIC_CONSTRAINTS, TRUE, der(0x04, sequence(TRUE))) : sequence(SUBJECT_ALT_NAME, der(0x04, altNames));
  const toBeSigned = sequence(
    der(0xa0, der(0x02, Buffer.of(2))),
    der(0x02, Buffer.of(1), number),
    ECDSA_WITH_SHA256,
    name(issuer.commonName),
    sequence(...years.map(time)),
    name(commonName),
    publicKey.export({ type: "spki", format: "der" }),
    der(0xa3, sequence(extension)),
  );
  const signature = der(0x03, Buffer.of(0), sign("sha256", toBeSigned, issuer.key));
  const text = sequence(toBeSigned, ECDSA_WITH_SHA256, signature).toString("base64").replace(/.{1,64}/g, "$&\n");
  return `-----BEGIN CERTIFICATE-----\n${text}-----END CERTIFICATE-----\n`;
}

function keyPair(): { publicKey: KeyObject; privateKey: KeyObject; pem: string } {
  const { publicKey, privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  return { publicKey, privateKey, pem: privateKey.export({ type: "pkcs8", format: "pem" }) as string };
}

/** A self-signed certificate (RFC 5280) for localhost and 127.0.0.1, from 2020 to 2049. */
export function selfSigned(): Pair {
  const { publicKey, privateKey, pem } = keyPair();
  return { cert: certificate({}, publicKey, { commonName: "localhost", key: privateKey }), key: pem };
}

/** A CA of the test's own. */
export class TestAuthority {
  /** PEM. */
  readonly cert: string;
  readonly #name: string;
  readonly #key: KeyObject;

  /** @param issuer another one that vouches for it; default: itself. */
  constructor(name = "Latchkey test CA", issuer?: TestAuthority) {
    const { publicKey, privateKey } = keyPair();
    this.#name = name;
    this.#key = privateKey;
    this.cert = certificate({ commonName: name, ca: true }, publicKey, issuer === undefined ? { commonName: name, key: privateKey } : { commonName: issuer.#name, key: issuer.#key });
  }

  /** By default one for localhost and 127.0.0.1, from 2020 to 2049. */
  issue(wanted: Wanted = {}): Pair {
    const { publicKey, pem } = keyPair();
    return { cert: certificate(wanted, publicKey, { commonName: this.#name, key: this.#key }), key: pem };
  }
}
