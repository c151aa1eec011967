import { createHash } from "node:crypto";
import { ROLLOUT_AGAIN_SECONDS, ROLLOUT_AT_ONCE_MAX, ROLLOUT_HOUSE_SECONDS, ROLLOUT_OFFER_SECONDS, ROLLOUT_TAKE_SECONDS } from "../limits";
import type { RolloutDoorRow, RolloutReason } from "../store/rows/firmware-rows";
import { faultOf } from "./judge-door";
import type { RolloutCourse, RolloutDoor, StageSize } from "./rollout-course";

/** What is to be done now. */
export interface RolloutSteps {
  fail: { door: string; reason: RolloutReason }[];
  /** They have not taken it, and are left for another day. */
  leave: string[];
  /** Said again: a door that restarts forgets an offer. */
  offer: string[];
  choose: string[];
  stage: number;
  /** So many have failed that nobody else gets it. */
  halt: boolean;
}

/**
 * The next steps of a roll-out that runs. Houses take turns, one door of each at a time; a stage begins when the
 * doors of the one before have run the image for a while; as soon as more have failed than are tolerated, all stops.
 * @param busy properties of which a door is under way in another roll-out.
 */
export function planRollout(course: RolloutCourse, doors: readonly RolloutDoor[], busy: ReadonlySet<string>, now: number): RolloutSteps {
  const steps: RolloutSteps = { fail: [], leave: [], offer: [], choose: [], stage: course.stage, halt: false };
  for (const door of doors) {
    if (door.row === undefined) continue;
    const reason = faultOf(course, door, door.row, now);
    if (reason !== undefined) steps.fail.push({ door: door.id, reason });
    else if (door.row.state === "offered" && now - door.row.chosen_at >= ROLLOUT_TAKE_SECONDS) steps.leave.push(door.id);
    else if (isToHearAgain(door, door.row, now)) steps.offer.push(door.id);
  }
  const failing = new Set(steps.fail.map(({ door }) => door));
  const left = new Set(steps.leave);
  const taking = doors.filter(({ id, row }) => row !== undefined && row.state !== "left" && !left.has(id));
  const failed = taking.filter(({ id, row }) => failing.has(id) || (row!.state === "failed" && row!.excused === 0));
  if (failed.length > Math.floor((taking.length * course.toleratedPercent) / 100)) return { ...steps, offer: [], halt: true };

  const needing = doors.filter((door) => taking.includes(door) || (door.reachable && door.version < course.version && door.failedVersion !== course.version));
  const wanted = (stage: number): number => sizeOf(course.stages[stage], needing.length);
  const settled = taking.every(({ id, row }) => !failing.has(id) && (row!.state === "failed" || (row!.state === "updated" && now >= row!.settled_at! + course.settleSeconds)));
  while (settled && steps.stage < course.stages.length - 1 && taking.length >= wanted(steps.stage)) steps.stage += 1;

  const open = taking.filter(({ id, row }) => !failing.has(id) && isUnderWay(row!));
  const room = Math.min(wanted(steps.stage) - taking.length, ROLLOUT_AT_ONCE_MAX - open.length);
  steps.choose = chooseDoors(course, doors, busy, now).slice(0, Math.max(0, room));
  return steps;
}

export function isUnderWay({ state }: Pick<RolloutDoorRow, "state">): boolean {
  return state === "offered" || state === "fetched";
}

function sizeOf(stage: StageSize, of: number): number {
  return "doors" in stage ? stage.doors : Math.ceil((of * stage.percent) / 100);
}

function isToHearAgain({ connected, quiet }: RolloutDoor, { state, offered_at }: RolloutDoorRow, now: number): boolean {
  if (!connected || !quiet) return false;
  // One that has fetched it and was cut off before it was whole begins anew.
  return now - offered_at >= (state === "offered" ? ROLLOUT_OFFER_SECONDS : state === "fetched" ? ROLLOUT_TAKE_SECONDS : Infinity);
}

/** Doors that may be offered it now, one of a house, in the order in which they get it. */
function chooseDoors(course: RolloutCourse, doors: readonly RolloutDoor[], busy: ReadonlySet<string>, now: number): string[] {
  const chosenOf = new Map<string, number>();
  const resting = new Set(busy);
  for (const { property, row } of doors) {
    if (row === undefined) continue;
    if (row.state !== "left") chosenOf.set(property, (chosenOf.get(property) ?? 0) + 1);
    if (isUnderWay(row) || (row.state !== "left" && now < row.settled_at! + ROLLOUT_HOUSE_SECONDS)) resting.add(property);
  }
  const eligible = doors.filter((door) => isEligible(course, door, now) && !resting.has(door.property));
  const order = (door: RolloutDoor): [boolean, number, string] => [!door.knowsTarget, chosenOf.get(door.property) ?? 0, lot(course.id, door.id)];
  const ordered = eligible.map((door) => ({ door, order: order(door) })).sort((a, b) => compare(a.order, b.order));
  const taken = new Set<string>();
  return ordered.filter(({ door: { property } }) => !taken.has(property) && taken.add(property)).map(({ door }) => door.id);
}

function isEligible({ version }: RolloutCourse, door: RolloutDoor, now: number): boolean {
  const { row } = door;
  if (!door.connected || !door.quiet || door.version >= version || door.failedVersion === version) return false;
  return row === undefined || (row.state === "left" && (row.reason === "retry" || now >= row.settled_at! + ROLLOUT_AGAIN_SECONDS));
}

/** A draw that nobody can steer and that comes out the same every time. */
function lot(rollout: string, door: string): string {
  return createHash("sha256").update(`${rollout}/${door}`).digest("hex");
}

function compare(a: [boolean, number, string], b: [boolean, number, string]): number {
  return Number(a[0]) - Number(b[0]) || a[1] - b[1] || (a[2] < b[2] ? -1 : 1);
}
