import { audit } from "../audit/audit";
import { linkLeases } from "../households/link-leases";
import { withdrawInvitationsTo } from "../invitations/withdraw";
import { IDENTIFIERS_PER_ACCOUNT_MAX } from "../limits";
import { sendsTexts } from "../messages/channels";
import { queueMessage, type Recipient } from "../messages/queue-message";
import { Refusal } from "../refusal";
import { newId } from "../store/ids";
import type { Unit } from "../store/store";
import type { IdentifierRow } from "../store/rows/account-rows";
import type { AccountParts } from "./account-parts";
import { findAccountOf, identifiersOf, readAccount } from "./account";
import type { Identifier } from "./identifier";

/** @throws Refusal `too-many-identifiers`. */
export async function requireRoomForIdentifier(unit: Unit, account: string): Promise<void> {
  const identifiers = await identifiersOf(unit, account);
  if (identifiers.length >= IDENTIFIERS_PER_ACCOUNT_MAX) throw new Refusal("too-many-identifiers", `An account has at most ${IDENTIFIERS_PER_ACCOUNT_MAX}: remove one.`);
}

/**
 * An identifier that was just proved joins an account; those that it had before are told (A2), and leases that were
 * waiting for it appear (M2).
 * @throws Refusal `identifier-taken`: only whoever has proved that they read what is sent to it learns that.
 */
export async function addIdentifier(unit: Unit, parts: AccountParts, account: string, identifier: Identifier, now: number): Promise<void> {
  const holder = await findAccountOf(unit, identifier);
  if (holder === account) return;
  if (holder !== undefined) throw new Refusal("identifier-taken", "Sign in to that account with it, and remove it there first.");
  await requireRoomForIdentifier(unit, account);
  const before = await identifiersOf(unit, account);
  await unit.insertInto("identifiers").values({ id: newId(), account_id: account, ...identifier, verified_at: now }).execute();
  await audit(unit, { at: now, actor: `account/${account}`, action: "identifier.add", subject: `account/${account}`, detail: { kind: identifier.kind }, personal: { keys: parts.keystore.dataKeys, owner: `account/${account}`, detail: { value: identifier.value } } });
  await tell(unit, parts, account, before, { change: "added", identifier: identifier.value }, now);
  await linkLeases(unit, parts, account, now);
}

/**
 * Takes an identifier from an account; it and those that stay are told, and its next owner inherits no invitation (A2).
 * @returns what went.
 * @throws Refusal `not-found`, `last-identifier`.
 */
export async function removeIdentifier(unit: Unit, parts: AccountParts, account: string, id: string, now: number): Promise<IdentifierRow> {
  const identifiers = await identifiersOf(unit, account);
  const going = identifiers.find((row) => row.id === id);
  if (going === undefined) throw new Refusal("not-found", "The account has no such e-mail address or phone number.");
  if (identifiers.length === 1) throw new Refusal("last-identifier", "Add another one first: nobody could sign in without.");
  await unit.deleteFrom("identifiers").where("id", "=", id).execute();
  // Codes on their way to it must not prove anything for this account any more.
  await unit.deleteFrom("codes").where("kind", "=", going.kind).where("value", "=", going.value).where("account_id", "=", account).execute();
  await withdrawInvitationsTo(unit, going, now);
  await audit(unit, { at: now, actor: `account/${account}`, action: "identifier.remove", subject: `account/${account}`, detail: { kind: going.kind }, personal: { keys: parts.keystore.dataKeys, owner: `account/${account}`, detail: { value: going.value } } });
  await tell(unit, parts, account, identifiers, { change: "removed", identifier: going.value }, now);
  return going;
}

async function tell(unit: Unit, parts: AccountParts, account: string, recipients: Recipient[], values: { change: "added" | "removed"; identifier: string }, now: number): Promise<void> {
  const { language } = await readAccount(unit, account);
  for (const { kind, value } of recipients) {
    if (kind === "phone" && !sendsTexts(parts.channels)) continue;
    await queueMessage(unit, parts, { to: { kind, value }, language, kind: "identifier-changed", values }, now);
  }
}
