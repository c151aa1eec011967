import { actorName, type Actor } from "../accounts/actor";
import { queueToAccount, type MessageParts } from "../messages/queue-message";
import { Refusal } from "../refusal";
import { requireOnMember } from "../rules/read-standing";
import type { Unit } from "../store/store";
import type { MembershipRow, RemovalRow } from "../store/rows/household-rows";
import { endMembers, endPlace, removalOf } from "./end-members";
import { livePlaces, readPlace } from "./read-place";

/**
 * Removes a resident or a guest: all their access ends at once (O11). Again: the same removal.
 * @returns the removal.
 * @throws {Refusal} `not-found`, `not-allowed` (O13), `membership-ended`: it ended by itself.
 */
export async function removeMember(unit: Unit, parts: MessageParts, person: string, actor: Actor, now: number): Promise<string> {
  const { membership } = await requireOnMember(unit, actor, person, "remove", now);
  return end(unit, parts, membership, "removed", actor, now);
}

/**
 * Ends what a member gave to a third party (O12). Again: the same removal.
 * @throws {Refusal} `not-found`, `not-allowed`, `membership-ended`.
 */
export async function endShare(unit: Unit, parts: MessageParts, person: string, actor: Actor, now: number): Promise<string> {
  const { membership } = await requireOnMember(unit, actor, person, "end-share", now, "share");
  return end(unit, parts, membership, "share-ended", actor, now);
}

/**
 * Takes back an invitation that nobody has accepted; its link is dead.
 * @throws {Refusal} `not-found`, `not-allowed`, `not-pending`, `membership-ended`.
 */
export async function withdrawMember(unit: Unit, person: string, actor: Actor, now: number): Promise<void> {
  const { membership } = await requireOnMember(unit, actor, person, "invite", now);
  await endPlace(unit, membership, "withdrawn", actorName(actor), now);
  await closeIfEmpty(unit, membership.household_id, now);
}

async function end(unit: Unit, parts: MessageParts, member: MembershipRow, kind: "removed" | "share-ended", actor: Actor, now: number): Promise<string> {
  if (member.state === "ended") return removalThatEnded(unit, member.person_id);
  const removal = await endMembers(unit, { household: member.household_id, kind, people: [member.person_id] }, actorName(actor), now);
  await tellRemoved(unit, parts, member, kind, now);
  await closeIfEmpty(unit, member.household_id, now);
  return removal;
}

/** @throws {Refusal} `membership-ended`: by itself, or before anybody accepted. */
export async function removalThatEnded(unit: Unit, person: string): Promise<string> {
  const removal = await removalOf(unit, person);
  if (removal === undefined) throw new Refusal("membership-ended");
  return removal;
}

/** Whoever had taken the place learns that it has ended, and how. */
export async function tellRemoved(unit: Unit, parts: MessageParts, before: MembershipRow, how: RemovalRow["kind"] | "expired", now: number): Promise<void> {
  if (before.state !== "active" || before.account_id === null) return;
  const { household } = await readPlace(unit, before.person_id);
  const { name: property, time_zone: timeZone } = await unit.selectFrom("properties").select(["name", "time_zone"]).where("id", "=", household.property_id).executeTakeFirstOrThrow();
  const { name: flat } = await unit.selectFrom("units").select("name").where("id", "=", household.unit_id).executeTakeFirstOrThrow();
  await queueToAccount(unit, parts, before.account_id, { kind: "removed", values: { property, unit: flat, how, at: { at: now, timeZone } } }, now);
}

/** A household that nobody is left in is over: whoever moves in next is another one. */
export async function closeIfEmpty(unit: Unit, household: string, now: number): Promise<void> {
  if ((await livePlaces(unit, household)).length > 0) return;
  await unit.updateTable("households").set({ ended_at: now }).where("id", "=", household).where("ended_at", "is", null).execute();
}
