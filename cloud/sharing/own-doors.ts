import { groupPermissions } from "../groups/permissions";
import { canDoAtDoor, type DoorRank, type DoorVerb } from "../rules/door-rights";
import { doorStanding, peopleOfAccount, whoOpensWhat } from "../rules/door-standing";
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
  const opened = await whoOpensWhat(unit, await peopleOfAccount(unit, account, now), now);
  const doors = [...new Set([...owned, ...keys, ...opened].map((row) => row.door_id))].sort();
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
