import { groupPermissions } from "../groups/permissions";
import { canDoAtDoor, type DoorRank, type DoorVerb } from "../rules/door-rights";
import { doorStanding, peopleOfAccount } from "../rules/door-standing";
import type { Unit } from "../store/store";
import type { DoorRow } from "../store/rows/door-rows";

/** A door that somebody owns, administers or opens. */
export interface OwnDoor {
  door: DoorRow;
  /** The highest of what they are there as a person; what they manage is another list. */
  rank: Extract<DoorRank, "owner" | "admin" | "user">;
  can: DoorVerb[];
}

/** The doors of an account, wherever they are: by id. */
export async function doorsOfAccount(unit: Unit, account: string, now: number): Promise<OwnDoor[]> {
  const owned = await unit.selectFrom("door_owners").select("door_id").where("account_id", "=", account).execute();
  const keys = await unit.selectFrom("keys as key").innerJoin("key_doors as at", "at.key_id", "key.id").select("at.door_id").where("key.account_id", "=", account).where("key.state", "=", "active").execute();
  const opened = await openedDoors(unit, await peopleOfAccount(unit, account, now), now);
  const doors = [...new Set([...[...owned, ...keys].map((row) => row.door_id), ...opened])].sort();
  const found: OwnDoor[] = [];
  for (const id of doors) {
    const standing = await doorStanding(unit, { kind: "account", account }, id, now);
    const rank = standing?.ranks.find((each) => each === "owner" || each === "admin" || each === "user");
    if (standing !== undefined && rank !== undefined) found.push({ door: standing.door, rank, can: [...new Set([...canDoAtDoor(standing), ...(await verbsByGroups(unit, account, id, now))])] });
  }
  return found;
}

/** What groups let an account do at a door beside opening it (N12). */
async function verbsByGroups(unit: Unit, account: string, door: string, now: number): Promise<DoorVerb[]> {
  const permissions = await groupPermissions(unit, account, door, now);
  return [...(permissions.has("see-events") ? ["see-events" as const] : []), ...(permissions.has("share") ? ["give-keys" as const] : [])];
}

async function openedDoors(unit: Unit, people: readonly string[], now: number): Promise<string[]> {
  if (people.length === 0) return [];
  const rows = await unit
    .selectFrom("grants as grant")
    .innerJoin("grant_doors as at", "at.grant_id", "grant.id")
    .innerJoin("credentials as credential", "credential.id", "grant.credential_id")
    .select("at.door_id")
    .distinct()
    .where("credential.person_id", "in", people)
    .where("grant.revoked_at", "is", null)
    .where("grant.not_after", ">", now)
    .execute();
  return rows.map((row) => row.door_id);
}

/** The doors at which an account sees what happens, because it owns or administers them (N4). */
export async function overseenDoors(unit: Unit, account: string, now: number): Promise<string[]> {
  const owned = await unit.selectFrom("door_owners").select("door_id").where("account_id", "=", account).execute();
  const administered = await unit
    .selectFrom("keys as key")
    .innerJoin("key_doors as at", "at.key_id", "key.id")
    .select("at.door_id")
    .where("key.account_id", "=", account)
    .where("key.state", "=", "active")
    .where("key.role", "=", "admin")
    .execute();
  const overseen: string[] = [];
  for (const id of new Set([...owned, ...administered].map((row) => row.door_id))) {
    const standing = await doorStanding(unit, { kind: "account", account }, id, now);
    if (standing?.ranks.some((rank) => rank === "owner" || rank === "admin") === true) overseen.push(id);
  }
  return overseen.sort();
}
