import { audit } from "../audit/audit";
import { GROUPS_PER_PERSON_MAX, PEOPLE_PER_GROUP_MAX } from "../limits";
import type { PinParts } from "../pins/codes";
import { Refusal } from "../refusal";
import type { Unit } from "../store/store";
import type { GroupRow } from "../store/rows/sharing-rows";
import { requireGroups } from "./group";
import { matchGroups, type GroupsMatched } from "./match-groups";

/**
 * Puts somebody into a group (N12): from now on they open its doors with whatever they have, beside all that they may
 * anyway. Whoever has nothing yet opens them with the first thing that they get. Again: nothing more happens.
 * @throws {Refusal} `forbidden-by-rules`; `not-found`: nobody of this property; `person-revoked`, `too-many-groups`,
 * `group-full`, `door-full`.
 */
export async function joinGroup(unit: Unit, parts: PinParts, { id, property_id: property }: GroupRow, person: string, actor: string, now: number): Promise<GroupsMatched> {
  await requireGroups(unit, property);
  const row = await unit.selectFrom("people").select("revoked_at").where("id", "=", person).where("property_id", "=", property).executeTakeFirst();
  if (row === undefined) throw new Refusal("not-found", "There is no such person.");
  if (row.revoked_at !== null) throw new Refusal("person-revoked");
  if (!(await isIn(unit, id, person))) {
    const groups = await unit.selectFrom("group_people").select("group_id").where("person_id", "=", person).execute();
    if (groups.length >= GROUPS_PER_PERSON_MAX) throw new Refusal("too-many-groups", `A person is in at most ${GROUPS_PER_PERSON_MAX} groups: a door looks at no more alternatives.`);
    if ((await countPeople(unit, id)) >= PEOPLE_PER_GROUP_MAX) throw new Refusal("group-full", `A group has at most ${PEOPLE_PER_GROUP_MAX} people.`);
    await unit.insertInto("group_people").values({ group_id: id, person_id: person }).execute();
    await audit(unit, { at: now, actor, action: "group.join", subject: `group/${id}`, detail: { property, person } });
  }
  return matchGroups(unit, parts, person, actor, now, "as-they-open");
}

/**
 * Takes somebody out of a group: what it gave them ends, and what is theirs without it stays, or comes from another
 * group. Again: nothing more happens.
 */
export async function leaveGroup(unit: Unit, parts: PinParts, { id, property_id: property }: GroupRow, person: string, actor: string, now: number): Promise<GroupsMatched> {
  if (await isIn(unit, id, person)) {
    await unit.deleteFrom("group_people").where("group_id", "=", id).where("person_id", "=", person).execute();
    await audit(unit, { at: now, actor, action: "group.leave", subject: `group/${id}`, detail: { property, person } });
  }
  return matchGroups(unit, parts, person, actor, now, "as-they-open");
}

export async function countPeople(unit: Unit, group: string): Promise<number> {
  const { count } = await unit.selectFrom("group_people").select((eb) => eb.fn.countAll().as("count")).where("group_id", "=", group).executeTakeFirstOrThrow();
  return Number(count);
}

async function isIn(unit: Unit, group: string, person: string): Promise<boolean> {
  const row = await unit.selectFrom("group_people").select("group_id").where("group_id", "=", group).where("person_id", "=", person).executeTakeFirst();
  return row !== undefined;
}
