import { invitationAfter, stateAt, type InvitationEvent } from "../invitations/invitation-state";
import { hashToken, TOKEN_PATTERN } from "../keys/secret-token";
import { addPerson } from "../people/add-person";
import type { PinParts } from "../pins/codes";
import { Refusal, type ProblemCode } from "../refusal";
import type { Unit } from "../store/store";
import type { KeyLinkRow, KeyRow } from "../store/rows/sharing-rows";
import { activateKey } from "./activate-key";
import { endKey } from "./end-key";
import { readKey } from "./read-key";

/** @throws {Refusal} `invitation-gone`: there is none with this token, or no longer; which of the two is nobody's business. */
export async function keyLinkByToken(unit: Unit, token: string): Promise<KeyLinkRow> {
  const row = TOKEN_PATTERN.test(token) ? await unit.selectFrom("key_links").selectAll().where("token_hash", "=", hashToken(token)).executeTakeFirst() : undefined;
  if (row === undefined) throw refusal("invitation-gone");
  return row;
}

/** The key that a link offers. @throws {Refusal} `invitation-used`, `invitation-gone`. */
export async function offeredKey(unit: Unit, token: string, now: number): Promise<{ key: KeyRow; link: KeyLinkRow }> {
  const link = await keyLinkByToken(unit, token);
  const state = stateAt(link, now);
  if (state !== "pending") throw refusal(state === "accepted" || state === "declined" ? "invitation-used" : "invitation-gone");
  return { key: await readKey(unit, link.key_id), link };
}

/**
 * Takes the key that a link offers, with whatever addresses the account has, because whoever has the link was meant.
 * Again by the same account: the same acceptance. Of all who try, one wins, and the others are told (S3).
 * @returns the key.
 * @throws {Refusal} `invitation-used`, `invitation-gone`, `another-account`: its user has accepted a key with another
 * one; `end-not-in-future`, `door-full` and what else `activateKey` says.
 */
export async function acceptKey(unit: Unit, parts: PinParts, token: string, account: string, now: number): Promise<string> {
  const link = await keyLinkByToken(unit, token);
  if ((await settle(unit, link, "accepted", account, now)) === "already") return link.key_id;
  await requireSameUser(unit, await readKey(unit, link.key_id), account);
  await keepApart(unit, parts, link.key_id, account, now);
  const key = await readKey(unit, link.key_id);
  await activateKey(unit, parts, key, now, { account });
  // The registrant's own name wins, and only now (N2).
  const { name } = await unit.selectFrom("accounts").select("name").where("id", "=", account).executeTakeFirstOrThrow();
  if (name !== "") await unit.updateTable("people").set({ name }).where("id", "=", key.person_id).execute();
  return key.id;
}

/**
 * @param account undefined: nobody has signed in; whoever has the link may say no.
 * @throws {Refusal} `invitation-used`, `invitation-gone`.
 */
export async function declineKey(unit: Unit, token: string, account: string | undefined, now: number): Promise<void> {
  const link = await keyLinkByToken(unit, token);
  if ((await settle(unit, link, "declined", account, now)) === "already") return;
  await endKey(unit, await readKey(unit, link.key_id), "declined", account === undefined ? "invitee" : `account/${account}`, now);
}

/** @returns "already" where this account had answered just so. */
async function settle(unit: Unit, link: KeyLinkRow, event: InvitationEvent, account: string | undefined, now: number): Promise<"now" | "already"> {
  const state = stateAt(link, now);
  const next = invitationAfter(state, event, account !== undefined && link.account_id === account);
  if ("refused" in next) throw refusal(next.refused);
  if (state === next.state) return "already";
  const { numUpdatedRows } = await unit
    .updateTable("key_links")
    .set({ state: next.state, answered_at: now, account_id: account ?? null })
    .where("id", "=", link.id)
    .where("state", "=", "pending")
    .executeTakeFirst();
  if (Number(numUpdatedRows) !== 1) throw refusal("invitation-used");
  return "now";
}

/** A key has one user (S1): two accounts are two people. */
async function requireSameUser(unit: Unit, key: KeyRow, account: string): Promise<void> {
  const other = await unit.selectFrom("keys").select("id").where("person_id", "=", key.person_id).where("state", "=", "active").where("account_id", "is not", null).where("account_id", "<>", account).executeTakeFirst();
  if (other !== undefined) throw new Refusal("another-account", "This key is for somebody who has accepted another one with a different account.");
}

/**
 * Whoever has a link may open it with any account, its giver too. What its user has from others is not theirs for
 * that: unless whoever runs the property has said that this link is for this person, or the account is known to be
 * theirs, the key gets a user of its own.
 */
async function keepApart(unit: Unit, parts: PinParts, id: string, account: string, now: number): Promise<void> {
  const key = await readKey(unit, id);
  if (key.giver_account === null || key.giver_person !== null || (await isManager(unit, key.property_id, key.giver_account))) return;
  const accepted = await unit.selectFrom("keys").select("id").where("person_id", "=", key.person_id).where("state", "=", "active").where("account_id", "=", account).executeTakeFirst();
  if (accepted !== undefined || !(await hasMoreThanFrom(unit, key.person_id, key.giver_account))) return;
  const { name, class: holderClass } = await unit.selectFrom("people").select(["name", "class"]).where("id", "=", key.person_id).executeTakeFirstOrThrow();
  const person = await addPerson(unit, parts.keystore, { property: key.property_id, name, class: holderClass }, key.created_by, now);
  await unit.updateTable("keys").set({ person_id: person }).where("id", "=", id).execute();
}

async function isManager(unit: Unit, property: string, account: string): Promise<boolean> {
  return (await unit.selectFrom("managers").select("account_id").where("property_id", "=", property).where("account_id", "=", account).executeTakeFirst()) !== undefined;
}

/** Whether somebody has anything that another one than this giver gave them. */
async function hasMoreThanFrom(unit: Unit, person: string, giver: string): Promise<boolean> {
  const key = await unit
    .selectFrom("keys")
    .select("id")
    .where("person_id", "=", person)
    .where("state", "<>", "ended")
    .where((eb) => eb.or([eb("giver_account", "is", null), eb("giver_account", "<>", giver)]))
    .executeTakeFirst();
  if (key !== undefined) return true;
  const credential = await unit.selectFrom("credentials").select("id").where("person_id", "=", person).where("key_id", "is", null).where("revoked_at", "is", null).executeTakeFirst();
  if (credential !== undefined) return true;
  return (await unit.selectFrom("group_people").select("group_id").where("person_id", "=", person).executeTakeFirst()) !== undefined;
}

function refusal(code: ProblemCode): Refusal {
  if (code === "invitation-used") return new Refusal(code, "This link has been used: somebody has answered already.");
  return new Refusal(code, code === "invitation-gone" ? "This link leads to no key any more." : undefined);
}
