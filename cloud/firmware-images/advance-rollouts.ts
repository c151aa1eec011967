import { UPKEEP } from "../accounts/actor";
import { audit } from "../audit/audit";
import type { DownMessage } from "../doors/difference";
import type { Sealing } from "../keys/sealing";
import { ROLLOUT_HOURS, ROLLOUT_LOOK_SECONDS, ROLLOUT_REACHABLE_SECONDS } from "../limits";
import type { RolloutDoorRow, RolloutRow } from "../store/rows/firmware-rows";
import type { Unit } from "../store/store";
import { imageOffer } from "./image-offer";
import { isUnderWay, planRollout, type RolloutSteps } from "./plan-rollout";
import type { RolloutCourse, RolloutDoor, StageSize } from "./rollout-course";
import { isWithinHours } from "./update-hours";

/** Alarms of receipts and logs that a bad image may be behind. */
const ALARMS = ["list-lost", "list-damaged", "events-altered"] as const;

/** What follows from a look at the roll-outs, once it is committed. */
export interface Advanced {
  offers: { door: string; message: DownMessage }[];
  /** Roll-outs that were halted now. */
  halted: string[];
}

/** Has every roll-out that runs go on. @param connected whether a door hears us now. */
export async function advanceRollouts(unit: Unit, sealing: Sealing, connected: (door: string) => boolean, now: number): Promise<Advanced> {
  const rollouts = await unit.selectFrom("rollouts").selectAll().where("ended_at", "is", null).orderBy("id").execute();
  const advanced: Advanced = { offers: [], halted: [] };
  if (rollouts.every(({ state }) => state !== "running")) return advanced;
  const busy = await busyProperties(unit);
  for (const rollout of rollouts.filter(({ state }) => state === "running")) {
    const image = await unit.selectFrom("firmware_images").selectAll().where("id", "=", rollout.image_id).executeTakeFirstOrThrow();
    // A clock that jumps, or a cloud that was away, has seen nobody for a while.
    const away = now < rollout.looked_at || now - rollout.looked_at > 3 * ROLLOUT_LOOK_SECONDS;
    const watched = away ? now : rollout.watched_since;
    const doors = await readDoors(unit, rollout, connected, now);
    const others = new Set([...busy].filter(([, of]) => [...of].some((id) => id !== rollout.id)).map(([property]) => property));
    const course = courseOf(rollout, image.version, watched);
    const steps = planRollout(course, doors, others, now);
    await writeSteps(unit, rollout, doors, steps, now);
    await unit.updateTable("rollouts").set({ looked_at: now, watched_since: watched }).where("id", "=", rollout.id).execute();
    if (steps.halt) {
      advanced.halted.push(rollout.id);
      await halt(unit, rollout.id, course, doors, steps, now);
      continue;
    }
    for (const door of [...steps.offer, ...steps.choose]) advanced.offers.push({ door, message: imageOffer(sealing, image.id, image.descriptor, door) });
    if (steps.stage > rollout.stage) {
      await unit.updateTable("rollouts").set({ stage: steps.stage, stage_at: now }).where("id", "=", rollout.id).execute();
      await audit(unit, { at: now, actor: UPKEEP, action: "rollout.stage", subject: `rollout/${rollout.id}`, detail: { stage: steps.stage + 1, of: course.stages.length } });
    }
  }
  return advanced;
}

export function courseOf(rollout: RolloutRow, version: number, watchedSince: number): RolloutCourse {
  const { id, stage, settle_seconds: settleSeconds, tolerated_percent: toleratedPercent } = rollout;
  return { id, version, stages: JSON.parse(rollout.stages) as StageSize[], stage, settleSeconds, toleratedPercent, watchedSince };
}

/** Properties of which a door is under way, and in which roll-outs. */
async function busyProperties(unit: Unit): Promise<Map<string, Set<string>>> {
  const rows = await unit
    .selectFrom("rollout_doors as row")
    .innerJoin("rollouts as rollout", "rollout.id", "row.rollout_id")
    .innerJoin("doors as door", "door.id", "row.door_id")
    .where("rollout.ended_at", "is", null)
    .where("row.state", "in", ["offered", "fetched"])
    .select(["door.property_id", "row.rollout_id"])
    .execute();
  const busy = new Map<string, Set<string>>();
  for (const { property_id, rollout_id } of rows) busy.set(property_id, (busy.get(property_id) ?? new Set()).add(rollout_id));
  return busy;
}

/** Doors that an image may be for: claimed, with image slots, and of its kind as far as they have told. */
export async function readDoors(unit: Unit, rollout: RolloutRow, connected: (door: string) => boolean, now: number): Promise<RolloutDoor[]> {
  const query = unit
    .selectFrom("doors as door")
    .innerJoin("door_firmware as firmware", "firmware.door_id", "door.id")
    .innerJoin("properties as property", "property.id", "door.property_id")
    .leftJoin("update_hours as hours", "hours.property_id", "door.property_id")
    .where("door.claimed_at", "is not", null)
    .where("door.stolen_at", "is", null)
    .where("firmware.version", ">", 0)
    .where("firmware.target", "in", [rollout.target, ""])
    .select(["door.id", "door.property_id", "door.heard_at", "door.heard_by", "property.time_zone", "hours.start_minute", "hours.end_minute", "firmware.target", "firmware.version", "firmware.failed_version"])
    .orderBy("door.id");
  const properties = rollout.properties === null ? undefined : (JSON.parse(rollout.properties) as string[]);
  const found = await (properties === undefined ? query : query.where("door.property_id", "in", properties)).execute();
  const rows = new Map((await unit.selectFrom("rollout_doors").selectAll().where("rollout_id", "=", rollout.id).execute()).map((row) => [row.door_id, row]));
  const alarmed = await alarmedDoors(unit, rows);
  const quietAt = hoursOpen(rollout, now);
  return found.map((door): RolloutDoor => {
    const hears = connected(door.id);
    return {
      id: door.id,
      property: door.property_id,
      version: door.version,
      failedVersion: door.failed_version,
      knowsTarget: door.target !== "",
      connected: hears,
      heardAt: door.heard_at ?? 0,
      reachable: hears || (door.heard_by === "network" && now - (door.heard_at ?? 0) < ROLLOUT_REACHABLE_SECONDS),
      quiet: quietAt(door.property_id, door.time_zone, door.start_minute === null ? ROLLOUT_HOURS : { start: door.start_minute, end: door.end_minute! }),
      alarmed: alarmed.has(door.id),
      row: rows.get(door.id),
    };
  });
}

/** Whether doors may start anew now, asked once for each property: time zones are slow. */
function hoursOpen({ any_hour }: RolloutRow, now: number): (property: string, timeZone: string, hours: { start: number; end: number }) => boolean {
  const known = new Map<string, boolean>();
  return (property, timeZone, hours) => {
    if (any_hour === 1) return true;
    if (!known.has(property)) known.set(property, isWithinHours(hours, timeZone, now));
    return known.get(property)!;
  };
}

/** Doors that have raised an alarm since they run the image. */
async function alarmedDoors(unit: Unit, rows: ReadonlyMap<string, RolloutDoorRow>): Promise<Set<string>> {
  const updated = [...rows.values()].filter(({ state }) => state === "updated");
  if (updated.length === 0) return new Set();
  const since = Math.min(...updated.map(({ settled_at }) => settled_at!));
  const alarms = await unit.selectFrom("door_alarms").where("kind", "in", ALARMS).where("created_at", ">=", since).select(["door_id", "created_at"]).execute();
  return new Set(alarms.filter(({ door_id, created_at }) => rows.get(door_id)?.state === "updated" && created_at >= rows.get(door_id)!.settled_at!).map(({ door_id }) => door_id));
}

async function writeSteps(unit: Unit, { id }: RolloutRow, doors: readonly RolloutDoor[], { fail, leave, offer, choose, stage, halt }: RolloutSteps, now: number): Promise<void> {
  const of = (door: string) => unit.updateTable("rollout_doors").where("rollout_id", "=", id).where("door_id", "=", door);
  for (const { door, reason } of fail) await of(door).set({ state: "failed", reason, settled_at: now, excused: 0 }).execute();
  for (const door of leave) await of(door).set({ state: "left", reason: "not-taken", settled_at: now }).execute();
  if (halt) return;
  for (const door of offer) await of(door).set({ offered_at: now }).execute();
  for (const door of choose) {
    const chosen = { stage, state: "offered", reason: null, from_version: doors.find((each) => each.id === door)!.version, chosen_at: now, offered_at: now, fetched_at: null, fetches: 0, settled_at: null, restarts: 0, excused: 0 } as const;
    await unit
      .insertInto("rollout_doors")
      .values({ rollout_id: id, door_id: door, ...chosen })
      .onConflict((conflict) => conflict.columns(["rollout_id", "door_id"]).doUpdateSet(chosen))
      .execute();
  }
}

/** Nobody else gets it until somebody has looked. */
async function halt(unit: Unit, id: string, { version }: RolloutCourse, doors: readonly RolloutDoor[], { fail }: RolloutSteps, now: number): Promise<void> {
  const failed = [...doors.filter(({ row }) => row?.state === "failed" && row.excused === 0).map(({ id: door, row }) => ({ door, reason: row!.reason })), ...fail];
  const because = "failures";
  await unit.updateTable("rollouts").set({ state: "halted", because }).where("id", "=", id).execute();
  await audit(unit, { at: now, actor: UPKEEP, action: "rollout.halt", subject: `rollout/${id}`, detail: { because, version, doors: failed.slice(0, 20), underWay: doors.filter(({ row }) => row !== undefined && isUnderWay(row)).length } });
}
