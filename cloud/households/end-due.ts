import type { MessageParts } from "../messages/queue-message";
import { HOUSEHOLD_UPKEEP_ROWS_MAX } from "../limits";
import type { Unit } from "../store/store";
import { endPlace } from "./end-members";
import { endLease } from "./end-lease";
import type { CredentialParts } from "./member-access";
import { closeIfEmpty, tellRemoved } from "./remove-member";
import { readPlace } from "./read-place";

const ACTOR = "latchkey"; // nobody: the time has come

/**
 * Ends the places and the links whose time is over. Doors have ended the access by themselves; this gives back
 * values, ends what hangs on a lease, and says so to people.
 * @returns whether anything has changed.
 */
export async function endDue(unit: Unit, parts: CredentialParts & MessageParts, now: number): Promise<boolean> {
  const due = await unit.selectFrom("memberships").select("person_id").where("state", "<>", "ended").where("ends_at", "<=", now).orderBy("ends_at").orderBy("person_id").limit(HOUSEHOLD_UPKEEP_ROWS_MAX).execute();
  for (const { person_id } of due) {
    const { member } = await readPlace(unit, person_id);
    // Gone with the last lease, a moment ago.
    if (member.state === "ended") continue;
    if (member.role === "administrator" && member.state === "active") {
      await endLease(unit, parts, member, ACTOR, now);
      continue;
    }
    await endPlace(unit, member, "expired", ACTOR, now);
    await tellRemoved(unit, parts, member, "expired", now);
    await closeIfEmpty(unit, member.household_id, now);
  }
  const stale = await unit.updateTable("invitations").set({ state: "expired", answered_at: now }).where("state", "=", "pending").where("expires_at", "<=", now).executeTakeFirst();
  return due.length > 0 || Number(stale.numUpdatedRows) > 0;
}
