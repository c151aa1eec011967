import { createHash, generateKeyPairSync, randomBytes, sign, type KeyObject } from "node:crypto";
import type { Json } from "./cloud-rig";

/** How a dishonest or broken authenticator differs from a good one. */
export interface Faults {
  /** What the browser says the page's origin is. */
  origin?: string;
  rpId?: string;
  challenge?: string;
  type?: string;
  userVerified?: boolean;
  userHandle?: string;
  counter?: number;
  /** Turns one bit of the signature. */
  forged?: boolean;
}

/**
 * A passkey in software: what a browser and a phone make together of the options that the cloud gives
 * (WebAuthn Level 3: §6.1 authenticator data, §6.5.4 attested credential data, §5.8.1 client data). ES256.
 */
export class Authenticator {
  readonly #origin: string;
  readonly #privateKey: KeyObject;
  readonly #publicKey: { x: Buffer; y: Buffer };
  readonly id = randomBytes(16).toString("base64url");
  #rpId = "";
  /** Of the account that it was first made for. */
  #userHandle: string | undefined;
  counter = 0;

  constructor(origin: string) {
    this.#origin = origin;
    const { privateKey, publicKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
    this.#privateKey = privateKey;
    const { x, y } = publicKey.export({ format: "jwk" });
    this.#publicKey = { x: Buffer.from(x!, "base64url"), y: Buffer.from(y!, "base64url") };
  }

  /** `navigator.credentials.create(options)`, as `toJSON()` gives it. */
  create(options: Json, faults: Faults = {}): Json {
    this.#rpId = options.rp.id;
    this.#userHandle ??= options.user.id;
    const { x, y } = this.#publicKey;
    const id = Buffer.from(this.id, "base64url");
    // COSE_Key (RFC 9053 §7.1.1): EC2, ES256, P-256.
    const key = map([[1, integer(2)], [3, integer(-7)], [-1, integer(1)], [-2, byteString(x)], [-3, byteString(y)]]);
    const attested = Buffer.concat([Buffer.alloc(16), Buffer.from([0, id.length]), id, key]);
    const authenticatorData = this.#authenticatorData(0x40, faults, attested);
    const attestationObject = Buffer.concat([Buffer.from([0xa3]), text("fmt"), text("none"), text("attStmt"), Buffer.from([0xa0]), text("authData"), byteString(authenticatorData)]);
    const response = { clientDataJSON: this.#clientData("webauthn.create", options, faults).toString("base64url"), attestationObject: attestationObject.toString("base64url"), transports: ["internal"] };
    return { id: this.id, rawId: this.id, type: "public-key", authenticatorAttachment: "platform", clientExtensionResults: {}, response };
  }

  /** `navigator.credentials.get(options)`, as `toJSON()` gives it. */
  get(options: Json, faults: Faults = {}): Json {
    const clientData = this.#clientData("webauthn.get", options, faults);
    const authenticatorData = this.#authenticatorData(0, faults, Buffer.alloc(0));
    const signature = sign("sha256", Buffer.concat([authenticatorData, sha256(clientData)]), this.#privateKey);
    if (faults.forged === true) signature[signature.length - 1] ^= 1;
    const response = {
      clientDataJSON: clientData.toString("base64url"),
      authenticatorData: authenticatorData.toString("base64url"),
      signature: signature.toString("base64url"),
      ...(this.#userHandle !== undefined && { userHandle: faults.userHandle ?? this.#userHandle }),
    };
    return { id: this.id, rawId: this.id, type: "public-key", authenticatorAttachment: "platform", clientExtensionResults: {}, response };
  }

  #clientData(type: string, { challenge }: Json, faults: Faults): Buffer {
    return Buffer.from(JSON.stringify({ type: faults.type ?? type, challenge: faults.challenge ?? challenge, origin: faults.origin ?? this.#origin, crossOrigin: false }));
  }

  #authenticatorData(flags: number, { rpId, userVerified = true, counter }: Faults, rest: Buffer): Buffer {
    const signCount = Buffer.alloc(4);
    signCount.writeUInt32BE(counter ?? ++this.counter);
    return Buffer.concat([sha256(Buffer.from(rpId ?? this.#rpId)), Buffer.from([flags | 0x01 | (userVerified ? 0x04 : 0)]), signCount, rest]);
  }
}

function sha256(bytes: Buffer): Buffer {
  return createHash("sha256").update(bytes).digest();
}

/** CBOR head (RFC 8949 §3). */
function head(major: number, value: number): Buffer {
  if (value < 24) return Buffer.from([(major << 5) | value]);
  if (value < 0x100) return Buffer.from([(major << 5) | 24, value]);
  return Buffer.from([(major << 5) | 25, value >> 8, value & 0xff]);
}

function integer(value: number): Buffer {
  return value < 0 ? head(1, -1 - value) : head(0, value);
}

function byteString(bytes: Buffer): Buffer {
  return Buffer.concat([head(2, bytes.length), bytes]);
}

function text(string: string): Buffer {
  return Buffer.concat([head(3, string.length), Buffer.from(string)]);
}

function map(entries: [number, Buffer][]): Buffer {
  return Buffer.concat([head(5, entries.length), ...entries.flatMap(([key, value]) => [integer(key), value])]);
}
