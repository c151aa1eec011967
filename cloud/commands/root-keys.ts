import { existsSync, mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { equalBytes, toHex } from "../../protocol/bytes";
import { signingContext } from "../../protocol/cose-sign1";
import { decodeKeysetMessage, encodeKeyset, type Keyset } from "../../protocol/keyset";
import { ROOT_KEYS_MAX } from "../../protocol/limits";
import { signMessage } from "../keys/cose-signing";
import { createKeyFile, openKeyFile, publicKeyOf } from "../keys/key-file";
import { isSelfSigned, lackingSignatures, signerOf } from "../keys/keyset-succession";
import { describeKeyset, fingerprint } from "../keys/keyset-words";
import { writePrivateFile } from "../keys/private-file";
import { fromBase64, keysetsOf, readRequestFile, toBase64, type RequestFile } from "../keys/request-file";
import { StartupError } from "../startup-error";
import { readPassphrase } from "./passphrase";

/** Root keys at machines that are kept offline: nothing here asks a cloud or a database. */

export async function initRoots({ keys, threshold, folder, fd }: { keys: number; threshold: number; folder: string; fd: string | undefined }): Promise<number> {
  if (!Number.isInteger(keys) || keys < 1 || keys > ROOT_KEYS_MAX) throw new StartupError(`There can be 1 to ${ROOT_KEYS_MAX} root keys.`);
  if (!Number.isInteger(threshold) || threshold < 1 || threshold > keys) throw new StartupError(`Of ${keys} root keys 1 to ${keys} must sign.`);
  const [names, roots] = [Array.from({ length: keys }, (_, index) => join(folder, `root-${index + 1}.key`)), join(folder, "roots.json")];
  const there = [...names, roots].find(existsSync);
  if (there !== undefined) throw new StartupError(`There is a file ${there} already: keys are never written over.`);
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const made: Uint8Array[] = [];
  for (const [index, name] of names.entries()) made.push(await createKeyFile(name, "root", await readPassphrase(name, { fd, line: index, twice: true })));
  writePrivateFile(roots, `${JSON.stringify({ format: "latchkey-roots/1", keys: made.map(toHex), threshold }, undefined, 2)}\n`);
  say([...made.map((key, index) => `${names[index]}  ${fingerprint(key)}`), `${roots} names them all: ${threshold} of ${keys} sign. It is no secret.`]);
  return 0;
}

export function showRequest(path: string): number {
  const { file, keyset, previous } = read(path);
  say(describe(file, keyset, previous));
  return 0;
}

/** Adds the signature of a key to a request. @returns 0 where it has all that it needs, 1 where more roots must sign. */
export async function signRequest(path: string, { key: keyPath, fd }: { key: string; fd: string | undefined }): Promise<number> {
  const { file, keyset, previous } = read(path);
  const publicKey = publicKeyOf(keyPath, "root");
  say(describe(file, keyset, previous));
  if (![...previous.roots, ...keyset.roots].some((root) => equalBytes(root, publicKey))) throw new StartupError(`${keyPath} (${fingerprint(publicKey)}) is no root of this keyset or of the one before: nothing was signed.`);
  if (signersOf(file, keyset, previous).some((signer) => equalBytes(signer, publicKey))) throw new StartupError(`${keyPath} has signed it already.`);
  say(["", `Whoever opens ${keyPath} now signs this.`]);
  const key = await openKeyFile(keyPath, "root", await readPassphrase(keyPath, { fd }));
  const signature = await signMessage(key, encodeKeyset(keyset), signingContext("keyset", keyset.site), true);
  const signed = { ...file, signatures: [...file.signatures, toBase64(signature)] };
  writePrivateFile(path, `${JSON.stringify(signed, undefined, 2)}\n`);
  say([`Signed by ${fingerprint(key.publicKey)}.`, ...lackingInWords(signed, keyset, previous)]);
  return isComplete(signed, keyset, previous) ? 0 : 1;
}

function read(path: string): { file: RequestFile; keyset: Keyset; previous: Keyset } {
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch (error) {
    throw new StartupError(`Cannot read the request: ${(error as Error).message}`);
  }
  const file = readRequestFile(text, path);
  const { keyset, previous } = keysetsOf(file, path);
  // It may be another site's: the words say which.
  if (!isSelfSigned(decodeKeysetMessage(fromBase64(file.previous)))) throw new StartupError(`${path} is no request for a keyset: the one before it was not signed by its own roots.`);
  // What no door would take is not worth a signature.
  if (!equalBytes(keyset.site, previous.site) || keyset.number !== previous.number + 1 || keyset.epoch < previous.epoch) throw new StartupError(`${path} asks for a keyset that cannot follow the one before it.`);
  return { file, keyset, previous };
}

function describe(file: RequestFile, keyset: Keyset, previous: Keyset): string[] {
  const signers = signersOf(file, keyset, previous);
  return [...describeKeyset(previous, keyset), ...(signers.length === 0 ? ["Signed by nobody yet"] : signers.map((signer) => `Signed by ${fingerprint(signer)}`)), ...lackingInWords(file, keyset, previous)];
}

/** Signatures that do not hold count for nothing. */
function signersOf(file: RequestFile, keyset: Keyset, previous: Keyset): Uint8Array[] {
  return file.signatures.map((signature) => signerOf(fromBase64(signature), previous, keyset)).filter((signer) => signer !== undefined);
}

function isComplete(file: RequestFile, keyset: Keyset, previous: Keyset): boolean {
  const lacking = lackingSignatures(previous, keyset, signersOf(file, keyset, previous));
  return lacking.old === 0 && lacking.new === 0;
}

function lackingInWords(file: RequestFile, keyset: Keyset, previous: Keyset): string[] {
  const lacking = lackingSignatures(previous, keyset, signersOf(file, keyset, previous));
  if (lacking.old === 0 && lacking.new === 0) return ["It has all the signatures that it needs: latchkey root adopt"];
  return [`More must sign: ${lacking.old} of the roots before, ${lacking.new} of the new ones; a root that is both counts for both`];
}

function say(lines: readonly string[]): void {
  process.stdout.write(`${lines.join("\n")}\n`);
}
