import { equalBytes, toHex } from "../../protocol/bytes";
import { imageHash } from "../../protocol/firmware-image";
import { audit } from "../audit/audit";
import { nativeHashes } from "../keys/native-hashes";
import { FIRMWARE_IMAGES_MAX, FIRMWARE_PART_BYTES } from "../limits";
import { Refusal } from "../refusal";
import { newId } from "../store/ids";
import type { Unit } from "../store/store";
import { openDescriptor } from "./image-keys";

/**
 * Keeps an image that an image key of the site has signed. The same one again is the same one.
 * @param descriptor what the key has signed. @param bytes the image itself; both untrusted.
 * @throws {Refusal} `bad-image`, `image-not-trusted`, `image-taken`, `too-many-images`: nothing has changed.
 */
export async function addImage(unit: Unit, descriptor: Uint8Array, bytes: Uint8Array, actor: string, now: number): Promise<{ id: string; added: boolean }> {
  const { target, version, minimumVersion, size, hash } = await openDescriptor(unit, descriptor);
  if (bytes.length !== size) throw new Refusal("bad-image", `The descriptor is that of an image of ${size} bytes; these are ${bytes.length}.`);
  if (!equalBytes(imageHash(nativeHashes, bytes), hash)) throw new Refusal("bad-image", "The descriptor is that of another image: its hash differs.");
  const known = await unit.selectFrom("firmware_images").select(["id", "descriptor", "removed_at"]).where("target", "=", toHex(target)).where("version", "=", version).executeTakeFirst();
  if (known !== undefined && !equalBytes(known.descriptor, descriptor)) throw new Refusal("image-taken");
  if (known !== undefined && known.removed_at === null) return { id: known.id, added: false };
  const { count } = await unit.selectFrom("firmware_images").where("removed_at", "is", null).select((eb) => eb.fn.countAll().as("count")).executeTakeFirstOrThrow();
  if (Number(count) >= FIRMWARE_IMAGES_MAX) throw new Refusal("too-many-images", `At most ${FIRMWARE_IMAGES_MAX} images are kept: remove old ones.`);
  const id = known?.id ?? newId();
  if (known !== undefined) await unit.updateTable("firmware_images").set({ removed_at: null }).where("id", "=", id).execute();
  else await unit.insertInto("firmware_images").values({ id, target: toHex(target), version, minimum_version: minimumVersion, size, descriptor, created_at: now, created_by: actor }).execute();
  for (let at = 0, number = 0; at < size; at += FIRMWARE_PART_BYTES, number++) {
    await unit.insertInto("firmware_parts").values({ image_id: id, number, bytes: bytes.subarray(at, at + FIRMWARE_PART_BYTES) }).execute();
  }
  await audit(unit, { at: now, actor, action: "image.add", subject: `image/${id}`, detail: { target: toHex(target), version, minimumVersion, size } });
  return { id, added: true };
}

/** Its bytes go; that it was there stays. @throws {Refusal} `not-found`; `in-use` while it is being rolled out. */
export async function removeImage(unit: Unit, id: string, actor: string, now: number): Promise<void> {
  const image = await unit.selectFrom("firmware_images").select(["target", "version"]).where("id", "=", id).where("removed_at", "is", null).executeTakeFirst();
  if (image === undefined) throw new Refusal("not-found", "There is no such image.");
  const rollout = await unit.selectFrom("rollouts").select("id").where("image_id", "=", id).where("ended_at", "is", null).executeTakeFirst();
  if (rollout !== undefined) throw new Refusal("in-use", "It is being rolled out: end that first.");
  await unit.deleteFrom("firmware_parts").where("image_id", "=", id).execute();
  await unit.updateTable("firmware_images").set({ removed_at: now }).where("id", "=", id).execute();
  await audit(unit, { at: now, actor, action: "image.remove", subject: `image/${id}`, detail: { ...image } });
}
