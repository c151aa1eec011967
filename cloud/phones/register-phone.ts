import { equalBytes } from "../../protocol/bytes";
import type { AccountActor } from "../accounts/actor";
import { audit } from "../audit/audit";
import { AGENT_CHARACTERS_MAX, PHONES_PER_ACCOUNT_MAX } from "../limits";
import { Refusal } from "../refusal";
import { newId } from "../store/ids";
import type { Unit } from "../store/store";

/**
 * Notes that a phone asks for keys: the same one by its public key.
 * @param publicKey raw point. @param agent what it calls itself, for the list in which its owner recognises it.
 * @returns its id.
 * @throws {Refusal} `phone-ended`: its keys were ended (A1), and it takes another pair of keys; `too-many-phones`.
 */
export async function registerPhone(unit: Unit, { account, session }: Pick<AccountActor, "account" | "session">, publicKey: Uint8Array, agent: string, now: number): Promise<string> {
  const phones = await unit.selectFrom("phones").selectAll().where("account_id", "=", account).execute();
  const known = phones.find((phone) => equalBytes(phone.public_key, publicKey));
  if (known !== undefined) {
    if (known.ended_at !== null) throw new Refusal("phone-ended");
    await unit.updateTable("phones").set({ session_id: session, seen_at: now }).where("id", "=", known.id).execute();
    return known.id;
  }
  if (phones.filter(({ ended_at }) => ended_at === null).length >= PHONES_PER_ACCOUNT_MAX) throw new Refusal("too-many-phones", `An account has at most ${PHONES_PER_ACCOUNT_MAX} phones: end the keys of one that is not used any more.`);
  const id = newId();
  await unit.insertInto("phones").values({ id, account_id: account, public_key: publicKey, session_id: session, agent: agent.slice(0, AGENT_CHARACTERS_MAX), created_at: now, seen_at: now }).execute();
  await audit(unit, { at: now, actor: `account/${account}`, action: "phone.add", subject: `phone/${id}` });
  return id;
}
