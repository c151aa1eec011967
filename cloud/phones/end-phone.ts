import { actorName, type AccountActor } from "../accounts/actor";
import { countOne } from "../accounts/rate-limit";
import { audit } from "../audit/audit";
import { PHONE_ENDINGS_PER_ACCOUNT } from "../limits";
import { insertRevocation } from "../people/revoke";
import { Refusal } from "../refusal";
import { endKey } from "../sharing/end-key";
import { readKey } from "../sharing/read-key";
import type { Unit } from "../store/store";
import type { PhoneRow } from "../store/rows/phone-rows";
import { holdersOf, type PhoneHolder } from "./phone-holders";

/**
 * Ends the keys of a phone that was lost (A1), and the session that it asked for them with. All phones of an account
 * hold the same keys, so what they opened with ends at every door, and the ones that are left get other keys as soon
 * as they ask: nobody can make a phone forget. A key whose uses are counted ends for good, because a door that is
 * offline may know of uses that we do not. Again: nothing more happens.
 * @returns the phone as it is now.
 * @throws {Refusal} `not-found`; `too-many-requests`.
 */
export async function endPhone(unit: Unit, actor: Pick<AccountActor, "kind" | "account">, id: string, now: number): Promise<PhoneRow> {
  const phone = await unit.selectFrom("phones").selectAll().where("id", "=", id).where("account_id", "=", actor.account).executeTakeFirst();
  if (phone === undefined) throw new Refusal("not-found", "The account has no such phone.");
  if (phone.ended_at !== null) return phone;
  const wait = await countOne(unit, `phone-end/${actor.account}`, PHONE_ENDINGS_PER_ACCOUNT, now);
  if (wait > 0) throw new Refusal("too-many-requests", `Try again in ${wait} seconds: whatever phone was ended last, no older key opens any more.`, { retryAfter: wait });
  await unit.updateTable("phones").set({ ended_at: now }).where("id", "=", id).execute();
  await unit.updateTable("sessions").set({ ended_at: now }).where("id", "=", phone.session_id).where("account_id", "=", actor.account).where("ended_at", "is", null).execute();
  for (const revocation of await endPhoneCredentials(unit, actor.account, actorName(actor), now)) await unit.insertInto("phone_endings").values({ phone_id: id, revocation_id: revocation }).execute();
  await audit(unit, { at: now, actor: actorName(actor), action: "phone.end", subject: `phone/${id}` });
  return { ...phone, ended_at: now };
}

/** An account that is erased: no phone opens anything by it any more, and nothing is left of its phones. */
export async function forgetPhones(unit: Unit, account: string, now: number): Promise<void> {
  await endPhoneCredentials(unit, account, `account/${account}`, now);
  await unit.deleteFrom("phone_endings").where("phone_id", "in", unit.selectFrom("phones").select("id").where("account_id", "=", account)).execute();
  await unit.deleteFrom("phones").where("account_id", "=", account).execute();
}

/** @returns the revocations, under which it can be followed until when a phone may still open (X1). */
async function endPhoneCredentials(unit: Unit, account: string, actor: string, now: number): Promise<string[]> {
  await unit.deleteFrom("carriers").where("account_id", "=", account).execute();
  const revocations: string[] = [];
  for (const holder of await holdersOf(unit, account, now)) revocations.push(...(await endHolder(unit, holder, actor, now)));
  return revocations;
}

async function endHolder(unit: Unit, { id, property, person, key: ofKey }: PhoneHolder, actor: string, now: number): Promise<string[]> {
  const grants = (await unit.selectFrom("grants").select("id").where("credential_id", "=", id).where("revoked_at", "is", null).execute()).map((grant) => grant.id);
  const key = ofKey === undefined ? undefined : await readKey(unit, ofKey);
  if (key !== undefined && key.max_uses > 0) {
    await endKey(unit, key, "removed", actor, now);
    return revocationsOf(unit, grants);
  }
  // By themselves, and not the key's or the place's: those go on.
  await unit.updateTable("credentials").set({ revoked_at: now }).where("id", "=", id).execute();
  if (grants.length === 0) return [];
  const revocation = await insertRevocation(unit, person, "grant", grants, actor, now);
  await audit(unit, { at: now, actor, action: "phone.revoke", subject: `person/${person}`, detail: { property, credential: id, revocation } });
  return [revocation];
}

async function revocationsOf(unit: Unit, grants: readonly string[]): Promise<string[]> {
  if (grants.length === 0) return [];
  const rows = await unit.selectFrom("grants").select("revocation_id").distinct().where("id", "in", grants).where("revocation_id", "is not", null).execute();
  return rows.flatMap(({ revocation_id }) => revocation_id ?? []);
}
