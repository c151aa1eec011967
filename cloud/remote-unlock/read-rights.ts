import { termsOf } from "../access/stored-terms";
import { parsePermissions } from "../groups/permissions";
import { readCompanions } from "../issuing/door-grants";
import type { Unit } from "../store/store";
import type { OwnRight } from "./decide-unlock";

/**
 * What people may open a door with, of all that has not ended: their own, and what groups give them (N12).
 * @param people who the account is (rules/door-standing.ts).
 */
export async function readRights(unit: Unit, people: readonly string[], door: string): Promise<OwnRight[]> {
  if (people.length === 0) return [];
  const rows = await unit
    .selectFrom("grants as grant")
    .innerJoin("grant_doors as at", "at.grant_id", "grant.id")
    .innerJoin("credentials as credential", "credential.id", "grant.credential_id")
    .innerJoin("people as person", "person.id", "credential.person_id")
    .leftJoin("groups as group", "group.id", "grant.group_id")
    .where("at.door_id", "=", door)
    .where("credential.person_id", "in", people)
    .where("grant.revoked_at", "is", null)
    .where("credential.revoked_at", "is", null)
    .where("person.revoked_at", "is", null)
    .select(["person.id as person", "person.class", "person.suspended_at", "credential.id as credential", "grant.group_id", "group.permissions"])
    .select(["grant.not_before", "grant.not_after", "grant.windows", "grant.max_uses", "grant.outputs", "grant.suspended"])
    .orderBy("grant.id")
    .execute();
  const companions = await readCompanions(unit, door, rows.map((row) => row.credential));
  return rows.map((row) => ({
    person: row.person,
    holderClass: row.class,
    terms: termsOf(row),
    outputs: row.outputs,
    suspended: row.suspended_at !== null || row.suspended === 1,
    needsSecondPin: (companions.get(row.credential) ?? []).some(({ kind }) => kind === "second-pin"),
    forbidden: row.group_id !== null && (row.permissions === null || !parsePermissions(row.permissions).includes("remote-unlock")),
  }));
}
