import { UPKEEP } from "../accounts/actor";
import type { Unit } from "../store/store";
import type { KeyRow } from "../store/rows/sharing-rows";
import { keyReach } from "./key-reach";
import { matchGrants } from "./match-key";

/**
 * A door has told that a credential opened it. Of a key that may open only so often the use is counted, and taken off
 * at all of its other doors with their next lists (X6). To be called once for each event.
 * @returns whether those doors' lists follow.
 */
export async function noteUse(unit: Unit, door: string, credential: string, now: number): Promise<boolean> {
  const key = await unit.selectFrom("keys as key").innerJoin("credentials as credential", "credential.key_id", "key.id").selectAll("key").where("credential.id", "=", credential).where("key.max_uses", ">", 0).executeTakeFirst();
  if (key === undefined || (await opensWithoutUse(unit, credential, door))) return false;
  await unit
    .insertInto("key_uses")
    .values({ key_id: key.id, door_id: door, used: 1, used_before: 0 })
    .onConflict((conflict) => conflict.columns(["key_id", "door_id"]).doUpdateSet((eb) => ({ used: eb("key_uses.used", "+", 1) })))
    .execute();
  if (key.uses_carried === 1) await follow(unit, key, now);
  return key.uses_carried === 1;
}

/** A door is claimed anew, and its journal is empty: what it had counted is taken off its limits, so that nothing opens more often for it (N8). */
export async function forgetJournal(unit: Unit, door: string, now: number): Promise<void> {
  await unit.updateTable("key_uses").set((eb) => ({ used_before: eb.ref("used") })).where("door_id", "=", door).execute();
  const keys = await unit.selectFrom("keys as key").innerJoin("key_uses as use", "use.key_id", "key.id").selectAll("key").where("use.door_id", "=", door).where("key.max_uses", ">", 0).orderBy("key.id").execute();
  for (const key of keys) await follow(unit, key, now);
}

async function follow(unit: Unit, key: KeyRow, now: number): Promise<void> {
  if (key.state === "active") await matchGrants(unit, key, await keyReach(unit, key), UPKEEP, now);
}

/** A door takes a right without a limit first: that of a group, which always holds, costs no use. */
async function opensWithoutUse(unit: Unit, credential: string, door: string): Promise<boolean> {
  const row = await unit
    .selectFrom("grants as grant")
    .innerJoin("grant_doors as at", "at.grant_id", "grant.id")
    .select("grant.id")
    .where("grant.credential_id", "=", credential)
    .where("at.door_id", "=", door)
    .where("grant.max_uses", "=", 0)
    .where("grant.windows", "=", "[]")
    .where("grant.suspended", "=", 0)
    .where("grant.revoked_at", "is", null)
    .where("at.added_version", "is not", null)
    .executeTakeFirst();
  return row !== undefined;
}
