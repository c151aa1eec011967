import { peopleOfAccount } from "../rules/door-standing";
import type { Unit } from "../store/store";

/**
 * What a group lets its people do beside opening its doors, where they have an account (N12). `share`: give keys to
 * its doors. `remote-unlock`: open them from afar. `see-events`: see what happens there, but never who of a household
 * came and went (O15).
 */
export const GROUP_PERMISSIONS = ["share", "remote-unlock", "see-events"] as const;
export type GroupPermission = (typeof GROUP_PERMISSIONS)[number];

/** @param text groups.permissions. */
export function parsePermissions(text: string): GroupPermission[] {
  const stored = JSON.parse(text) as string[];
  return GROUP_PERMISSIONS.filter((permission) => stored.includes(permission));
}

/**
 * What an account may do at a door by the groups of the people who it is: those by which one of them has a right at
 * the door that has begun, has not ended and is not suspended. Whether its times of the week allow anything now is
 * another question.
 */
export async function groupPermissions(unit: Unit, account: string, door: string, now: number): Promise<ReadonlySet<GroupPermission>> {
  return new Set((await groupsAtDoor(unit, account, door, now)).flatMap((group) => group.permissions));
}

/** A group by which an account has a right at a door. */
export interface GroupAtDoor {
  group: string;
  door: string;
  /** Whom it gives it to. */
  person: string;
  permissions: GroupPermission[];
}

/** As `groupPermissions`, group by group, at one door or at all. */
export async function groupsAtDoor(unit: Unit, account: string, door: string | undefined, now: number): Promise<GroupAtDoor[]> {
  const people = await peopleOfAccount(unit, account, now);
  if (people.length === 0) return [];
  let query = unit
    .selectFrom("grants as grant")
    .innerJoin("grant_doors as at", "at.grant_id", "grant.id")
    .innerJoin("credentials as credential", "credential.id", "grant.credential_id")
    .innerJoin("people as person", "person.id", "credential.person_id")
    .innerJoin("groups as group", "group.id", "grant.group_id")
    .select(["group.id", "group.permissions", "person.id as person", "at.door_id"])
    .distinct()
    .where("credential.person_id", "in", people)
    .where("grant.revoked_at", "is", null)
    .where("grant.suspended", "=", 0)
    .where("grant.not_before", "<=", now)
    .where("grant.not_after", ">", now)
    .where("person.suspended_at", "is", null)
    .orderBy("group.id")
    .orderBy("at.door_id")
    .orderBy("person.id");
  if (door !== undefined) query = query.where("at.door_id", "=", door);
  return (await query.execute()).map(({ id, permissions, person, door_id }) => ({ group: id, door: door_id, person, permissions: parsePermissions(permissions) }));
}

/** The doors at which an account may do something by a group, by id. */
export async function doorsWithPermission(unit: Unit, account: string, permission: GroupPermission, now: number): Promise<string[]> {
  const groups = await groupsAtDoor(unit, account, undefined, now);
  return [...new Set(groups.filter(({ permissions }) => permissions.includes(permission)).map(({ door }) => door))].sort();
}
