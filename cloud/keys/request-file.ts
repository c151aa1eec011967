import { z } from "zod";
import { decodeKeyset, decodeKeysetMessage, encodeKeyset, type Keyset } from "../../protocol/keyset";
import { KEYSET_BYTES_MAX, ROOT_KEYS_MAX } from "../../protocol/limits";
import { ProtocolError } from "../../protocol/protocol-error";
import { StartupError } from "../startup-error";

const Bytes = z.base64().min(1).max(2 * KEYSET_BYTES_MAX);

/** What goes to machines with root keys and comes back signed: a file, or an answer of the API. */
export const RequestFile = z.strictObject({
  format: z.literal("latchkey-keyset-request/1"),
  /** The keyset that is to be signed (SPEC 4), as CBOR in base64 … */
  keyset: Bytes,
  /** … the message of the one before it … */
  previous: Bytes,
  /** … and the signatures so far: COSE_Sign1s with the payload left out. */
  signatures: z.array(Bytes).max(2 * ROOT_KEYS_MAX),
});
export type RequestFile = z.infer<typeof RequestFile>;

/** Public halves of root keys, as `latchkey root init` writes them. */
export const RootsFile = z
  .strictObject({
    format: z.literal("latchkey-roots/1"),
    keys: z
      .array(z.string().regex(/^[0-9a-f]{64}$/, "a public key of 64 hexadecimal digits"))
      .min(1)
      .max(ROOT_KEYS_MAX)
      .refine((keys) => new Set(keys).size === keys.length, "the same root twice"),
    threshold: z.int().min(1).max(ROOT_KEYS_MAX),
  })
  .refine(({ keys, threshold }) => threshold <= keys.length, "more signatures than there are roots");
export type RootsFile = z.infer<typeof RootsFile>;

/** The form in which a request travels. */
export function toRequestFile({ keyset, previous, signatures }: { keyset: Keyset; previous: Uint8Array; signatures: readonly Uint8Array[] }): RequestFile {
  return { format: "latchkey-keyset-request/1", keyset: toBase64(encodeKeyset(keyset)), previous: toBase64(previous), signatures: signatures.map(toBase64) };
}

/** @param text of the file. @throws StartupError where it is none. */
export function readRequestFile(text: string, path: string): RequestFile {
  const result = RequestFile.safeParse(parse(text, path));
  if (!result.success) throw new StartupError(`${path} is no request for a keyset: "${result.error.issues[0].path.join(".")}" is broken.`);
  return result.data;
}

/** @param text of the file. @throws StartupError where it is none. */
export function readRootsFile(text: string, path: string): RootsFile {
  const result = RootsFile.safeParse(parse(text, path));
  if (!result.success) throw new StartupError(`${path} does not name root keys: ${result.error.issues[0].message}.`);
  return result.data;
}

function parse(text: string, path: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new StartupError(`${path} is not JSON.`);
  }
}

/** The keyset that a request is for, and the one before it. @throws StartupError where they are none. */
export function keysetsOf(file: RequestFile, path: string): { keyset: Keyset; previous: Keyset } {
  try {
    return { keyset: decodeKeyset(fromBase64(file.keyset)), previous: decodeKeysetMessage(fromBase64(file.previous)).keyset };
  } catch (error) {
    if (error instanceof ProtocolError) throw new StartupError(`${path} is no request for a keyset: what is to be signed is not one.`);
    throw error;
  }
}

export function toBase64(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString("base64");
}

export function fromBase64(text: string): Uint8Array {
  return new Uint8Array(Buffer.from(text, "base64"));
}
