import { countOne } from "../accounts/rate-limit";
import { FIRMWARE_FETCHES_PER_DOOR, ROLLOUT_HOURS_SLACK_SECONDS } from "../limits";
import type { Unit } from "../store/store";
import { isWithinHours, readUpdateHours } from "./update-hours";

/** Why a door gets no image: nothing that it may have is there, or it is to ask again later. */
export type NoImage = "gone" | { retryAfter: number };

/** An image that a door may have now. */
export interface FetchedImage {
  rollout: string;
  size: number;
}

const LATER_SECONDS = 600;

/**
 * Decides, when a door asks at the path that it was offered, whether it gets the image: while its roll-out runs, in the
 * hours of its property, and not all day long. The transaction must be committed: it counts.
 */
export async function admitFetch(unit: Unit, image: string, door: string, now: number): Promise<FetchedImage | NoImage> {
  const row = await unit
    .selectFrom("rollout_doors as row")
    .innerJoin("rollouts as rollout", "rollout.id", "row.rollout_id")
    .innerJoin("firmware_images as image", "image.id", "rollout.image_id")
    .innerJoin("doors as door", "door.id", "row.door_id")
    .innerJoin("properties as property", "property.id", "door.property_id")
    .where("row.door_id", "=", door)
    .where("rollout.image_id", "=", image)
    .where("rollout.ended_at", "is", null)
    .select(["row.state", "rollout.id", "rollout.state as rolling", "rollout.any_hour", "image.size", "door.property_id", "door.stolen_at", "property.time_zone"])
    .executeTakeFirst();
  // One that was left for taking its time may still have it.
  if (row === undefined || row.stolen_at !== null || row.state === "updated" || row.state === "failed") return "gone";
  if (row.rolling !== "running") return { retryAfter: LATER_SECONDS };
  const hours = await readUpdateHours(unit, row.property_id);
  const within = [now, now - ROLLOUT_HOURS_SLACK_SECONDS].some((at) => isWithinHours(hours, row.time_zone, at));
  if (row.any_hour === 0 && !within) return { retryAfter: LATER_SECONDS };
  const wait = await countOne(unit, `firmware/${door}`, FIRMWARE_FETCHES_PER_DOOR, now);
  return wait > 0 ? { retryAfter: wait } : { rollout: row.id, size: row.size };
}

/** The whole image has left for a door. That it has arrived, only the door can say. */
export async function noteFetched(unit: Unit, rollout: string, door: string, now: number): Promise<void> {
  await unit
    .updateTable("rollout_doors")
    .set((eb) => ({ state: "fetched", reason: null, fetched_at: now, offered_at: now, settled_at: null, fetches: eb("fetches", "+", 1) }))
    .where("rollout_id", "=", rollout)
    .where("door_id", "=", door)
    .where("state", "in", ["offered", "fetched", "left"])
    .execute();
}

export async function readPart(unit: Unit, image: string, number: number): Promise<Uint8Array | undefined> {
  return (await unit.selectFrom("firmware_parts").select("bytes").where("image_id", "=", image).where("number", "=", number).executeTakeFirst())?.bytes;
}
