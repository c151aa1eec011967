import { ascii, fromHex } from "../../protocol/bytes";
import { signingContext } from "../../protocol/cose-sign1";
import { encodeFirmwareImage, imageHash, type FirmwareImage } from "../../protocol/firmware-image";
import { FIRMWARE_BYTES_MAX, ID_BYTES, U32_MAX } from "../../protocol/limits";
import { signMessage } from "../keys/cose-signing";
import { nativeHashes } from "../keys/native-hashes";
import type { SigningKey } from "../keys/signing-key";
import { StartupError } from "../startup-error";
import { versionInside } from "./esp-image";

/**
 * What is signed of an image.
 * @param target 8 characters, or 16 hexadecimal digits. @param version undefined: the one that it says of itself.
 * @throws StartupError in a line for whoever signs.
 */
export function describeImage(bytes: Uint8Array, { target, version, minimum }: { target: string; version: number | undefined; minimum: number | undefined }): FirmwareImage {
  const inside = versionInside(bytes);
  const named = version ?? inside;
  if (named === undefined) throw new StartupError("The image does not say its version: give --version.");
  if (inside !== undefined && named !== inside) throw new StartupError(`The image says of itself that it is version ${inside}: signed as ${named}, doors would never count as having it.`);
  const isVersion = (number: number): boolean => Number.isInteger(number) && number >= 1 && number <= U32_MAX;
  if (!isVersion(named)) throw new StartupError(`A version is a whole number from 1 to ${U32_MAX}.`);
  const minimumVersion = minimum ?? 0;
  if (!(minimumVersion === 0 || isVersion(minimumVersion)) || minimumVersion > named) throw new StartupError("The minimum version is at most the image's own.");
  if (bytes.length < 1 || bytes.length > FIRMWARE_BYTES_MAX) throw new StartupError(`An image has 1 to ${FIRMWARE_BYTES_MAX} bytes; this one has ${bytes.length}.`);
  return { target: parseTarget(target), version: named, minimumVersion, size: bytes.length, hash: imageHash(nativeHashes, bytes) };
}

/** The descriptor (SPEC 19): a COSE_Sign1 that goes with the image. */
export function signImage(key: SigningKey, image: FirmwareImage): Promise<Uint8Array> {
  return signMessage(key, encodeFirmwareImage(image), signingContext("firmware", image.target));
}

function parseTarget(text: string): Uint8Array {
  const bytes = /^[0-9a-f]{16}$/.test(text) ? fromHex(text)! : /^[!-~]{8}$/.test(text) ? ascii(text) : undefined;
  if (bytes?.length !== ID_BYTES) throw new StartupError("A kind of board is 8 characters, such as esp32-4m, or 16 hexadecimal digits.");
  return bytes;
}
