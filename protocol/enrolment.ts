import { ascii, concat, equalBytes } from "./bytes";
import { CborReader, CborWriter } from "./cbor";
import type { Hashes } from "./hashes";
import { hkdfSha256 } from "./hkdf";
import { ID_BYTES, KEYSET_BYTES_MAX, MAC_BYTES, NONCE_BYTES, U32_MAX } from "./limits";
import { ProtocolError } from "./protocol-error";

/**
 * The claim of a door: four messages over HTTPS, by which door and cloud prove to one another that they know the
 * claim secret of the door's QR, and the door hands over the key it made.
 *
 *   1 door  → cloud  hello   [door, door nonce]
 *   2 cloud → door   welcome [cloud nonce, site, [keyset message, …], MAC]
 *   3 door  → cloud  claim   [door, door nonce, cloud nonce, sealed K_door, MAC]
 *   4 cloud → door   grant   [sealed login, MAC]
 *
 * Each MAC covers a byte for its role, the door, the site, both nonces, the hash of the keysets, and what came
 * before. K_door and the login are encrypted as well, under keys that only this claim has, because a printed
 * secret outlives its use. The cloud answers a repeated claim of the same bytes with the same grant.
 */
export const CLAIM_SECRET_BYTES = 16;
export const ENROLMENT_BYTES_MAX = 16_384;
export const KEYSETS_MAX = 64;
const LOGIN_BYTES_MAX = 256;

export interface Hello {
  door: Uint8Array;
  doorNonce: Uint8Array;
}

export interface Welcome {
  cloudNonce: Uint8Array;
  site: Uint8Array;
  /** Keyset messages from number 1 to the newest. */
  keysets: Uint8Array[];
}

/** What door and cloud have agreed on before a key is handed over. */
export interface ClaimContext extends Hello, Welcome {}

/** How the door reaches the broker from now on. */
export interface Login {
  enrolment: number;
  /** ASCII; the user name is the door's id in hexadecimal. */
  password: Uint8Array;
  /** ASCII; empty = the host that the claim went to. */
  brokerHost: Uint8Array;
  brokerPort: number;
}

const Role = { welcome: 1, claim: 2, grant: 3 } as const;

function claimKey(hashes: Hashes, claimSecret: Uint8Array, context: ClaimContext, name: string, length = 32): Uint8Array {
  return hkdfSha256(hashes, claimSecret, concat(context.doorNonce, context.cloudNonce), ascii(`latchkey/1/claim/${name}`), length);
}

function transcript(hashes: Hashes, { door, site, doorNonce, cloudNonce, keysets }: ClaimContext): Uint8Array {
  return concat(door, site, doorNonce, cloudNonce, hashes.sha256(concat(...keysets.map((keyset) => hashes.sha256(keyset)))));
}

function claimMac(hashes: Hashes, claimSecret: Uint8Array, context: ClaimContext, role: number, ...parts: Uint8Array[]): Uint8Array {
  const key = claimKey(hashes, claimSecret, context, role === Role.claim ? "door-mac" : "cloud-mac");
  return hashes.hmacSha256(key, concat(Uint8Array.of(role), transcript(hashes, context), ...parts)).slice(0, MAC_BYTES);
}

function requireMac(actual: Uint8Array, expected: Uint8Array): void {
  if (!equalBytes(actual, expected)) throw new ProtocolError("bad-mac", "claim");
}

/** XOR with a key stream of HKDF that is used for this one message. */
function crypt(hashes: Hashes, claimSecret: Uint8Array, context: ClaimContext, name: "door-seal" | "cloud-seal", bytes: Uint8Array): Uint8Array {
  const stream = claimKey(hashes, claimSecret, context, name, bytes.length);
  return bytes.map((byte, index) => byte ^ stream[index]);
}

export function encodeHello({ door, doorNonce }: Hello): Uint8Array {
  return new CborWriter().array(2).bytes(door).bytes(doorNonce).finish();
}

/** @throws {ProtocolError} `malformed`. */
export function decodeHello(bytes: Uint8Array): Hello {
  const reader = new CborReader(bytes);
  reader.array(2);
  const hello = { door: reader.bytes(ID_BYTES), doorNonce: reader.bytes(NONCE_BYTES) };
  reader.end();
  return hello;
}

export function encodeWelcome(hashes: Hashes, claimSecret: Uint8Array, context: ClaimContext): Uint8Array {
  const writer = new CborWriter().array(4).bytes(context.cloudNonce).bytes(context.site).array(context.keysets.length);
  for (const keyset of context.keysets) writer.bytes(keyset);
  return writer.bytes(claimMac(hashes, claimSecret, context, Role.welcome)).finish();
}

/** @throws {ProtocolError} `too-large`, `malformed`, `bad-mac`. */
export function openWelcome(hashes: Hashes, claimSecret: Uint8Array, hello: Hello, bytes: Uint8Array): ClaimContext {
  if (bytes.length > ENROLMENT_BYTES_MAX) throw new ProtocolError("too-large", "welcome");
  const reader = new CborReader(bytes);
  reader.array(4);
  const cloudNonce = reader.bytes(NONCE_BYTES);
  const site = reader.bytes(ID_BYTES);
  const keysets: Uint8Array[] = [];
  for (let left = reader.array(1, KEYSETS_MAX); left > 0; left--) keysets.push(reader.bytes(1, KEYSET_BYTES_MAX));
  const mac = reader.bytes(MAC_BYTES);
  reader.end();
  const context = { ...hello, cloudNonce, site, keysets };
  requireMac(mac, claimMac(hashes, claimSecret, context, Role.welcome));
  return context;
}

export function encodeClaim(hashes: Hashes, claimSecret: Uint8Array, context: ClaimContext, doorKey: Uint8Array): Uint8Array {
  const sealed = crypt(hashes, claimSecret, context, "door-seal", doorKey);
  const mac = claimMac(hashes, claimSecret, context, Role.claim, sealed);
  return new CborWriter().array(5).bytes(context.door).bytes(context.doorNonce).bytes(context.cloudNonce).bytes(sealed).bytes(mac).finish();
}

export interface Claim extends Hello {
  cloudNonce: Uint8Array;
  sealedDoorKey: Uint8Array;
  mac: Uint8Array;
}

/** Form alone: it names the door whose secret opens it. @throws {ProtocolError} `malformed`. */
export function decodeClaim(bytes: Uint8Array): Claim {
  const reader = new CborReader(bytes);
  reader.array(5);
  const claim = {
    door: reader.bytes(ID_BYTES),
    doorNonce: reader.bytes(NONCE_BYTES),
    cloudNonce: reader.bytes(NONCE_BYTES),
    sealedDoorKey: reader.bytes(32),
    mac: reader.bytes(MAC_BYTES),
  };
  reader.end();
  return claim;
}

/** @returns K_door. @throws {ProtocolError} `bad-mac`. */
export function openClaim(hashes: Hashes, claimSecret: Uint8Array, context: ClaimContext, claim: Claim): Uint8Array {
  requireMac(claim.mac, claimMac(hashes, claimSecret, context, Role.claim, claim.sealedDoorKey));
  return crypt(hashes, claimSecret, context, "door-seal", claim.sealedDoorKey);
}

/** @param sealedDoorKey as it stood in the claim that this answers. */
export function encodeGrant(hashes: Hashes, claimSecret: Uint8Array, context: ClaimContext, sealedDoorKey: Uint8Array, login: Login): Uint8Array {
  const plain = new CborWriter().array(4).unsigned(login.enrolment).bytes(login.password).bytes(login.brokerHost).unsigned(login.brokerPort).finish();
  const sealed = crypt(hashes, claimSecret, context, "cloud-seal", plain);
  const mac = claimMac(hashes, claimSecret, context, Role.grant, sealedDoorKey, sealed);
  return new CborWriter().array(2).bytes(sealed).bytes(mac).finish();
}

/** @param claim the bytes that the door sent. @throws {ProtocolError} `malformed`, `bad-mac`. */
export function openGrant(hashes: Hashes, claimSecret: Uint8Array, context: ClaimContext, claim: Uint8Array, bytes: Uint8Array): Login {
  const reader = new CborReader(bytes);
  reader.array(2);
  const sealed = reader.bytes(1, LOGIN_BYTES_MAX);
  const mac = reader.bytes(MAC_BYTES);
  reader.end();
  requireMac(mac, claimMac(hashes, claimSecret, context, Role.grant, decodeClaim(claim).sealedDoorKey, sealed));
  const plain = new CborReader(crypt(hashes, claimSecret, context, "cloud-seal", sealed));
  plain.array(4);
  const login = { enrolment: plain.unsigned(U32_MAX), password: plain.bytes(16, 64), brokerHost: plain.bytes(0, 128), brokerPort: plain.unsigned(65_535) };
  plain.end();
  return login;
}
