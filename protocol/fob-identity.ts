import { ascii, fromHex, toHex } from "./bytes";
import type { Hashes } from "./hashes";
import { hkdfSha256 } from "./hkdf";
import { ID_BYTES } from "./limits";
import type { SealKeys } from "./synthetic-seal";

/** What a fob is given when it is made (SPEC 23.1), and what stands in the QR code that comes with it. */
export interface FobIdentity {
  /** 8 random bytes. */
  id: Uint8Array;
  /** 16 random bytes. */
  secret: Uint8Array;
}
export const FOB_SECRET_BYTES = 16;

/** What fob and cloud derive of the secret: each for one use only. */
export interface FobKeys {
  /** Of assignments. */
  assignment: SealKeys;
  /** MAC of reports, 32 bytes. */
  report: Uint8Array;
}

/** HKDF-SHA-256 of the secret, salt = fob id, info = "latchkey/1/fob/" and the key's name, 32 bytes each. */
export function fobKeys(hashes: Hashes, { id, secret }: FobIdentity): FobKeys {
  const derive = (name: string) => hkdfSha256(hashes, secret, id, ascii(`latchkey/1/fob/${name}`), 32);
  return { assignment: { mac: derive("mac"), seal: derive("seal") }, report: derive("report") };
}

const PREFIX = "latchkey-fob:1:";

/** The text of the QR code: `latchkey-fob:1:<id>:<secret>`, both in hexadecimal. */
export function fobText({ id, secret }: FobIdentity): string {
  return `${PREFIX}${toHex(id)}:${toHex(secret)}`;
}

/** @returns undefined for any other text. */
export function parseFobText(text: string): FobIdentity | undefined {
  if (!text.startsWith(PREFIX)) return undefined;
  const [id, secret, ...more] = text.slice(PREFIX.length).split(":");
  const identity = { id: fromHex(id), secret: fromHex(secret ?? "") };
  if (more.length > 0 || identity.id?.length !== ID_BYTES || identity.secret?.length !== FOB_SECRET_BYTES) return undefined;
  return { id: identity.id, secret: identity.secret };
}
