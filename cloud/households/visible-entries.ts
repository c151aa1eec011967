import type { Party } from "../accounts/actor";
import { doorsWithPermission } from "../groups/permissions";
import { may } from "../rules/rights";
import { managedProperties, meetMember } from "../rules/read-standing";
import { overseenDoors } from "../rules/door-standing";
import type { Unit } from "../store/store";

/** Whose comings and goings somebody may see (O15). */
export interface VisibleEntries {
  /** All that the doors of these say; "all": the site. */
  properties: "all" | string[];
  /** What doors say of these people, wherever. */
  people: string[];
  /** All that these say, but of people who have a place in a household: they own or administer the door (N4), or a group lets them (N12). */
  doors: string[];
}

/**
 * Managers see what the doors of their property say, and that is noted in the audit. Members see themselves, and
 * administrators those whom they have invited and given shares to: nobody else's, a co-administrator's least of all.
 * Whoever has accepted a key sees what was opened with it; owners and admins of a door, and people of a group that lets
 * them, what happens there, except who lives where: that would be a way round what a household's rules say.
 */
export async function visibleEntries(unit: Unit, actor: Party, now: number): Promise<VisibleEntries> {
  const properties = await managedProperties(unit, actor);
  if (actor.kind !== "account") return { properties, people: [], doors: [] };
  const own = await unit.selectFrom("memberships").select("person_id").where("account_id", "=", actor.account).execute();
  const places = own.map((place) => place.person_id);
  const invited = places.length === 0 ? [] : await unit.selectFrom("memberships").select("person_id").where("invited_by", "in", places).execute();
  // Whoever held a key of somebody who now has another account is not that somebody any more.
  const keys = await unit
    .selectFrom("keys as key")
    .select("key.person_id")
    .distinct()
    .where("key.account_id", "=", actor.account)
    .where((eb) => eb.not(eb.exists(eb.selectFrom("keys as other").select("other.id").whereRef("other.person_id", "=", "key.person_id").where("other.account_id", "<>", actor.account).where("other.state", "=", "active"))))
    .execute();
  const people = [...places, ...keys.map((key) => key.person_id)];
  for (const { person_id } of invited) {
    const encounter = await meetMember(unit, actor, person_id, now);
    if (encounter !== undefined && may("see-entries", encounter.standing, encounter.target).allowed) people.push(person_id);
  }
  const doors = [...(await overseenDoors(unit, actor.account, now)).map(({ door }) => door.id), ...(await doorsWithPermission(unit, actor.account, "see-events", now))];
  return { properties, people: [...new Set(people)], doors: [...new Set(doors)].sort() };
}
