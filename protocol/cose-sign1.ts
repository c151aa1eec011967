import { ascii, concat } from "./bytes";
import { CborReader, CborWriter } from "./cbor";
import type { Hashes } from "./hashes";
import { ProtocolError } from "./protocol-error";

/**
 * Untagged COSE_Sign1 (RFC 9052 §4.2) as it stands on the wire, without any cryptography: a door checks sizes and
 * headers here, first, and then the signature in slices (ed25519-verification.ts).
 */

/** {1: -8}: alg EdDSA, the only protected header there is. */
const PROTECTED_HEADER = [0xa1, 0x01, 0x27] as const;
const SIGNATURE_BYTES = 64;
export const KEY_ID_BYTES = 4;
/** What a signature with its headers adds to a payload of 24 to 255 bytes. */
export const COSE_OVERHEAD_BYTES = 81;

export interface SignedMessage {
  /** A view into the message. Trust it after its signature only. */
  payload: Uint8Array;
  signature: Uint8Array;
  /** A hint which key signed; it is not authenticated. */
  keyId: Uint8Array;
  /** The Sig_structure (RFC 9052 §4.4) that the signature covers. */
  toBeSigned: Uint8Array;
}

/** What a signature is for: the text of the object and the 8-byte id of the door, site or kind of board that it addresses. */
export function signingContext(object: "manifest" | "delta" | "lease" | "time" | "keyset" | "firmware", id: Uint8Array): Uint8Array {
  return concat(ascii(`latchkey/1/${object}`), id);
}

/** The first four bytes of SHA-256 of a public key. */
export function keyId(hashes: Hashes, publicKey: Uint8Array): Uint8Array {
  return hashes.sha256(publicKey).slice(0, KEY_ID_BYTES);
}

/** Sig_structure of RFC 9052 §4.4: ["Signature1", protected, external_aad, payload]. */
export function sigStructure(payload: Uint8Array, context: Uint8Array): Uint8Array {
  return concat(
    Uint8Array.of(0x84, 0x6a),
    ascii("Signature1"),
    new CborWriter().bytes(Uint8Array.of(...PROTECTED_HEADER)).bytes(context).bytes(payload).finish(),
  );
}

/** @param payload null writes nil: the payload is detached (RFC 9052 §4.2). */
export function encodeSign1(payload: Uint8Array | null, keyIdentifier: Uint8Array, signature: Uint8Array): Uint8Array {
  const writer = new CborWriter().array(4).bytes(Uint8Array.of(...PROTECTED_HEADER)).map(1).unsigned(4).bytes(keyIdentifier);
  if (payload === null) writer.null();
  else writer.bytes(payload);
  return writer.bytes(signature).finish();
}

/** Bytes of a COSE_Sign1 that carries a payload of this many. */
export function signedLength(payloadLength: number): number {
  const head = payloadLength < 24 ? 1 : payloadLength < 0x1_00 ? 2 : payloadLength < 0x1_0000 ? 3 : 5;
  return 1 + (1 + PROTECTED_HEADER.length) + (2 + 1 + KEY_ID_BYTES) + head + payloadLength + (2 + SIGNATURE_BYTES);
}

/**
 * Takes a message apart; the signature is not checked here.
 * @param maximum bytes that the whole message may have.
 * @param detached the payload where the message must carry nil.
 * @throws {ProtocolError} `too-large`, `malformed`.
 */
export function parseSigned(message: Uint8Array, context: Uint8Array, maximum: number, detached?: Uint8Array): SignedMessage {
  if (message.length > maximum) throw new ProtocolError("too-large", "signed message");
  const reader = new CborReader(message);
  reader.array(4);
  const header = reader.bytes(PROTECTED_HEADER.length);
  for (let i = 0; i < header.length; i++) {
    if (header[i] !== PROTECTED_HEADER[i]) throw new ProtocolError("malformed", "protected header");
  }
  const unprotected = reader.map();
  const keyIdentifier = unprotected.bytes(4, KEY_ID_BYTES);
  unprotected.end();
  let payload = detached;
  if (payload === undefined) payload = reader.bytes(0, maximum);
  else reader.null();
  const signature = reader.bytes(SIGNATURE_BYTES);
  reader.end();
  return { payload, signature, keyId: keyIdentifier, toBeSigned: sigStructure(payload, context) };
}
