import { profileOf } from "../profiles/profile";
import type { Unit } from "../store/store";
import type { ProfileRow } from "../store/rows/sharing-rows";

/** A group of somebody's, as far as it says what they may open. */
export interface PersonalGroup {
  id: string;
  profile: ProfileRow | undefined;
  /** In order. */
  doors: string[];
}

/** The groups that a person is in, in order. */
export async function groupsOfPerson(unit: Unit, person: string): Promise<PersonalGroup[]> {
  const rows = await unit.selectFrom("group_people as member").innerJoin("groups as group", "group.id", "member.group_id").where("member.person_id", "=", person).select(["group.id", "group.profile_id"]).orderBy("group.id").execute();
  const groups: PersonalGroup[] = [];
  for (const { id, profile_id } of rows) groups.push({ id, profile: await profileOf(unit, { profile_id }), doors: await doorsOfGroup(unit, id) });
  return groups;
}

export async function doorsOfGroup(unit: Unit, group: string): Promise<string[]> {
  const rows = await unit.selectFrom("group_doors").select("door_id").where("group_id", "=", group).orderBy("door_id").execute();
  return rows.map((row) => row.door_id);
}

export async function peopleOfGroup(unit: Unit, group: string): Promise<string[]> {
  const rows = await unit.selectFrom("group_people").select("person_id").where("group_id", "=", group).orderBy("person_id").execute();
  return rows.map((row) => row.person_id);
}
