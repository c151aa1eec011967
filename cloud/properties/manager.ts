import type { AccountActor } from "../accounts/actor";
import { parseIdentifier } from "../accounts/identifier";
import { audit } from "../audit/audit";
import { hashToken, newToken } from "../keys/secret-token";
import { MANAGERS_PER_PROPERTY_MAX, MANAGER_INVITATION_SECONDS } from "../limits";
import { pageLink } from "../messages/page-link";
import { queueMessage, type MessageParts } from "../messages/queue-message";
import { Refusal } from "../refusal";
import { newId } from "../store/ids";
import type { Unit } from "../store/store";
import type { LanguageName } from "../store/rows/account-rows";
import type { ManagerInvitationRow } from "../store/rows/property-rows";

export interface ManagerInviting extends MessageParts {
  publicUrl(): string;
}

/**
 * Invites somebody to manage a property, by an e-mail with a link that works once; an earlier link to the same
 * address dies. Nothing tells whether the address has an account.
 * @param email as people type it.
 * @throws {Refusal} `bad-identifier`, `too-many-managers`.
 */
export async function inviteManager(unit: Unit, parts: ManagerInviting, { property, email, language }: { property: string; email: string; language: LanguageName }, actor: string, now: number): Promise<ManagerInvitationRow> {
  const to = parseIdentifier(email);
  if (to.kind !== "email") throw new Refusal("bad-identifier", "This is not an e-mail address.");
  const { name, time_zone } = await unit.selectFrom("properties").select(["name", "time_zone"]).where("id", "=", property).executeTakeFirstOrThrow();
  await unit.updateTable("manager_invitations").set({ ended_at: now }).where("property_id", "=", property).where("email", "=", to.value).where("ended_at", "is", null).execute();
  const waiting = await unit.selectFrom("manager_invitations").select("id").where("property_id", "=", property).where("ended_at", "is", null).execute();
  const managers = await unit.selectFrom("managers").select("account_id").where("property_id", "=", property).execute();
  if (waiting.length + managers.length >= MANAGERS_PER_PROPERTY_MAX) throw new Refusal("too-many-managers", `A property has at most ${MANAGERS_PER_PROPERTY_MAX} managers, with those who are invited.`);
  const token = newToken();
  const row = { id: newId(), property_id: property, email: to.value, token_hash: hashToken(token), created_at: now, created_by: actor, expires_at: now + MANAGER_INVITATION_SECONDS, ended_at: null };
  await unit.insertInto("manager_invitations").values(row).execute();
  const values = { property: name, link: pageLink(parts.publicUrl(), "manager-invitation", token), until: { at: row.expires_at, timeZone: time_zone } };
  await queueMessage(unit, parts, { kind: "manager-invitation", language, values, to }, now);
  await audit(unit, { at: now, actor, action: "manager.invite", subject: `property/${property}`, detail: { invitation: row.id } });
  return row;
}

/**
 * Whoever has the link becomes a manager; of two at once, one.
 * @returns the property. @throws {Refusal} `invitation-used`: used, replaced, withdrawn, too old, or none.
 */
export async function acceptManager(unit: Unit, actor: AccountActor, token: string, now: number): Promise<string> {
  const row = await unit.selectFrom("manager_invitations").selectAll().where("token_hash", "=", hashToken(token)).executeTakeFirst();
  if (row === undefined || row.ended_at !== null || row.expires_at <= now) throw new Refusal("invitation-used");
  const taken = await unit.updateTable("manager_invitations").set({ ended_at: now }).where("id", "=", row.id).where("ended_at", "is", null).executeTakeFirst();
  if (Number(taken.numUpdatedRows) !== 1) throw new Refusal("invitation-used");
  const name = `account/${actor.account}`;
  await unit
    .insertInto("managers")
    .values({ property_id: row.property_id, account_id: actor.account, created_at: now, created_by: row.created_by })
    .onConflict((conflict) => conflict.columns(["property_id", "account_id"]).doNothing())
    .execute();
  await audit(unit, { at: now, actor: name, action: "manager.accept", subject: `property/${row.property_id}`, detail: { invitation: row.id } });
  return row.property_id;
}

/** From now on the account is no manager there; its sessions find out with their next request. @throws {Refusal} `not-found`. */
export async function removeManager(unit: Unit, property: string, account: string, actor: string, now: number): Promise<void> {
  const gone = await unit.deleteFrom("managers").where("property_id", "=", property).where("account_id", "=", account).executeTakeFirst();
  if (Number(gone.numDeletedRows) === 0) throw new Refusal("not-found", "There is no such manager.");
  await audit(unit, { at: now, actor, action: "manager.remove", subject: `property/${property}`, detail: { account } });
}

/** The link that was sent is dead from now on. @throws {Refusal} `not-found`: also once it has been used. */
export async function withdrawManagerInvitation(unit: Unit, property: string, invitation: string, actor: string, now: number): Promise<void> {
  const ended = await unit.updateTable("manager_invitations").set({ ended_at: now }).where("id", "=", invitation).where("property_id", "=", property).where("ended_at", "is", null).executeTakeFirst();
  if (Number(ended.numUpdatedRows) === 0) throw new Refusal("not-found", "There is no such invitation.");
  await audit(unit, { at: now, actor, action: "manager.withdraw", subject: `property/${property}`, detail: { invitation } });
}
