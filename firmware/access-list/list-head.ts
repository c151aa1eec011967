import { parseSigned, type SignedMessage } from "../../protocol/cose-sign1";
import type { Hashes } from "../../protocol/hashes";
import { MANIFEST_BYTES_MAX } from "../../protocol/limits";
import { decodeManifest, hash8, type Manifest } from "../../protocol/manifest";
import { decodeManifestMessage } from "../../protocol/manifest-message";

/** The signed head of a snapshot, taken apart; nothing about the signature is said here. */
export interface ListHead {
  manifest: Manifest;
  /** `hash8` of the manifest's payload. */
  hash: Uint8Array;
  signed: SignedMessage;
  /** SHA-256 of each page. */
  pageHashes: Uint8Array;
}

/**
 * @param message a manifest message, as `down/manifest` brings it and a slot's head keeps it.
 * @param context of the manifest's signature.
 * @throws {ProtocolError} `too-large`, `malformed`.
 */
export function parseListHead(hashes: Hashes, message: Uint8Array, context: Uint8Array): ListHead {
  const parts = decodeManifestMessage(message);
  // A copy, so that whoever keeps the manifest does not keep the page hashes with it.
  const signed = parseSigned(parts.signed.slice(), context, MANIFEST_BYTES_MAX);
  return { manifest: decodeManifest(signed.payload), hash: hash8(hashes, signed.payload), signed, pageHashes: parts.pageHashes };
}
