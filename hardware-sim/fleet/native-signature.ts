import { createPublicKey, verify, type KeyObject } from "node:crypto";
import { toHex } from "../../protocol/bytes";
import { parseSigned } from "../../protocol/cose-sign1";
import { MESSAGE_BYTES_MAX } from "../../protocol/limits";
import { ProtocolError } from "../../protocol/protocol-error";

/** SubjectPublicKeyInfo of an Ed25519 key (RFC 8410 §4), up to the key. */
const SPKI_HEAD = Buffer.from("302a300506032b6570032100", "hex");
const KEYS_KEPT = 64; // a site has two at a time; beyond, all are made anew

const keys = new Map<string, KeyObject>();

/**
 * As `openSigned` of protocol/cose, by OpenSSL: one signature takes 0.1 ms and not 5, and a fleet checks thousands a
 * second. OpenSSL is laxer about a few keys and points that nobody honest makes; the firmware's own check is strict.
 * @throws {ProtocolError} `too-large`, `malformed`, `bad-signature`.
 */
export function openSignedNatively(message: Uint8Array, publicKey: Uint8Array, context: Uint8Array): Uint8Array {
  const { payload, signature, toBeSigned } = parseSigned(message, context, MESSAGE_BYTES_MAX);
  if (!verify(null, toBeSigned, keyOf(publicKey), signature)) throw new ProtocolError("bad-signature");
  return payload;
}

function keyOf(publicKey: Uint8Array): KeyObject {
  const name = toHex(publicKey);
  let key = keys.get(name);
  if (key === undefined) {
    if (keys.size >= KEYS_KEPT) keys.clear();
    key = createPublicKey({ key: Buffer.concat([SPKI_HEAD, publicKey]), format: "der", type: "spki" });
    keys.set(name, key);
  }
  return key;
}
