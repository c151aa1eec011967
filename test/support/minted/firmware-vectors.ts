/** SPEC 19: what the image key signs, and how it is offered. */
import { ascii, concat } from "../../../protocol/bytes";
import { encodeFirmwareImage, encodeFirmwareOffer, imageHash, type FirmwareImage } from "../../../protocol/firmware-image";
import { FIRMWARE_BYTES_MAX } from "../../../protocol/limits";
import { nobleHashes as hashes } from "../../../protocol/noble-hashes";
import type { ProtocolErrorCode } from "../../../protocol/protocol-error";
import { array, byteString, encodingFaults, flip, unsigned, withField } from "./cbor-surgery";
import { firmwareReads } from "./reads";
import { DOOR, fill, IMAGE_KEY, mint, TARGET, type VectorBook } from "./vector-site";
import type { Given } from "./vector-format";

const PATH = "/firmware/latchkey-8.bin";

export function mintFirmware(book: VectorBook): void {
  // Two pages and a half of bytes that anybody can make again: the n-th is n mod 251.
  const bytes = Uint8Array.from({ length: 10_240 }, (_, index) => index % 251);
  const image: FirmwareImage = { target: TARGET, version: 8, minimumVersion: 5, size: bytes.length, hash: imageHash(hashes, bytes) };
  const signed = (changes: Partial<FirmwareImage> = {}, key = IMAGE_KEY): Uint8Array => mint.sign(encodeFirmwareImage({ ...image, ...changes }), "firmware", key, TARGET);
  const offer = (descriptor: Uint8Array, path = PATH): Uint8Array => encodeFirmwareOffer(descriptor, ascii(path));
  const accept = (name: string, changes: Partial<FirmwareImage> = {}, path = PATH, given?: Given): void =>
    book.accept("firmware", name, offer(signed(changes), path), firmwareReads({ ...image, ...changes }, path), given);
  const refuse = (name: string, code: ProtocolErrorCode, message: Uint8Array, given?: Given): void => book.refuse("firmware", `firmware ${name}`, code, message, given);
  accept("firmware");
  accept("firmware of the largest size, from the root of the host", { size: FIRMWARE_BYTES_MAX }, "/");
  accept("firmware at the minimum that was taken before", {}, PATH, { minimum: 8 });
  accept("firmware after another one failed its trial", {}, PATH, { failed: 9 });
  accept("firmware under a path of 128 bytes", {}, `/${"a".repeat(127)}`);
  refuse("of the version that runs", "old-version", offer(signed()), { running: 8 });
  refuse("below the minimum that was taken before", "old-version", offer(signed()), { minimum: 9 });
  refuse("that failed its trial", "old-version", offer(signed()), { failed: 8 });
  refuse("for another kind of board", "wrong-target", offer(signed({ target: DOOR })));
  refuse("whose payload names another kind of board than its signature", "bad-signature", offer(mint.sign(encodeFirmwareImage(image), "firmware", IMAGE_KEY, DOOR)));
  refuse("by the list key", "wrong-key", offer(signed({}, mint.listKey)));
  refuse("signed as a lease", "bad-signature", offer(mint.sign(encodeFirmwareImage(image), "lease", IMAGE_KEY, TARGET)));
  refuse("with a flipped bit in its signature", "bad-signature", offer(flip(signed(), -1)));
  const payload = encodeFirmwareImage(image);
  for (const [name, map] of encodingFaults(payload, 2)) refuse(`with ${name}`, "malformed", offer(mint.sign(map, "firmware", IMAGE_KEY, TARGET)));
  const field = (name: string, code: ProtocolErrorCode, key: number, value: Uint8Array): void => refuse(name, code, offer(mint.sign(withField(payload, key, value), "firmware", IMAGE_KEY, TARGET)));
  field("of version 0", "malformed", 2, unsigned(0));
  field("whose minimum is above itself", "malformed", 3, unsigned(9));
  field("of no bytes", "malformed", 4, unsigned(0));
  field("that is a byte too large", "too-large", 4, unsigned(FIRMWARE_BYTES_MAX + 1));
  field("with a hash of 31 bytes", "malformed", 5, byteString(fill(31, 1)));
  field("with a hash of 33 bytes", "too-large", 5, byteString(fill(33, 1)));
  field("with a target of 7 bytes", "malformed", 1, byteString(fill(7, 1)));
  for (const [name, path] of [["with a space in its path", "/a b"], ["with a line's end in its path", "/a\r\nHost: b"], ["whose path does not begin at the root", "a"], ["whose path is not ASCII", "/\u00e9"]]) refuse(name, "malformed", encodeFirmwareOffer(signed(), Uint8Array.from(path, (character) => character.charCodeAt(0))));
  refuse("without a path", "malformed", offer(signed(), ""));
  refuse("under a path of 129 bytes", "too-large", offer(signed(), `/${"a".repeat(128)}`));
  refuse("whose descriptor has 257 bytes", "too-large", offer(concat(signed(), fill(257 - signed().length, 0))));
  refuse("with a third item", "too-large", array([byteString(signed()), byteString(ascii(PATH)), unsigned(1)]));
  refuse("with a byte behind it", "malformed", concat(offer(signed()), Uint8Array.of(0)));
}
