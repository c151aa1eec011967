import { createCipheriv, createDecipheriv, randomBytes, scrypt } from "node:crypto";
import { existsSync } from "node:fs";
import { z } from "zod";
import { concat, fromHex, toHex } from "../../protocol/bytes";
import { KEY_FILE_SCRYPT_LOG_N, KEY_FILE_SCRYPT_LOG_N_MAX, PASSPHRASE_CHARACTERS_MIN } from "../limits";
import { StartupError } from "../startup-error";
import { NativeSigningKey } from "./native-signing-key";
import { readPrivateFile, writePrivateFile } from "./private-file";

/** What a key that is kept offline signs: keysets, or firmware images. Neither takes the other's place. */
export type KeyPurpose = "root" | "image";

/**
 * An offline key in a file of its own: the seed under AES-256-GCM, whose key scrypt makes of a passphrase, and whose
 * associated data is all that stands in the clear. Layout of `sealed`: nonce 12 ‖ seed 32 ‖ tag 16.
 */
const keyFile = z.strictObject({
  format: z.literal("latchkey-key/1"),
  purpose: z.enum(["root", "image"]),
  publicKey: z.string().regex(/^[0-9a-f]{64}$/),
  scrypt: z.strictObject({ logN: z.int().min(10).max(KEY_FILE_SCRYPT_LOG_N_MAX), r: z.literal(8), p: z.literal(1), salt: z.string().regex(/^[0-9a-f]{32}$/) }),
  sealed: z.string().regex(/^[0-9a-f]{120}$/),
});
type KeyFile = z.infer<typeof keyFile>;

const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/**
 * Makes a new Ed25519 key and writes it (mode 0600, durably). Nothing is ever written over.
 * @returns its public key, 32 bytes.
 * @throws StartupError where the file exists or cannot be written, or the passphrase is short.
 */
export async function createKeyFile(path: string, purpose: KeyPurpose, passphrase: string): Promise<Uint8Array> {
  if (passphrase.length < PASSPHRASE_CHARACTERS_MIN) throw new StartupError(`A passphrase has at least ${PASSPHRASE_CHARACTERS_MIN} characters.`);
  if (existsSync(path)) throw new StartupError(`There is a file ${path} already: keys are never written over.`);
  const seed = randomBytes(32);
  const { publicKey } = new NativeSigningKey(seed);
  const clear: Omit<KeyFile, "sealed"> = { format: "latchkey-key/1", purpose, publicKey: toHex(publicKey), scrypt: { logN: KEY_FILE_SCRYPT_LOG_N, r: 8, p: 1, salt: toHex(randomBytes(16)) } };
  const nonce = randomBytes(NONCE_BYTES);
  const cipher = createCipheriv("aes-256-gcm", await stretch(passphrase, clear), nonce);
  cipher.setAAD(associatedData(clear));
  const sealed = toHex(concat(nonce, cipher.update(seed), cipher.final(), cipher.getAuthTag()));
  try {
    writePrivateFile(path, `${JSON.stringify({ ...clear, sealed }, undefined, 2)}\n`);
  } catch (error) {
    throw new StartupError(`Cannot write the key ${path}: ${(error as Error).message}`);
  }
  return publicKey;
}

/**
 * The public key of a file, which is not proved before the file is opened.
 * @throws StartupError where it is missing, readable by others, broken, or for something else.
 */
export function publicKeyOf(path: string, purpose: KeyPurpose): Uint8Array {
  return fromHex(readKeyFile(path, purpose).publicKey)!;
}

/** @throws StartupError as `publicKeyOf`, and where the passphrase is not the file's. */
export async function openKeyFile(path: string, purpose: KeyPurpose, passphrase: string): Promise<NativeSigningKey> {
  const { sealed: text, ...clear } = readKeyFile(path, purpose);
  const sealed = fromHex(text)!;
  const decipher = createDecipheriv("aes-256-gcm", await stretch(passphrase, clear), sealed.subarray(0, NONCE_BYTES));
  decipher.setAAD(associatedData(clear));
  decipher.setAuthTag(sealed.subarray(sealed.length - TAG_BYTES));
  let seed: Uint8Array;
  try {
    seed = concat(decipher.update(sealed.subarray(NONCE_BYTES, sealed.length - TAG_BYTES)), decipher.final());
  } catch {
    throw new StartupError(`The passphrase is not that of ${path}, or the file was altered.`);
  }
  const key = new NativeSigningKey(seed);
  if (toHex(key.publicKey) !== clear.publicKey) throw new StartupError(`The key ${path} was altered.`);
  return key;
}

function readKeyFile(path: string, purpose: KeyPurpose): KeyFile {
  const text = readPrivateFile(path, "key");
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    throw new StartupError(`The key ${path} is not JSON.`);
  }
  const result = keyFile.safeParse(parsed);
  if (!result.success) throw new StartupError(`The key ${path} is broken at "${result.error.issues[0].path.join(".")}".`);
  if (result.data.purpose !== purpose) throw new StartupError(`The key ${path} is ${NAMES[result.data.purpose]}, not ${NAMES[purpose]}.`);
  return result.data;
}

const NAMES: Record<KeyPurpose, string> = { root: "a root key", image: "an image key" };

/** RFC 7914. The same passphrase typed on another keyboard is the same text (Unicode NFKC). */
function stretch(passphrase: string, { scrypt: { logN, r, p, salt } }: Pick<KeyFile, "scrypt">): Promise<Buffer> {
  const N = 2 ** logN;
  return new Promise((resolve, reject) => {
    scrypt(passphrase.normalize("NFKC"), fromHex(salt)!, 32, { N, r, p, maxmem: 256 * N * r }, (error, key) => (error === null ? resolve(key) : reject(error)));
  });
}

function associatedData({ format, purpose, publicKey, scrypt: { logN, r, p, salt } }: Omit<KeyFile, "sealed">): Uint8Array {
  return Buffer.from([format, purpose, publicKey, logN, r, p, salt].join("\n"), "utf8");
}
