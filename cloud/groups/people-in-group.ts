import type { Unit } from "../store/store";
import type { GroupRow } from "../store/rows/sharing-rows";
import { doorsOfGroup } from "./groups-of-person";

/** Somebody in a group. */
export interface PersonInGroup {
  id: string;
  name: string;
  /** Doors of the group that nothing of theirs opens by it: they have nothing yet, or it cannot be used there. */
  unreached: string[];
}

/** A page of a group's people, by id. */
export async function peopleInGroup(unit: Unit, { id }: Pick<GroupRow, "id">, { after, limit }: { after: string; limit: number }, now: number): Promise<PersonInGroup[]> {
  const people = await unit
    .selectFrom("group_people as member")
    .innerJoin("people as person", "person.id", "member.person_id")
    .select(["person.id", "person.name"])
    .where("member.group_id", "=", id)
    .where("person.id", ">", after)
    .orderBy("person.id")
    .limit(limit)
    .execute();
  if (people.length === 0) return [];
  const opened = await unit
    .selectFrom("grants as grant")
    .innerJoin("credentials as credential", "credential.id", "grant.credential_id")
    .innerJoin("grant_doors as at", "at.grant_id", "grant.id")
    .select(["credential.person_id", "at.door_id"])
    .distinct()
    .where("grant.group_id", "=", id)
    .where("grant.revoked_at", "is", null)
    .where("grant.not_after", ">", now)
    .where("credential.superseded_at", "is", null)
    .where("credential.person_id", "in", people.map((person) => person.id))
    .execute();
  const doors = await doorsOfGroup(unit, id);
  return people.map((person) => {
    const own = new Set(opened.filter(({ person_id }) => person_id === person.id).map(({ door_id }) => door_id));
    return { ...person, unreached: doors.filter((door) => !own.has(door)) };
  });
}
