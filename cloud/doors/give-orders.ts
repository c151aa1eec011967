import { HOLDER_CLASSES, holderClassOf, type HolderClassName } from "../access/grant";
import { findOverlap, sortWindows, type Window } from "../access/window";
import { audit } from "../audit/audit";
import type { DoorOutput } from "../issuing/orders-of-door";
import { noteDoors } from "../issuing/outbox";
import { requireRoom } from "../people/door-room";
import { Refusal } from "../refusal";
import type { Unit } from "../store/store";
import type { DoorRow, LockStateName } from "../store/rows/door-rows";

/**
 * Orders of a manager's to a whole door. They are state: the door's next list carries them, and no older one can
 * undo them (SPEC 5.6). Each is audited, and the same order again changes nothing.
 */

/** X12. @throws {Refusal} `not-found`. */
export async function setLockState(unit: Unit, door: string, state: LockStateName, actor: string, now: number): Promise<void> {
  const row = await readDoor(unit, door);
  if (row.lock_state === state) return;
  await order(unit, door, { lock_state: state }, "door.lock-state", { state }, actor, now);
}

/** Lifts what wrong PINs have brought upon the keypad, the hard stop too (X8). @throws {Refusal} `not-found`. */
export async function resetKeypad(unit: Unit, door: string, actor: string, now: number): Promise<void> {
  const { throttle_reset } = await readDoor(unit, door);
  await order(unit, door, { throttle_reset: throttle_reset + 1 }, "door.keypad-reset", {}, actor, now);
}

/** When a door stands open by itself (N16). */
export interface DoorHours {
  windows: readonly Window[];
  /** Only after somebody of these classes has come in; none = by the clock alone. */
  firstIn: readonly HolderClassName[];
}

/** @throws {Refusal} `not-found`, `windows-overlap`, `door-full`. */
export async function setHours(unit: Unit, door: string, { windows, firstIn }: DoorHours, actor: string, now: number): Promise<void> {
  await readDoor(unit, door);
  const collision = findOverlap(windows);
  if (collision !== undefined) throw new Refusal("windows-overlap", `Windows ${collision[0] + 1} and ${collision[1] + 1} share a time of the week; they may touch but not overlap.`, { windows: collision });
  const first_in = firstIn.reduce((mask, name) => mask | (1 << holderClassOf(name)), 0);
  await order(unit, door, { hours: JSON.stringify(sortWindows(windows)), first_in }, "door.hours", { windows, firstIn }, actor, now);
  await requireRoom(unit, door);
}

export function hoursOf(door: Pick<DoorRow, "hours" | "first_in">): DoorHours {
  return { windows: JSON.parse(door.hours) as Window[], firstIn: HOLDER_CLASSES.filter((name) => (door.first_in & (1 << holderClassOf(name))) !== 0) };
}

/** @throws {Refusal} `not-found`. */
export async function setOutputs(unit: Unit, door: string, outputs: readonly DoorOutput[], actor: string, now: number): Promise<void> {
  await readDoor(unit, door);
  await order(unit, door, { outputs: JSON.stringify(outputs) }, "door.outputs", { outputs }, actor, now);
}

/**
 * Whether PINs are typed after a unit number, so that wrong ones lock one unit only (X8). To be said before there
 * are PINs: those that people have would no longer be what they must type.
 * @throws {Refusal} `not-found`, `door-has-pins`.
 */
export async function setUnitNumbers(unit: Unit, door: string, unitNumbers: boolean, actor: string, now: number): Promise<void> {
  const row = await readDoor(unit, door);
  if ((row.unit_numbers === 1) === unitNumbers) return;
  const pin = await unit
    .selectFrom("door_credentials as known")
    .innerJoin("credentials as credential", "credential.id", "known.credential_id")
    .select("known.door_id")
    .where("known.door_id", "=", door)
    .where("known.released_at", "is", null)
    .where("credential.kind", "in", ["pin", "duress-pin"])
    .limit(1)
    .executeTakeFirst();
  if (pin !== undefined) throw new Refusal("door-has-pins", "How PINs are typed can be changed while nobody has one here; a door counts as having those that it has not yet acknowledged the end of.");
  await order(unit, door, { unit_numbers: unitNumbers ? 1 : 0 }, "door.unit-numbers", { unitNumbers }, actor, now);
}

/**
 * Lets a door be claimed anew, by whoever presses its service button and has its new QR; or takes that back. Until
 * then all stays as it is. @throws {Refusal} `not-found`, `not-claimed`.
 */
export async function setReleased(unit: Unit, door: string, released: boolean, actor: string, now: number): Promise<void> {
  const row = await readDoor(unit, door);
  if (row.claimed_at === null) throw new Refusal("not-claimed", "Nobody holds this door: it can be claimed.");
  if ((row.released_at !== null) === released) return;
  await order(unit, door, released ? { released_at: now } : { released_at: null, claim_secret: null }, released ? "door.release" : "door.keep", {}, actor, now);
}

async function order(unit: Unit, door: string, change: Partial<DoorRow>, action: string, detail: Record<string, unknown>, actor: string, now: number): Promise<void> {
  await unit.updateTable("doors").set(change).where("id", "=", door).execute();
  await noteDoors(unit, [door], now);
  await audit(unit, { at: now, actor, action, subject: `door/${door}`, detail });
}

async function readDoor(unit: Unit, id: string): Promise<DoorRow> {
  const row = await unit.selectFrom("doors").selectAll().where("id", "=", id).executeTakeFirst();
  if (row === undefined) throw new Refusal("not-found", "There is no such door.");
  return row;
}
