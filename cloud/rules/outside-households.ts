import type { Party } from "../accounts/actor";
import type { Unit } from "../store/store";
import { managedProperties } from "./read-standing";

/**
 * Whether a property's doors show somebody everybody who goes through them. Whoever owns or administers a door alone
 * is shown those who have no place in a household: who lives somewhere, and when they come and go, is for themselves
 * and by the household's own rules (O15).
 */
export async function seesHouseholds(unit: Unit, actor: Party, property: string): Promise<boolean> {
  const managed = await managedProperties(unit, actor);
  return managed === "all" || managed.includes(property);
}

/** Those of some people who have no place in a household, and never had one. */
export async function outsideHouseholds(unit: Unit, people: readonly string[]): Promise<Set<string>> {
  if (people.length === 0) return new Set();
  const rows = await unit.selectFrom("memberships").select("person_id").where("person_id", "in", [...new Set(people)]).execute();
  const members = new Set(rows.map((row) => row.person_id));
  return new Set(people.filter((person) => !members.has(person)));
}
