import { toHex } from "../../protocol/bytes";
import { AUDIT_DROP_SECONDS } from "../limits";
import type { Unit } from "../store/store";
import { audit } from "./audit";

/** What stands in the place of the last entry that was dropped: its hash, from which the chain goes on. */
export const DROPPED = "audit.dropped";
/** The entry that says so, further on in the chain: without it nobody may begin a chain with a `DROPPED`. */
export const DROP = "audit.drop";

/**
 * Drops entries that are older than the setting says, at most once a day. The chain stays verifiable: of the last
 * one the hash remains, and a new entry vouches for it.
 */
export async function dropOldEntries(unit: Unit, keptSeconds: number, now: number): Promise<void> {
  const oldest = await unit.selectFrom("audit").select("at").where("action", "<>", DROPPED).orderBy("id").limit(1).executeTakeFirst();
  if (oldest === undefined || oldest.at >= now - keptSeconds - AUDIT_DROP_SECONDS) return;
  // The clock may have been wrong for a while: what came before an entry that stays, stays.
  const kept = await unit.selectFrom("audit").select("id").where("action", "<>", DROPPED).where("at", ">=", now - keptSeconds).orderBy("id").limit(1).executeTakeFirst();
  const last = await unit
    .selectFrom("audit")
    .select(["id", "hash"])
    .where((eb) => (kept === undefined ? eb("id", ">", 0) : eb("id", "<", kept.id)))
    .orderBy("id", "desc")
    .limit(1)
    .executeTakeFirst();
  if (last === undefined) return;
  const { count } = await unit.selectFrom("audit").where("id", "<=", last.id).where("action", "<>", DROPPED).select((eb) => eb.fn.countAll().as("count")).executeTakeFirstOrThrow();
  if (Number(count) === 0) return;
  if (last.hash === null) {
    await unit.deleteFrom("audit").where("id", "<=", last.id).execute(); // older than the chain
    return;
  }
  await unit.deleteFrom("audit").where("id", "<", last.id).execute();
  await unit.updateTable("audit").set({ actor: "site", action: DROPPED, subject: "audit", detail: "{}", property_id: null, sealed: null, sealed_for: null }).where("id", "=", last.id).execute();
  await audit(unit, { at: now, actor: "site", action: DROP, subject: "audit", detail: { entries: Number(count), hash: toHex(last.hash) } });
}
