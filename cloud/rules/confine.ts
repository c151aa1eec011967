import type { Actor } from "../accounts/actor";
import { Refusal } from "../refusal";
import type { Unit } from "../store/store";
import type { DoorRow } from "../store/rows/door-rows";
import type { PersonRow } from "../store/rows/right-rows";
import { managedProperties, requireAllowed, standingAt } from "./read-standing";
import { may, type PropertyVerb } from "./rights";

/**
 * The properties that a list shows to an actor: those that they manage, or the one of these that they ask for.
 * Another one's list is as empty as that of one that does not exist.
 */
export async function listedProperties(unit: Unit, actor: Actor, property: string | undefined): Promise<"all" | string[]> {
  const managed = await managedProperties(unit, actor);
  if (managed === "all") return property === undefined ? managed : [property];
  const listed = managed.filter((each) => property === undefined || each === property);
  return listed.length > 0 ? listed : [NO_PROPERTY];
}

const NO_PROPERTY = ""; // SQL has no empty list

/** A door, for whoever runs its property. @throws {Refusal} `not-found`, for strangers too. */
export async function requireDoor(unit: Unit, actor: Actor, door: string, verb: PropertyVerb = "run-property"): Promise<DoorRow> {
  const row = await unit.selectFrom("doors").selectAll().where("id", "=", door).executeTakeFirst();
  return requireIn(unit, actor, row, verb, "door");
}

/** A person, for whoever runs their property. @throws {Refusal} `not-found`, for strangers too. */
export async function requirePerson(unit: Unit, actor: Actor, person: string, what = "person"): Promise<PersonRow> {
  const row = await unit.selectFrom("people").selectAll().where("id", "=", person).executeTakeFirst();
  return requireIn(unit, actor, row, "run-property", what);
}

/** @param what how the refusal names it. */
export async function requireIn<Row extends { property_id: string }>(unit: Unit, actor: Actor, row: Row | undefined, verb: PropertyVerb, what: string): Promise<Row> {
  if (row === undefined) throw new Refusal("not-found", `There is no such ${what}.`);
  requireAllowed(may(verb, await standingAt(unit, actor, { property: row.property_id }, 0), { of: "property" }), what);
  return row;
}

/**
 * A person who has no place in a household: what is given to members and how it ends is for the household's rules
 * (O6, O7), which nobody goes round here.
 * @param what how a stranger is told that it does not exist: as that which really does not.
 * @throws {Refusal} `not-found`; `member-of-household`.
 */
export async function requireOutsider(unit: Unit, actor: Actor, person: string, what = "person"): Promise<PersonRow> {
  const row = await requirePerson(unit, actor, person, what);
  const membership = await unit.selectFrom("memberships").select("role").where("person_id", "=", person).executeTakeFirst();
  if (membership !== undefined) throw new Refusal("member-of-household");
  return row;
}

