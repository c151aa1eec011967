import { audit } from "../audit/audit";
import { activate } from "../households/activate";
import { endPlace } from "../households/end-members";
import { hasPlace } from "../households/link-leases";
import type { CredentialParts } from "../households/member-access";
import { readPlace } from "../households/read-place";
import { hashToken, TOKEN_PATTERN } from "../keys/secret-token";
import { Refusal } from "../refusal";
import type { Unit } from "../store/store";
import type { InvitationRow } from "../store/rows/household-rows";
import { invitationAfter, stateAt, type InvitationEvent } from "./invitation-state";

/** @throws {Refusal} `invitation-gone`: there is none with this token, or no longer; which of the two is nobody's business. */
export async function invitationByToken(unit: Unit, token: string): Promise<InvitationRow> {
  const row = TOKEN_PATTERN.test(token) ? await unit.selectFrom("invitations").selectAll().where("token_hash", "=", hashToken(token)).executeTakeFirst() : undefined;
  if (row === undefined) throw new Refusal("invitation-gone");
  return row;
}

/**
 * An invitation whose place has an address that the account has verified, since before it was sent or at any time
 * after (M7); a lease is not answered like this, it links itself or by its link.
 * @throws {Refusal} `not-found`: there is none for this account.
 */
export async function invitationForAccount(unit: Unit, invitation: string, account: string, now: number): Promise<InvitationRow> {
  const row = await unit.selectFrom("invitations").selectAll().where("id", "=", invitation).executeTakeFirst();
  const known = row?.account_id === account || (await invitationsForAccount(unit, account, now)).some(({ id }) => id === invitation);
  if (row === undefined || !known) throw new Refusal("not-found", "There is no such invitation.");
  return row;
}

/** Invitations that wait for an answer of whoever has this account, by its verified addresses. */
export async function invitationsForAccount(unit: Unit, account: string, now: number): Promise<InvitationRow[]> {
  const identifiers = await unit.selectFrom("identifiers").select("value").where("account_id", "=", account).execute();
  if (identifiers.length === 0) return [];
  const values = identifiers.map(({ value }) => value);
  return unit
    .selectFrom("invitations as invitation")
    .innerJoin("memberships as place", "place.person_id", "invitation.person_id")
    .where("invitation.state", "=", "pending")
    .where("invitation.kind", "=", "invitation")
    .where("invitation.expires_at", ">", now)
    .where((eb) => eb.or([eb("place.email", "in", values), eb("place.phone", "in", values)]))
    .selectAll("invitation")
    .orderBy("invitation.created_at")
    .execute();
}

/**
 * Takes the place that an invitation offers, or links a lease (M4, M6–M8): with whatever addresses the account has,
 * because whoever has the link was meant. Again by the same account: the same acceptance. Of two, one wins.
 * @returns the person.
 * @throws {Refusal} `invitation-used`, `invitation-gone`, `already-member`, `membership-ended`, `door-full`.
 */
export async function acceptInvitation(unit: Unit, parts: CredentialParts, invitation: InvitationRow, account: string, now: number): Promise<string> {
  const person = invitation.person_id;
  if ((await settle(unit, invitation, "accepted", account, now)) === "already") return person;
  const { member, household } = await readPlace(unit, person);
  if (await hasPlace(unit, household.id, account)) throw new Refusal("already-member");
  await unit.updateTable("memberships").set({ account_id: account, version: member.version + 1 }).where("person_id", "=", person).execute();
  // The registrant's own name wins; a lease has the one that the manager has seen.
  const { name } = await unit.selectFrom("accounts").select("name").where("id", "=", account).executeTakeFirstOrThrow();
  if (invitation.kind === "invitation" && name !== "") await unit.updateTable("people").set({ name }).where("id", "=", person).execute();
  await audit(unit, { at: now, actor: `account/${account}`, action: "invitation.accept", subject: `person/${person}`, detail: { invitation: invitation.id, household: household.id } });
  await activate(unit, parts, person, `account/${account}`, now);
  return person;
}

/**
 * @param account undefined: nobody has signed in; whoever has the link may say no.
 * @throws {Refusal} `invitation-used`, `invitation-gone`; `not-allowed` for leases, which are linked and nothing else.
 */
export async function declineInvitation(unit: Unit, invitation: InvitationRow, account: string | undefined, now: number): Promise<void> {
  if (invitation.kind === "lease") throw new Refusal("not-allowed", "A lease is not declined here: speak to the manager.");
  await settle(unit, invitation, "declined", account, now);
  const actor = account === undefined ? "invitee" : `account/${account}`;
  const { member } = await readPlace(unit, invitation.person_id);
  await audit(unit, { at: now, actor, action: "invitation.decline", subject: `person/${member.person_id}`, detail: { invitation: invitation.id, household: member.household_id } });
  await endPlace(unit, member, "declined", actor, now);
}

/** @returns "already" where this account had answered just so. */
async function settle(unit: Unit, invitation: InvitationRow, event: InvitationEvent, account: string | undefined, now: number): Promise<"now" | "already"> {
  const state = stateAt(invitation, now);
  const next = invitationAfter(state, event, account !== undefined && invitation.account_id === account);
  if ("refused" in next) throw new Refusal(next.refused);
  if (state === next.state) return "already";
  const { numUpdatedRows } = await unit
    .updateTable("invitations")
    .set({ state: next.state, answered_at: now, account_id: account ?? null })
    .where("id", "=", invitation.id)
    .where("state", "=", "pending")
    .executeTakeFirst();
  if (Number(numUpdatedRows) !== 1) throw new Refusal("invitation-used");
  return "now";
}
