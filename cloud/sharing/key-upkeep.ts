import type { Logger } from "pino";
import { UPKEEP } from "../accounts/actor";
import { HOUSEHOLD_UPKEEP_ROWS_MAX, KEY_PENDING_SECONDS } from "../limits";
import type { Unit } from "../store/store";
import type { Transact } from "../store/transaction";
import { endKey } from "./end-key";
import { readKey } from "./read-key";

/**
 * Ends keys whose own time is over, and pending ones that nobody has asked for in a long while, each in a transaction
 * of its own: one that cannot be ended keeps no other waiting. Doors have ended the access by themselves; this gives
 * back values and says so. Links whose time is over are noted.
 * @returns whether anything has changed.
 */
export async function endDueKeys(transact: Transact, log: Logger): Promise<boolean> {
  let some = await transact(expireKeyLinks);
  for (const key of await transact(dueKeys)) {
    try {
      some = (await transact((unit, now) => endKeyDue(unit, key, now))) || some;
    } catch (error) {
      log.error({ key, err: error }, "could not end a key whose time is over; it will be tried again");
    }
  }
  return some;
}

function due(unit: Unit, now: number) {
  return unit
    .selectFrom("keys as key")
    .where("key.state", "<>", "ended")
    .where((eb) =>
      eb.or([
        // Times bind users, not admins (N6).
        eb.and([eb("key.role", "=", "user"), eb("key.ends_at", "<=", now)]),
        eb.and([
          eb("key.state", "=", "pending"),
          eb("key.created_at", "<=", now - KEY_PENDING_SECONDS),
          eb.not(eb.exists(eb.selectFrom("key_links as link").select("link.id").whereRef("link.key_id", "=", "key.id").where("link.created_at", ">", now - KEY_PENDING_SECONDS))),
        ]),
      ]),
    );
}

async function dueKeys(unit: Unit, now: number): Promise<string[]> {
  const rows = await due(unit, now).select("key.id").orderBy("key.id").limit(HOUSEHOLD_UPKEEP_ROWS_MAX).execute();
  return rows.map((row) => row.id);
}

async function endKeyDue(unit: Unit, id: string, now: number): Promise<boolean> {
  // Removed, or given more time, a moment ago.
  if ((await due(unit, now).where("key.id", "=", id).select("key.id").executeTakeFirst()) === undefined) return false;
  await endKey(unit, await readKey(unit, id), "expired", UPKEEP, now);
  return true;
}

async function expireKeyLinks(unit: Unit, now: number): Promise<boolean> {
  const stale = await unit.updateTable("key_links").set({ state: "expired", answered_at: now }).where("state", "=", "pending").where("expires_at", "<=", now).executeTakeFirst();
  return Number(stale.numUpdatedRows) > 0;
}
