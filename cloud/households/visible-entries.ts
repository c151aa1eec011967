import type { Party } from "../accounts/actor";
import { may } from "../rules/rights";
import { managedProperties, meetMember } from "../rules/read-standing";
import type { Unit } from "../store/store";

/** Whose comings and goings somebody may see (O15). */
export interface VisibleEntries {
  /** All that the doors of these say; "all": the site. */
  properties: "all" | string[];
  /** What doors say of these people, wherever. */
  people: string[];
}

/**
 * Managers see what the doors of their property say, and that is noted in the audit. Members see themselves, and
 * administrators those whom they have invited and given shares to: nobody else's, a co-administrator's least of all.
 */
export async function visibleEntries(unit: Unit, actor: Party, now: number): Promise<VisibleEntries> {
  const properties = await managedProperties(unit, actor);
  if (actor.kind !== "account") return { properties, people: [] };
  const own = await unit.selectFrom("memberships").select("person_id").where("account_id", "=", actor.account).execute();
  const places = own.map((place) => place.person_id);
  const invited = places.length === 0 ? [] : await unit.selectFrom("memberships").select("person_id").where("invited_by", "in", places).execute();
  const people = [...places];
  for (const { person_id } of invited) {
    const encounter = await meetMember(unit, actor, person_id, now);
    if (encounter !== undefined && may("see-entries", encounter.standing, encounter.target).allowed) people.push(person_id);
  }
  return { properties, people };
}
