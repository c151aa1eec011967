import { randomBytes } from "node:crypto";
import { z } from "zod";
import { fromHex, toHex } from "../../protocol/bytes";
import { ROOT_KEYS_MAX } from "../../protocol/limits";
import { StartupError } from "../startup-error";
import { DataKeys } from "./data-keys";
import { Sealing } from "./sealing";
import { NativeSigningKey } from "./native-signing-key";
import { readPrivateFile, writePrivateFile } from "./private-file";
import type { SigningKey } from "./signing-key";
import { SigningKeys, type KeyToken } from "./signing-keys";

/** The site's secrets, as the file `keystore.json` holds them (mode 0600). */
export interface Keystore {
  /** 8 bytes: all doors of this cloud trust one site. */
  site: Uint8Array;
  /** Those that are here, in the order in which they sign; none where all are kept offline. */
  roots: SigningKey[];
  /** How many roots sign the first keyset; later ones say it themselves. */
  threshold: number;
  signing: SigningKeys;
  sealing: Sealing;
  /** Keys of households and people, under the master key. */
  dataKeys: DataKeys;
}

const secret = z.string().regex(/^[0-9a-f]{64}$/);
const keystoreFile = z.strictObject({
  format: z.literal("latchkey-keystore/1"),
  site: z.string().regex(/^[0-9a-f]{16}$/),
  roots: z.array(secret).max(ROOT_KEYS_MAX),
  threshold: z.int().min(1),
  listKey: secret,
  leaseKey: secret,
  masterKey: secret,
  /** Of version 0.1, where a rotation was cut short: the database knows whether they count. */
  next: z.strictObject({ listKey: secret, leaseKey: secret }).optional(),
});
export type KeystoreFile = z.infer<typeof keystoreFile>;

/** The secrets of a new site, with one root. */
export function newKeystore(): KeystoreFile {
  const random = (length: number) => toHex(randomBytes(length));
  return {
    format: "latchkey-keystore/1",
    site: random(8),
    roots: [random(32)],
    threshold: 1,
    listKey: random(32),
    leaseKey: random(32),
    masterKey: random(32),
  };
}

/** Makes the keys of a new site and writes them durably. @throws StartupError where that fails. */
export function createKeystore(path: string): Keystore {
  const file = newKeystore();
  writeKeystoreFile(path, file);
  return keystoreOf(file);
}

/** @throws StartupError where that fails. */
export function writeKeystoreFile(path: string, file: KeystoreFile): void {
  try {
    writePrivateFile(path, `${JSON.stringify(file, undefined, 2)}\n`);
  } catch (error) {
    throw new StartupError(`Cannot write the keystore ${path}: ${(error as Error).message}`);
  }
}

/** No keyset names its roots any more: others sign now. @throws StartupError where that fails. */
export function dropRoots(path: string): void {
  writeKeystoreFile(path, { ...readKeystoreFile(path), roots: [] });
}

/** @throws StartupError where the file is missing, readable by others, or not a keystore. */
export function loadKeystore(path: string): Keystore {
  return keystoreOf(readKeystoreFile(path));
}

/** @param token makes and keeps list and lease keys, where there is one. */
export function keystoreOf(file: KeystoreFile, token?: KeyToken): Keystore {
  const sealing = new Sealing(fromHex(file.masterKey)!);
  const first = [file.listKey, file.leaseKey, ...(file.next === undefined ? [] : [file.next.listKey, file.next.leaseKey])];
  return {
    site: fromHex(file.site)!,
    roots: file.roots.map(toKey),
    threshold: file.threshold,
    signing: new SigningKeys(sealing, first.map(toKey), token),
    sealing,
    dataKeys: new DataKeys(sealing),
  };
}

function toKey(hex: string): SigningKey {
  return new NativeSigningKey(fromHex(hex)!);
}

/** The file as it is, secrets and all. @throws StartupError as `loadKeystore`. */
export function readKeystoreFile(path: string): KeystoreFile {
  return parseKeystore(readPrivateFile(path, "keystore"), `keystore ${path}`);
}

/** A keystore from the environment. @param text JSON, or the same in base64. @throws StartupError where it is none. */
export function keystoreFromText(text: string): KeystoreFile {
  const json = text.trimStart().startsWith("{") ? text : Buffer.from(text, "base64").toString("utf8");
  return parseKeystore(json, "keystore in LATCHKEY_KEYSTORE");
}

function parseKeystore(text: string, what: string): KeystoreFile {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    // The text of a parser's complaint may quote keys: it is not repeated.
    throw new StartupError(`The ${what} is not JSON.`);
  }
  const result = keystoreFile.safeParse(parsed);
  if (!result.success) throw new StartupError(`The ${what} is broken at "${result.error.issues[0].path.join(".")}".`);
  const file = result.data;
  if (file.roots.length > 0 && file.threshold > file.roots.length) throw new StartupError(`The ${what} asks for more root signatures than it has root keys.`);
  return file;
}
