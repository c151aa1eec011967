import { invitationAfter, stateAt, type InvitationEvent } from "../invitations/invitation-state";
import { hashToken, TOKEN_PATTERN } from "../keys/secret-token";
import type { PinParts } from "../pins/codes";
import { Refusal, type ProblemCode } from "../refusal";
import type { Unit } from "../store/store";
import type { KeyLinkRow, KeyRow } from "../store/tables";
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
  const key = await readKey(unit, link.key_id);
  await requireSameUser(unit, key, account);
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

function refusal(code: ProblemCode): Refusal {
  if (code === "invitation-used") return new Refusal(code, "This link has been used: somebody has answered already.");
  return new Refusal(code, code === "invitation-gone" ? "This link leads to no key any more." : undefined);
}
