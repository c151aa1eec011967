import type { AccountActor } from "../accounts/actor";
import { propertiesOfAccount } from "../phones/account-properties";
import { Refusal } from "../refusal";
import type { DoorRow } from "../store/rows/door-rows";
import type { Unit } from "../store/store";

/** Whoever has anything to do with a property carries for all of its doors. @throws {Refusal} `not-found`. */
export async function requireCarrier(unit: Unit, { account }: AccountActor, property: string, now: number, what = "property"): Promise<void> {
  if (!(await propertiesOfAccount(unit, account, now)).includes(property)) throw new Refusal("not-found", `There is no such ${what}.`);
}

/** A door that somebody carries for. @throws {Refusal} `not-found`; `not-claimed`, for one that is stolen too: nothing goes there. */
export async function requireCarriedDoor(unit: Unit, actor: AccountActor, id: string, now: number): Promise<DoorRow> {
  const door = await unit.selectFrom("doors").selectAll().where("id", "=", id).executeTakeFirst();
  if (door === undefined) throw new Refusal("not-found", "There is no such door.");
  await requireCarrier(unit, actor, door.property_id, now, "door");
  if (door.claimed_at === null || door.stolen_at !== null) throw new Refusal("not-claimed");
  return door;
}
