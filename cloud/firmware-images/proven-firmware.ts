import type { EventRecord } from "../../protocol/event-record";
import { ROLLOUT_RESTARTS_MAX } from "../limits";
import type { DoorRow } from "../store/rows/door-rows";
import type { RolloutReason } from "../store/rows/firmware-rows";
import type { Unit } from "../store/store";

/** Counts of the events `alarm` that are about a board (SPEC 10): its exit button, its contact, its firmware. */
const ALARM_FELL_BACK = 3;
const ALARMS_OF_BOARD: readonly number[] = [1, 2];
/** An event says the version's low 24 bits. */
export const VERSION_MASK = 0xff_ffff;
/** An image that failed before this one was offered is another one's failure; clocks of doors differ by so much. */
const CLOCKS_APART_SECONDS = 300;

/**
 * What a door's log proves of its firmware (SPEC 10, 19): that an image stays, that one has fallen back, that a board
 * does not do well with it. Only an event 15 makes a door count as updated.
 */
export async function noteFirmwareEvent(unit: Unit, door: DoorRow, event: EventRecord, now: number): Promise<void> {
  if (event.type === "firmware") return proved(unit, door.id, event.count, now);
  if (event.type === "alarm" && event.count === ALARM_FELL_BACK) return fellBack(unit, door.id, event, now);
  if (event.type === "alarm" && ALARMS_OF_BOARD.includes(event.count)) return failWatched(unit, door.id, "alarm", now);
  if (event.type === "boot") return restarted(unit, door.id, now);
}

async function proved(unit: Unit, door: string, version: number, now: number): Promise<void> {
  const proof = { proven_version: version, proven_at: now };
  await unit
    .insertInto("door_firmware")
    .values({ door_id: door, target: "", version: 0, on_trial: 0, failed_version: 0, ...proof })
    .onConflict((conflict) => conflict.column("door_id").doUpdateSet(proof))
    .execute();
  for (const row of await rowsOf(unit, door)) {
    if ((row.version & VERSION_MASK) !== version || row.state === "updated") continue;
    await unit
      .updateTable("rollout_doors")
      .set({ state: "updated", reason: null, settled_at: now, restarts: 0, excused: 0 })
      .where("rollout_id", "=", row.rollout_id)
      .where("door_id", "=", door)
      .execute();
  }
}

async function fellBack(unit: Unit, door: string, { time, timeUnknown }: EventRecord, now: number): Promise<void> {
  await unit.updateTable("door_firmware").set({ fell_back_at: now }).where("door_id", "=", door).execute();
  for (const row of await openRows(unit, door)) {
    const ofAnother = !timeUnknown && time < row.chosen_at - CLOCKS_APART_SECONDS;
    if ((row.state === "offered" || row.state === "fetched") && !ofAnother) await fail(unit, row, "fell-back", now);
  }
}

async function failWatched(unit: Unit, door: string, reason: RolloutReason, now: number): Promise<void> {
  for (const row of await openRows(unit, door)) if (isWatched(row, now)) await fail(unit, row, reason, now);
}

async function restarted(unit: Unit, door: string, now: number): Promise<void> {
  for (const row of await openRows(unit, door)) {
    if (!isWatched(row, now)) continue;
    if (row.restarts >= ROLLOUT_RESTARTS_MAX) await fail(unit, row, "restarts", now);
    else await unit.updateTable("rollout_doors").set({ restarts: row.restarts + 1 }).where("rollout_id", "=", row.rollout_id).where("door_id", "=", door).execute();
  }
}

type OpenRow = Awaited<ReturnType<typeof rowsOf>>[number];

async function openRows(unit: Unit, door: string): Promise<OpenRow[]> {
  return (await rowsOf(unit, door)).filter(({ ended_at }) => ended_at === null);
}

/** The door's part in roll-outs: one that has ended may still come true. */
function rowsOf(unit: Unit, door: string) {
  return unit
    .selectFrom("rollout_doors as row")
    .innerJoin("rollouts as rollout", "rollout.id", "row.rollout_id")
    .innerJoin("firmware_images as image", "image.id", "rollout.image_id")
    .where("row.door_id", "=", door)
    .select(["row.rollout_id", "row.door_id", "row.state", "row.chosen_at", "row.settled_at", "row.restarts", "rollout.settle_seconds", "rollout.ended_at", "image.version"])
    .execute();
}

function isWatched({ state, settled_at, settle_seconds }: OpenRow, now: number): boolean {
  return state === "updated" && now < settled_at! + settle_seconds;
}

async function fail(unit: Unit, { rollout_id, door_id }: OpenRow, reason: RolloutReason, now: number): Promise<void> {
  await unit.updateTable("rollout_doors").set({ state: "failed", reason, settled_at: now, excused: 0 }).where("rollout_id", "=", rollout_id).where("door_id", "=", door_id).execute();
}
