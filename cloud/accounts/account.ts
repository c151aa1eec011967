import { audit } from "../audit/audit";
import type { Keystore } from "../keys/keystore";
import { Refusal } from "../refusal";
import { newId } from "../store/ids";
import type { Unit } from "../store/store";
import type { AccountRow, IdentifierRow, LanguageName } from "../store/rows/account-rows";
import type { Identifier } from "./identifier";

/** Whose an identifier is; undefined where it is nobody's yet. */
export async function findAccountOf(unit: Unit, { kind, value }: Identifier): Promise<string | undefined> {
  const row = await unit.selectFrom("identifiers").select("account_id").where("kind", "=", kind).where("value", "=", value).executeTakeFirst();
  return row?.account_id;
}

/**
 * The account of somebody who has just proved that they read what is sent to an identifier.
 * @param name undefined: they have not said how they are called, and whoever invites them may.
 * @returns its id.
 */
export async function createAccount(unit: Unit, { dataKeys: keys }: Pick<Keystore, "dataKeys">, identifier: Identifier, { name, language }: { name: string | undefined; language: LanguageName }, now: number): Promise<string> {
  const account = newId();
  await unit.insertInto("accounts").values({ id: account, name: name ?? "", language, created_at: now }).execute();
  await unit.insertInto("identifiers").values({ id: newId(), account_id: account, ...identifier, verified_at: now }).execute();
  await audit(unit, { at: now, actor: `account/${account}`, action: "account.create", subject: `account/${account}`, detail: { by: identifier.kind }, personal: { keys, owner: `account/${account}`, detail: { name: name ?? "", value: identifier.value } } });
  return account;
}

/** @throws Refusal `not-found` where it was erased. */
export async function readAccount(unit: Unit, account: string): Promise<AccountRow> {
  const row = await unit.selectFrom("accounts").selectAll().where("id", "=", account).where("erased_at", "is", null).executeTakeFirst();
  if (row === undefined) throw new Refusal("not-found", "There is no such account.");
  return row;
}

export async function changeAccount(unit: Unit, account: string, change: { name?: string | undefined; language?: LanguageName | undefined }, now: number): Promise<void> {
  const { name, language } = await readAccount(unit, account);
  const wanted = { name: change.name ?? name, language: change.language ?? language };
  if (wanted.name === name && wanted.language === language) return;
  await unit.updateTable("accounts").set(wanted).where("id", "=", account).execute();
  await audit(unit, { at: now, actor: `account/${account}`, action: "account.change", subject: `account/${account}`, detail: { name: wanted.name !== name, language: wanted.language } });
}

/** Oldest first: the first one of a kind is where messages go. */
export function identifiersOf(unit: Unit, account: string): Promise<IdentifierRow[]> {
  return unit.selectFrom("identifiers").selectAll().where("account_id", "=", account).orderBy("verified_at").orderBy("id").execute();
}
