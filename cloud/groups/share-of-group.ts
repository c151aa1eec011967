import { STRIKE } from "../access/door-row";
import type { GrantTerms } from "../access/grant";
import { termsOf } from "../access/stored-terms";
import type { Unit } from "../store/store";
import { groupsAtDoor } from "./permissions";

/**
 * What an account may give away of some doors because a group lets its people share (N12): the group has them all,
 * and nothing that is given reaches further than the account's own right by it.
 * @returns undefined where no one group lets it.
 */
export async function shareOfGroup(unit: Unit, account: string, property: string, doors: readonly string[], now: number): Promise<GrantTerms | undefined> {
  if (doors.length === 0) return undefined;
  const sharing = (await groupsAtDoor(unit, account, undefined, now)).filter(({ permissions }) => permissions.includes("share"));
  for (const { group, person } of sharing) {
    const own = new Set(sharing.filter((each) => each.group === group && each.person === person).map(({ door }) => door));
    if (!doors.every((door) => own.has(door))) continue;
    const right = await longestRight(unit, group, person, property, now);
    if (right !== undefined) return right;
  }
  return undefined;
}

/** Of what somebody opens a group's doors with, that which does so longest. */
async function longestRight(unit: Unit, group: string, person: string, property: string, now: number): Promise<GrantTerms | undefined> {
  const rows = await unit
    .selectFrom("grants as grant")
    .innerJoin("credentials as credential", "credential.id", "grant.credential_id")
    .innerJoin("groups as group", "group.id", "grant.group_id")
    .select(["grant.not_before", "grant.not_after", "grant.windows", "grant.max_uses", "grant.outputs"])
    .where("grant.group_id", "=", group)
    .where("group.property_id", "=", property)
    .where("credential.person_id", "=", person)
    .where("grant.revoked_at", "is", null)
    .where("grant.suspended", "=", 0)
    .where("grant.not_after", ">", now)
    .orderBy("grant.not_after", "desc")
    .execute();
  const longest = rows.find(({ outputs }) => (outputs & STRIKE) !== 0);
  return longest && termsOf(longest);
}
