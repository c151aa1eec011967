import { actorName, type Actor } from "../accounts/actor";
import { audit } from "../audit/audit";
import type { MessageParts } from "../messages/queue-message";
import { renewViewedPins, type RenewedPerson } from "../pins/renew-viewed-pins";
import { Refusal } from "../refusal";
import { requireOnMember } from "../rules/read-standing";
import type { Unit } from "../store/store";
import type { MembershipRow } from "../store/rows/household-rows";
import { checkPlaceTerms } from "./add-place";
import { endMembers } from "./end-members";
import { matchHousehold, type CredentialParts } from "./member-access";
import { livePlaces } from "./read-place";
import { closeIfEmpty, removalThatEnded, tellRemoved } from "./remove-member";

/**
 * A leaseholder moves out (M9): of this lease only, whatever else the account has stays. With the last of a household
 * everybody in it goes, and every share. At an instant in the future the lease gets that end, which doors honour
 * without a network, and so does everybody whom it holds.
 * @param at Unix seconds; undefined = now.
 * @returns the removal; undefined for an end that is still to come. Again: the same removal.
 * @throws {Refusal} `not-found`, `not-allowed`, `membership-ended`, `end-before-start`.
 */
export async function moveOut(unit: Unit, parts: CredentialParts & MessageParts, person: string, at: number | undefined, actor: Actor, now: number): Promise<string | undefined> {
  const { membership } = await requireOnMember(unit, actor, person, "end-lease", now, "lease");
  if (membership.state === "ended") return removalThatEnded(unit, person);
  if (at === undefined || at <= now) return endLease(unit, parts, membership, actorName(actor), now);
  checkPlaceTerms({ windows: [], start: membership.starts_at, end: at }, now);
  await unit.updateTable("memberships").set({ ends_at: at, version: membership.version + 1 }).where("person_id", "=", person).execute();
  await audit(unit, { at: now, actor: actorName(actor), action: "lease.change", subject: `person/${person}`, detail: { household: membership.household_id, end: at } });
  await matchHousehold(unit, parts, membership.household_id, actorName(actor), now);
  return undefined;
}

/** Ends a lease now, with all that the last one of a household takes along. @returns the removal. */
export async function endLease(unit: Unit, parts: CredentialParts & MessageParts, lease: MembershipRow, actor: string, now: number): Promise<string> {
  const others = (await livePlaces(unit, lease.household_id)).filter((place) => place.person_id !== lease.person_id);
  const last = !others.some((place) => place.role === "administrator");
  const leaving = last ? [lease, ...others] : [lease];
  const removal = await endMembers(unit, { household: lease.household_id, kind: "moved-out", people: leaving.map((place) => place.person_id) }, actor, now);
  for (const place of leaving) await tellRemoved(unit, parts, place, "moved-out", now);
  await closeIfEmpty(unit, lease.household_id, now);
  // Those who stay are held by the leases that stay.
  if (!last) await matchHousehold(unit, parts, lease.household_id, actor, now);
  return removal;
}

export interface CourtOrder {
  /** What it rests on, such as a file number. */
  document: string;
  /** Whether what they gave to third parties ends as well. */
  sharesEnd: boolean;
}

/**
 * Ends the lease of somebody whom a court has told to stay away (O7): theirs alone. Those who live there stay, even
 * if no leaseholder is left, and every code of theirs that the removed one had looked at is renewed.
 * @returns the removal, and whose codes are new. Again: the same removal, and nothing more is renewed.
 * @throws {Refusal} `not-found`, `not-allowed`, `membership-ended`, `door-full`.
 */
export async function courtOrder(unit: Unit, parts: CredentialParts & MessageParts & { publicUrl(): string }, person: string, { document, sharesEnd }: CourtOrder, actor: Actor, now: number): Promise<{ removal: string; renewed: RenewedPerson[] }> {
  const { membership } = await requireOnMember(unit, actor, person, "court-order", now, "lease");
  if (membership.state === "ended") {
    if (membership.end_reason !== "court-order") throw new Refusal("membership-ended");
    return { removal: await removalThatEnded(unit, person), renewed: [] };
  }
  const { household_id: household, account_id: account } = membership;
  const shares = sharesEnd ? (await livePlaces(unit, household)).filter((place) => place.role === "share" && place.invited_by === person) : [];
  const removal = await endMembers(unit, { household, kind: "court-order", document, people: [person, ...shares.map((share) => share.person_id)] }, actorName(actor), now);
  const renewed = account === null ? [] : await renewViewedPins(unit, parts, [`account/${account}`], household, removal, actorName(actor), now);
  await tellRemoved(unit, parts, membership, "court-order", now);
  await closeIfEmpty(unit, household, now);
  await matchHousehold(unit, parts, household, actorName(actor), now);
  return { removal, renewed };
}
