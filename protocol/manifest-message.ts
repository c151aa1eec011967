import { equalBytes } from "./bytes";
import { CborReader, CborWriter } from "./cbor";
import type { Hashes } from "./hashes";
import { MANIFEST_BYTES_MAX, PAGES_MAX } from "./limits";
import { pageCount, type Manifest } from "./manifest";
import { ProtocolError } from "./protocol-error";

/** What goes over `down/manifest`: the signed manifest and the page-hash list that it vouches for. */
export interface ManifestMessage {
  /** COSE_Sign1 of the manifest. */
  signed: Uint8Array;
  /** SHA-256 of each page, 32 bytes a page. */
  pageHashes: Uint8Array;
}

export const MANIFEST_MESSAGE_BYTES_MAX = MANIFEST_BYTES_MAX + 32 * PAGES_MAX + 16;

export function encodeManifestMessage(message: ManifestMessage): Uint8Array {
  return new CborWriter().array(2).bytes(message.signed).bytes(message.pageHashes).finish();
}

/** @throws {ProtocolError} `malformed`, `too-large`. */
export function decodeManifestMessage(bytes: Uint8Array): ManifestMessage {
  if (bytes.length > MANIFEST_MESSAGE_BYTES_MAX) throw new ProtocolError("too-large", "manifest message");
  const reader = new CborReader(bytes);
  reader.array(2);
  const message = { signed: reader.bytes(1, MANIFEST_BYTES_MAX), pageHashes: reader.bytes(0, 32 * PAGES_MAX) };
  reader.end();
  return message;
}

/** @throws {ProtocolError} `bad-hash` where the list is not the one that the manifest names. */
export function checkPageHashes(hashes: Hashes, manifest: Manifest, pageHashes: Uint8Array): void {
  if (pageHashes.length !== 32 * pageCount(manifest) || !equalBytes(hashes.sha256(pageHashes), manifest.pagesHash)) {
    throw new ProtocolError("bad-hash", "page-hash list");
  }
}
