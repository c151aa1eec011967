import { audit } from "../audit/audit";
import { GUEST_LEASE_SECONDS, RESTORED_COUNTERS_AHEAD, STAFF_LEASE_SECONDS } from "../limits";
import type { Unit } from "../store/store";

/** What a restore has done besides putting everything back. */
export interface Restored {
  /** Claimed doors: each keeps its list until it shows that it knows nothing more, or a person goes on. */
  doorsHeld: number;
  sessionsEnded: number;
  tokensEnded: number;
  messagesGivenUp: number;
}

/**
 * Makes a database that was restored from a backup safe to go on with. What happened since is not in it: rights were
 * ended, sessions were closed, leases were signed. Whatever could come back to life by that waits for a person, ends, or
 * is reckoned with.
 * @param madeAt of the backup. @param now Unix seconds both.
 */
export async function afterRestore(unit: Unit, { madeAt, keepTokens, now }: { madeAt: number; keepTokens: boolean; now: number }): Promise<Restored> {
  const doors = await unit
    .selectFrom("doors as door")
    .innerJoin("properties as property", "property.id", "door.property_id")
    .where("door.claimed_at", "is not", null)
    .select(["door.id", "door.epoch", "door.version", "property.resident_lease_seconds as resident"])
    .execute();
  await unit.updateTable("doors").set({ held_at: now }).where("claimed_at", "is not", null).execute();
  for (const { id, epoch, version, resident } of doors) {
    if (version === 0) continue;
    // Leases that the lost cloud signed until a moment ago: "may open until at most" must not be earlier than they end.
    const ends = { guest: now + GUEST_LEASE_SECONDS, staff: now + STAFF_LEASE_SECONDS, resident: resident === null ? 0 : now + resident };
    await unit
      .insertInto("lease_ends")
      .values({ door_id: id, epoch, version, ...ends })
      .onConflict((conflict) => conflict.columns(["door_id", "epoch", "version"]).doUpdateSet(ends))
      .execute();
  }
  // Some were ended after the backup, and nobody knows which.
  const sessions = await unit.updateTable("sessions").set({ ended_at: now }).where("ended_at", "is", null).executeTakeFirst();
  const tokens = keepTokens ? undefined : await unit.updateTable("tokens").set({ ended_at: now }).where("ended_at", "is", null).executeTakeFirst();
  await unit.deleteFrom("codes").execute();
  await unit.deleteFrom("passkey_challenges").execute();
  // Most have been sent since.
  const messages = await unit.updateTable("messages").set({ failed_at: now, content: null, problem: "the cloud was restored from a backup; it may have been sent" }).where("sent_at", "is", null).where("failed_at", "is", null).executeTakeFirst();
  // What was counted out since must not be counted out again: a phone's handles, the numbers of what phones carry.
  await unit.updateTable("handle_counters").set((eb) => ({ next: eb("next", "+", RESTORED_COUNTERS_AHEAD) })).where("next", "<", 4_294_967_296 - RESTORED_COUNTERS_AHEAD).execute();
  await unit.updateTable("courier_bundles").set((eb) => ({ serial: eb("serial", "+", RESTORED_COUNTERS_AHEAD) })).execute();
  // Held by processes that are gone.
  await unit.deleteFrom("process_leases").execute();
  await audit(unit, { at: now, actor: "site", action: "site.restore", subject: "site", detail: { backupMadeAt: madeAt, doors: doors.length } });
  return { doorsHeld: doors.length, sessionsEnded: Number(sessions.numUpdatedRows), tokensEnded: Number(tokens?.numUpdatedRows ?? 0), messagesGivenUp: Number(messages.numUpdatedRows) };
}
