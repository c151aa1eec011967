import { equalBytes } from "../../protocol/bytes";
import type { AccountActor } from "../accounts/actor";
import { audit } from "../audit/audit";
import { AGENT_CHARACTERS_MAX, PHONES_KEPT_MAX, PHONES_PER_ACCOUNT_MAX } from "../limits";
import { Refusal } from "../refusal";
import { newId } from "../store/ids";
import type { PhoneRow } from "../store/rows/phone-rows";
import type { Unit } from "../store/store";

/** A phone, and whether the session that it asked with last goes on. */
export interface KnownPhone extends PhoneRow {
  signedIn: boolean;
}

/** All that an account's list has of phones, those that were ended too: newest first. */
export async function phonesOf(unit: Unit, account: string): Promise<KnownPhone[]> {
  const rows = await unit
    .selectFrom("phones as phone")
    .leftJoin("sessions as session", (join) => join.onRef("session.id", "=", "phone.session_id").on("session.ended_at", "is", null))
    .selectAll("phone")
    .select("session.id as living")
    .where("phone.account_id", "=", account)
    .orderBy("phone.created_at", "desc")
    .orderBy("phone.id")
    .execute();
  return rows.map(({ living, ...phone }) => ({ ...phone, signedIn: living !== null }));
}

/**
 * Notes that a phone asks for keys: the same one by its public key.
 * @param publicKey raw point. @param agent what it calls itself, for the list in which its owner recognises it.
 * @returns its id.
 * @throws {Refusal} `phone-ended`: its keys were ended (A1), and it takes another pair of keys; `too-many-phones`.
 */
export async function registerPhone(unit: Unit, { account, session }: Pick<AccountActor, "account" | "session">, publicKey: Uint8Array, agent: string, now: number): Promise<string> {
  const phones = await phonesOf(unit, account);
  const known = phones.find((phone) => equalBytes(phone.public_key, publicKey));
  if (known !== undefined) {
    if (known.ended_at !== null) throw new Refusal("phone-ended");
    await unit.updateTable("phones").set({ session_id: session, seen_at: now }).where("id", "=", known.id).execute();
    return known.id;
  }
  const inUse = phones.filter(({ ended_at, signedIn }) => ended_at === null && signedIn);
  if (inUse.length >= PHONES_PER_ACCOUNT_MAX) throw new Refusal("too-many-phones", `An account has at most ${PHONES_PER_ACCOUNT_MAX} phones: sign out on one of them, or end its keys.`);
  await forgetOldest(unit, phones);
  const id = newId();
  await unit.insertInto("phones").values({ id, account_id: account, public_key: publicKey, session_id: session, agent: agent.slice(0, AGENT_CHARACTERS_MAX), created_at: now, seen_at: now }).execute();
  await audit(unit, { at: now, actor: `account/${account}`, action: "phone.add", subject: `phone/${id}` });
  return id;
}

/** Whoever signs out and in again is another phone each time; those that are long gone make room. */
async function forgetOldest(unit: Unit, phones: readonly KnownPhone[]): Promise<void> {
  const gone = phones.filter(({ ended_at, signedIn }) => ended_at !== null || !signedIn).sort((a, b) => a.seen_at - b.seen_at);
  for (const { id } of gone.slice(0, Math.max(0, phones.length + 1 - PHONES_KEPT_MAX))) {
    await unit.deleteFrom("phone_endings").where("phone_id", "=", id).execute();
    await unit.deleteFrom("phones").where("id", "=", id).execute();
  }
}
