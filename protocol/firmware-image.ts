import { concat } from "./bytes";
import { CborReader, CborWriter, encodeMap } from "./cbor";
import { parseSigned, signingContext, type SignedMessage } from "./cose-sign1";
import type { Hashes } from "./hashes";
import { FIRMWARE_BYTES_MAX, FIRMWARE_DESCRIPTOR_BYTES_MAX, FIRMWARE_PATH_BYTES_MAX, ID_BYTES, PAGE_BYTES, U32_MAX } from "./limits";
import { ProtocolError } from "./protocol-error";

/** What the offline image key signs of one firmware image. The image itself comes over HTTPS and proves nothing. */
export interface FirmwareImage {
  /** 8 bytes: the kind of board that the image is for. */
  target: Uint8Array;
  /** Grows with every image of a target. */
  version: number;
  /** Once this image was taken, no image below this version ever is: at most `version`. */
  minimumVersion: number;
  /** Bytes. */
  size: number;
  /** 32 bytes, see `nextImageHash`. */
  hash: Uint8Array;
}

/** `down/firmware`. */
export interface FirmwareOffer {
  image: FirmwareImage;
  /** What the image key signed, still to be verified. */
  signed: SignedMessage;
  /** Path on the cloud's host, as it goes into the request. */
  path: string;
}

export function encodeFirmwareImage({ target, version, minimumVersion, size, hash }: FirmwareImage): Uint8Array {
  return encodeMap([
    [1, target],
    [2, version],
    [3, minimumVersion],
    [4, size],
    [5, hash],
  ]);
}

/** @throws {ProtocolError} `malformed`, `too-large`. */
export function decodeFirmwareImage(payload: Uint8Array): FirmwareImage {
  const reader = new CborReader(payload);
  const map = reader.map();
  const image = { target: map.bytes(1, ID_BYTES), version: map.unsigned(2, U32_MAX), minimumVersion: map.unsigned(3, U32_MAX), size: map.unsigned(4, U32_MAX), hash: map.bytes(5, 32) };
  map.end();
  reader.end();
  if (image.version < 1 || image.minimumVersion > image.version || image.size < 1) throw new ProtocolError("malformed", "firmware image");
  if (image.size > FIRMWARE_BYTES_MAX) throw new ProtocolError("too-large", "firmware image");
  return image;
}

/** @param signed COSE_Sign1 of `encodeFirmwareImage`, context "firmware" and the target. @param path printable ASCII from "/" on. */
export function encodeFirmwareOffer(signed: Uint8Array, path: Uint8Array): Uint8Array {
  return new CborWriter().array(2).bytes(signed).bytes(path).finish();
}

/**
 * Form alone; the signature is for the caller to check.
 * @param target of the board that reads it: a message for another one is not worth its signature.
 * @throws {ProtocolError} `too-large`, `malformed`, `wrong-target`.
 */
export function decodeFirmwareOffer(message: Uint8Array, target: Uint8Array): FirmwareOffer {
  const reader = new CborReader(message);
  reader.array(2);
  const signed = parseSigned(reader.bytes(1, FIRMWARE_DESCRIPTOR_BYTES_MAX), signingContext("firmware", target), FIRMWARE_DESCRIPTOR_BYTES_MAX);
  const path = decodePath(reader.bytes(1, FIRMWARE_PATH_BYTES_MAX));
  reader.end();
  const image = decodeFirmwareImage(signed.payload);
  for (let i = 0; i < ID_BYTES; i++) if (image.target[i] !== target[i]) throw new ProtocolError("wrong-target");
  return { image, signed, path };
}

/** "/" and printable ASCII without spaces: it stands in the first line of a request, so nothing may end that line. */
function decodePath(bytes: Uint8Array): string {
  let path = "";
  for (const byte of bytes) {
    if (byte <= 0x20 || byte >= 0x7f) throw new ProtocolError("malformed", "path");
    path += String.fromCharCode(byte);
  }
  if (!path.startsWith("/")) throw new ProtocolError("malformed", "path");
  return path;
}

/**
 * One link of an image's hash: h_i = SHA-256(h_(i−1) ‖ page i), h_0 = 32 zero bytes, pages of 4,096 bytes, the last
 * one shorter. A chain of whole hashes, because doors have no running one.
 */
export function nextImageHash(hashes: Hashes, previous: Uint8Array, page: Uint8Array): Uint8Array {
  return hashes.sha256(concat(previous, page));
}

/** The hash that a descriptor names, of a whole image. */
export function imageHash(hashes: Hashes, image: Uint8Array): Uint8Array {
  let hash: Uint8Array = new Uint8Array(32);
  for (let at = 0; at < image.length; at += PAGE_BYTES) hash = nextImageHash(hashes, hash, image.subarray(at, at + PAGE_BYTES));
  return hash;
}
