import type { Logger } from "pino";
import { UPKEEP } from "../accounts/actor";
import { HOUSEHOLD_UPKEEP_ROWS_MAX } from "../limits";
import type { MessageParts } from "../messages/queue-message";
import type { Unit } from "../store/store";
import type { Transact } from "../store/transaction";
import { endLease } from "./end-lease";
import { endPlace } from "./end-members";
import type { CredentialParts } from "./member-access";
import { readPlace } from "./read-place";
import { closeIfEmpty, tellRemoved } from "./remove-member";

/**
 * Ends the places and the links whose time is over, each place in a transaction of its own: one that cannot be ended
 * keeps no other waiting. Doors have ended the access by themselves; this gives back values, ends what hangs on a
 * lease, and says so to people.
 * @returns whether anything has changed.
 */
export async function endDue(transact: Transact, parts: CredentialParts & MessageParts, log: Logger): Promise<boolean> {
  let some = await transact(expireInvitations);
  for (const person of await transact(duePlaces)) {
    try {
      some = (await transact((unit, now) => endPlaceDue(unit, parts, person, now))) || some;
    } catch (error) {
      log.error({ person, err: error }, "could not end a place whose time is over; it will be tried again");
    }
  }
  return some;
}

async function duePlaces(unit: Unit, now: number): Promise<string[]> {
  const rows = await unit.selectFrom("memberships").select("person_id").where("state", "<>", "ended").where("ends_at", "<=", now).orderBy("ends_at").orderBy("person_id").limit(HOUSEHOLD_UPKEEP_ROWS_MAX).execute();
  return rows.map((row) => row.person_id);
}

async function endPlaceDue(unit: Unit, parts: CredentialParts & MessageParts, person: string, now: number): Promise<boolean> {
  const { member } = await readPlace(unit, person);
  // Gone with the last lease, or given more time, a moment ago.
  if (member.state === "ended" || member.ends_at === null || member.ends_at > now) return false;
  if (member.role === "administrator" && member.state === "active") {
    await endLease(unit, parts, member, UPKEEP, now);
    return true;
  }
  await endPlace(unit, member, "expired", UPKEEP, now);
  await tellRemoved(unit, parts, member, "expired", now);
  await closeIfEmpty(unit, member.household_id, now);
  return true;
}

async function expireInvitations(unit: Unit, now: number): Promise<boolean> {
  const stale = await unit.updateTable("invitations").set({ state: "expired", answered_at: now }).where("state", "=", "pending").where("expires_at", "<=", now).executeTakeFirst();
  return Number(stale.numUpdatedRows) > 0;
}
