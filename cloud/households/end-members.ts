import { audit } from "../audit/audit";
import { withdrawInvitations } from "../invitations/withdraw";
import { revokePerson } from "../people/revoke";
import { Refusal } from "../refusal";
import { newId } from "../store/ids";
import type { Unit } from "../store/store";
import type { MembershipRow, RemovalRow } from "../store/rows/household-rows";
import { membershipAfter, mayEndBy, type EndReason } from "./membership-state";
import { readPlace } from "./read-place";

/** One act that ends places of one household. */
export interface Ending {
  household: string;
  kind: RemovalRow["kind"];
  /** What a court order rests on. */
  document?: string | undefined;
  /** Whose places end with it; of those that have ended already nothing changes. */
  people: readonly string[];
}

/**
 * Ends places, and with each all that its holder opens doors with, as one removal (O11, X1). What they had given to
 * third parties stays (O12); whom they had invited and who has not answered is invited no more.
 * @returns the removal.
 * @throws {Refusal} `not-found`, `not-allowed`: nobody removes an administrator in that way.
 */
export async function endMembers(unit: Unit, { household, kind, document, people }: Ending, actor: string, now: number): Promise<string> {
  const removal = newId();
  await unit.insertInto("removals").values({ id: removal, household_id: household, kind, document: document ?? null, created_at: now, created_by: actor }).execute();
  for (const person of people) {
    const { member } = await readPlace(unit, person);
    if (member.household_id !== household) throw new Error("a removal is of one household");
    if (member.state === "ended") continue;
    const revocation = await endPlace(unit, member, kind, actor, now);
    await unit.updateTable("revocations").set({ removal_id: removal }).where("id", "=", revocation).execute();
  }
  await audit(unit, { at: now, actor, action: "household.removal", subject: `household/${household}`, detail: { removal, kind, people: [...people], ...(document !== undefined && { document }) } });
  return removal;
}

/** @returns the revocation of all that its holder opens doors with. @throws {Refusal} as the states of a place say. */
export async function endPlace(unit: Unit, member: MembershipRow, reason: EndReason, actor: string, now: number): Promise<string> {
  if (!mayEndBy(member.role, reason)) throw new Refusal("not-allowed");
  const next = membershipAfter(member.state, reason);
  if ("refused" in next) throw new Refusal(next.refused);
  await unit.updateTable("memberships").set({ state: next.state, ended_at: now, end_reason: reason, version: member.version + 1 }).where("person_id", "=", member.person_id).execute();
  await withdrawInvitations(unit, member.person_id, reason === "declined" || reason === "expired" ? reason : "withdrawn", now);
  const revocation = await revokePerson(unit, member.person_id, actor, now);
  const unanswered = await unit.selectFrom("memberships").selectAll().where("invited_by", "=", member.person_id).where("state", "=", "pending").execute();
  for (const guest of unanswered) await endPlace(unit, guest, "withdrawn", actor, now);
  return revocation;
}

/** The removal that ended a place; undefined where it ended in another way, or goes on. */
export async function removalOf(unit: Unit, person: string): Promise<string | undefined> {
  const row = await unit.selectFrom("revocations").select("removal_id").where("person_id", "=", person).where("removal_id", "is not", null).executeTakeFirst();
  return row?.removal_id ?? undefined;
}
