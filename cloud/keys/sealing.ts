import { createCipheriv, createDecipheriv, randomBytes } from "node:crypto";
import { ascii, concat } from "../../protocol/bytes";
import { hkdfSha256 } from "../../protocol/hkdf";
import { nativeHashes } from "./native-hashes";

/** What the master key protects: each has a key of its own. */
export type SealedKind = "door-key" | "claim-secret" | "pin" | "data-key" | "message" | "webhook" | "fob" | "signing-key" | "door-login";

/**
 * Encrypts secrets at rest with keys derived from the master key: AES-256-GCM, whose associated data says which
 * record a secret belongs to, so that none can be moved to another.
 * Layout: format 1 ‖ nonce 12 ‖ ciphertext ‖ tag 16.
 */
export class Sealing {
  readonly #keys: Record<SealedKind, Uint8Array>;
  readonly #fingerprintKey: Uint8Array;
  readonly #nonceKey: Uint8Array;
  readonly #codeKey: Uint8Array;
  readonly #imageTokenKey: Uint8Array;

  /** @param masterKey 32 bytes. */
  constructor(masterKey: Uint8Array) {
    const derive = (name: string) => hkdfSha256(nativeHashes, masterKey, new Uint8Array(0), ascii(`latchkey/1/cloud/${name}`), 32);
    this.#keys = {
      "door-key": derive("door-key"),
      "claim-secret": derive("claim-secret"),
      pin: derive("pin"),
      "data-key": derive("data-key"),
      message: derive("message"),
      webhook: derive("webhook"),
      fob: derive("fob"),
      "signing-key": derive("signing-key"),
      "door-login": derive("door-login"),
    };
    this.#fingerprintKey = derive("pin-fingerprint");
    this.#nonceKey = derive("claim-nonce");
    this.#codeKey = derive("one-time-code");
    this.#imageTokenKey = derive("image-token");
  }

  /** @param owner names the record that the secret belongs to, e.g. a credential's id and version. */
  seal(kind: SealedKind, owner: string, secret: Uint8Array): Uint8Array {
    const nonce = randomBytes(NONCE_BYTES);
    const cipher = createCipheriv("aes-256-gcm", this.#keys[kind], nonce);
    cipher.setAAD(Buffer.from(owner, "utf8"));
    return concat(Uint8Array.of(FORMAT), nonce, cipher.update(secret), cipher.final(), cipher.getAuthTag());
  }

  /** @throws Error where the bytes were altered or belong to another record. */
  open(kind: SealedKind, owner: string, sealed: Uint8Array): Uint8Array {
    if (sealed.length < 1 + NONCE_BYTES + TAG_BYTES || sealed[0] !== FORMAT) throw new Error(`sealed ${kind} of ${owner} is damaged`);
    const decipher = createDecipheriv("aes-256-gcm", this.#keys[kind], sealed.subarray(1, 1 + NONCE_BYTES));
    decipher.setAAD(Buffer.from(owner, "utf8"));
    decipher.setAuthTag(sealed.subarray(sealed.length - TAG_BYTES));
    const body = sealed.subarray(1 + NONCE_BYTES, sealed.length - TAG_BYTES);
    return concat(decipher.update(body), decipher.final());
  }

  /** Equal PINs have equal fingerprints, by which the database keeps them apart without knowing them. */
  pinFingerprint(pin: string): Uint8Array {
    return nativeHashes.hmacSha256(this.#fingerprintKey, ascii(pin));
  }

  /** Marks a claim's nonce as one of ours, so that nothing is remembered for doors that only say hello. */
  nonceMark(data: Uint8Array): Uint8Array {
    return nativeHashes.hmacSha256(this.#nonceKey, data);
  }

  /**
   * What the database keeps of a code that was sent, or of an address that is only counted: both are short enough to
   * be found by trying, were it not for the key.
   */
  codeMac(text: string): Uint8Array {
    return nativeHashes.hmacSha256(this.#codeKey, Buffer.from(text, "utf8"));
  }

  /**
   * What a door shows to be given an image (SPEC 19): 16 bytes that are the same each time, because a door goes on
   * asking at the path that it was offered first.
   */
  imageToken(image: string, door: string): Uint8Array {
    return nativeHashes.hmacSha256(this.#imageTokenKey, ascii(`${image}/${door}`)).subarray(0, 16);
  }
}

const FORMAT = 1;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
