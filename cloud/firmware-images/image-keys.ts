import { toHex, fromHex } from "../../protocol/bytes";
import { signingContext, parseSigned } from "../../protocol/cose-sign1";
import { verify } from "../../protocol/ed25519";
import { decodeFirmwareImage, type FirmwareImage } from "../../protocol/firmware-image";
import { FIRMWARE_DESCRIPTOR_BYTES_MAX } from "../../protocol/limits";
import { ProtocolError } from "../../protocol/protocol-error";
import { audit } from "../audit/audit";
import { nativeHashes } from "../keys/native-hashes";
import { IMAGE_KEYS_MAX } from "../limits";
import { Refusal } from "../refusal";
import type { ImageKeyRow } from "../store/rows/firmware-rows";
import type { Unit } from "../store/store";

/**
 * Has the site take images that this key signs. It keeps mistakes away, not attackers: a door takes what the key in
 * the image that it runs has signed, whatever is said here.
 * @param key 64 hexadecimal digits. @returns false where it was trusted before.
 * @throws {Refusal} `too-many-images`.
 */
export async function trustImageKey(unit: Unit, key: string, actor: string, now: number): Promise<boolean> {
  const keys = await imageKeys(unit);
  if (keys.some(({ public_key }) => public_key === key)) return false;
  if (keys.length >= IMAGE_KEYS_MAX) throw new Refusal("too-many-images", `A site has at most ${IMAGE_KEYS_MAX} image keys.`);
  await unit.insertInto("image_keys").values({ public_key: key, created_at: now, created_by: actor }).execute();
  await audit(unit, { at: now, actor, action: "image-key.trust", subject: `image-key/${key}` });
  return true;
}

/**
 * No image of this key is rolled out from now on.
 * @param id as `imageKeyId` gives it. @throws {Refusal} `not-found`; `in-use` while one of its images is.
 */
export async function distrustImageKey(unit: Unit, id: string, actor: string, now: number): Promise<void> {
  const key = (await imageKeys(unit)).find(({ public_key }) => imageKeyId(public_key) === id)?.public_key;
  if (key === undefined) throw new Refusal("not-found", "There is no such image key.");
  const open = await unit.selectFrom("rollouts as rollout").innerJoin("firmware_images as image", "image.id", "rollout.image_id").where("rollout.ended_at", "is", null).select("image.descriptor").execute();
  if (open.some(({ descriptor }) => isSignedBy(descriptor, fromHex(key)!))) throw new Refusal("in-use", "An image of this key is being rolled out: end that first.");
  await unit.deleteFrom("image_keys").where("public_key", "=", key).execute();
  await audit(unit, { at: now, actor, action: "image-key.distrust", subject: `image-key/${key}` });
}

/** What a key is called: the first 8 bytes of its SHA-256. @param key 64 hexadecimal digits. */
export function imageKeyId(key: string): string {
  return toHex(nativeHashes.sha256(fromHex(key)!).subarray(0, 8));
}

export function imageKeys(unit: Unit): Promise<ImageKeyRow[]> {
  return unit.selectFrom("image_keys").selectAll().orderBy("public_key").execute();
}

/** What an image key has signed, by one that the site trusts. @throws {Refusal} `bad-image`, `image-not-trusted`. */
export async function openDescriptor(unit: Unit, descriptor: Uint8Array): Promise<FirmwareImage> {
  const image = readDescriptor(descriptor);
  const keys = await imageKeys(unit);
  if (!keys.some(({ public_key }) => isSignedBy(descriptor, fromHex(public_key)!))) {
    throw new Refusal("image-not-trusted", keys.length === 0 ? "The site has no image key yet: name one first." : undefined);
  }
  return image;
}

/** Form alone. @throws {Refusal} `bad-image`. */
export function readDescriptor(descriptor: Uint8Array): FirmwareImage {
  try {
    // Whom it is for is part of what is signed, so the signature is checked in a second reading.
    return decodeFirmwareImage(parseSigned(descriptor, new Uint8Array(0), FIRMWARE_DESCRIPTOR_BYTES_MAX).payload);
  } catch (error) {
    if (!(error instanceof ProtocolError)) throw error;
    throw new Refusal("bad-image", `The descriptor is ${error.code === "too-large" ? "too large, or that of too large an image" : "malformed"}.`);
  }
}

function isSignedBy(descriptor: Uint8Array, publicKey: Uint8Array): boolean {
  const { target } = readDescriptor(descriptor);
  const { signature, toBeSigned } = parseSigned(descriptor, signingContext("firmware", target), FIRMWARE_DESCRIPTOR_BYTES_MAX);
  return verify(signature, toBeSigned, publicKey);
}

/** How a kind of board is written: as its name where that is printable ASCII, else in hexadecimal. */
export function targetName(target: Uint8Array): string {
  return target.every((byte) => byte > 0x20 && byte < 0x7f) ? Buffer.from(target).toString("latin1") : toHex(target);
}
