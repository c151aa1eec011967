import { ascii, concat } from "../protocol/bytes";

/** A key that code can use and not read. A native shell that brings a vault of its own has its own objects. */
export type OpaqueKey = Awaited<ReturnType<typeof crypto.subtle.importKey>>;

/** This phone's own key pair: what the cloud sends keys under. */
export interface DeviceKey {
  /** P-256, uncompressed point, 65 bytes. */
  publicKey: Uint8Array;
  privateKey: OpaqueKey;
}

/** All cryptography of a phone. Injected, so that a native shell can bring the platform's (secure enclave, key store). */
export interface KeyVault {
  /** Whether no code on this platform, ours included, can read a key that is in use. */
  readonly unreadable: boolean;
  createDeviceKey(): Promise<DeviceKey>;
  /**
   * Unwraps keys of SPEC 22.
   * @param ephemeralKey of the cloud's answer, 65 bytes.
   * @param wrapped 40 bytes each (RFC 3394).
   * @throws where one is damaged or was wrapped for somebody else.
   */
  unwrap(device: DeviceKey, ephemeralKey: Uint8Array, wrapped: readonly Uint8Array[]): Promise<OpaqueKey[]>;
  /** HMAC-SHA-256, 32 bytes. */
  prove(key: OpaqueKey, bytes: Uint8Array): Promise<Uint8Array>;
  random(length: number): Uint8Array;
}

const KEYS_INFO = ascii("latchkey/1/phone/keys");
const HMAC = { name: "HMAC", hash: "SHA-256" };
const P256 = { name: "ECDH", namedCurve: "P-256" };

/**
 * WebCrypto: every secret, from the shared one of ECDH to the door's, exists as a non-extractable key only and passes
 * no script.
 * @returns undefined where the platform has none (a page that came over plain HTTP).
 */
export function webCryptoVault(): KeyVault | undefined {
  const platform = (globalThis as { crypto?: typeof crypto }).crypto;
  const subtle = (platform as { subtle?: typeof crypto.subtle } | undefined)?.subtle;
  if (platform === undefined || subtle === undefined) return undefined;
  return {
    unreadable: true,
    createDeviceKey: async () => {
      const pair = await subtle.generateKey(P256, false, ["deriveKey"]);
      return { publicKey: new Uint8Array(await subtle.exportKey("raw", pair.publicKey)), privateKey: pair.privateKey };
    },
    unwrap: async ({ publicKey, privateKey }, ephemeralKey, wrapped) => {
      const theirs = await subtle.importKey("raw", owned(ephemeralKey), P256, false, []);
      const shared = await subtle.deriveKey({ name: "ECDH", public: theirs }, privateKey, "HKDF", false, ["deriveKey"]);
      const info = owned(concat(KEYS_INFO, ephemeralKey, publicKey));
      const wrapping = await subtle.deriveKey({ name: "HKDF", hash: "SHA-256", salt: new Uint8Array(0), info }, shared, { name: "AES-KW", length: 256 }, false, ["unwrapKey"]);
      return Promise.all(wrapped.map((bytes) => subtle.unwrapKey("raw", owned(bytes), wrapping, "AES-KW", HMAC, false, ["sign"])));
    },
    prove: async (key, bytes) => new Uint8Array(await subtle.sign("HMAC", key, owned(bytes))),
    random: (length) => platform.getRandomValues(new Uint8Array(length)),
  };
}

/** Browsers' types ask for memory that is shared with nobody. */
function owned(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  return new Uint8Array(bytes);
}
