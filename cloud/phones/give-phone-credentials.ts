import { STRIKE } from "../access/door-row";
import { matchGroups } from "../groups/match-groups";
import { doorsOfPlace, type CredentialParts } from "../households/member-access";
import { placeTerms } from "../households/place-terms";
import { readPlace, spanOf } from "../households/read-place";
import { giveCredentials } from "../people/give-credential";
import { placesInForce } from "../rules/read-standing";
import { grantOfKey, newCredentialOf } from "../sharing/key-credentials";
import { keyReach } from "../sharing/key-reach";
import type { Unit } from "../store/store";
import { phonesOfPlaces } from "./phone-holders";

/** What an account has that phones open with, and for which there is no credential in force. */
export interface LackingPhone {
  of: "place" | "key";
  /** The person who holds the place, or the key. */
  id: string;
}

/**
 * Places that have never had one, because nobody's phone asked, and both places and keys whose former one ended with
 * a lost phone (A1). What a member gave is a key, and has that key's.
 */
export async function lackingPhones(unit: Unit, account: string, now: number): Promise<LackingPhone[]> {
  const keys = await unit
    .selectFrom("keys as key")
    .where("key.account_id", "=", account)
    .where("key.state", "=", "active")
    .where("key.kind", "=", "app")
    .where((eb) => eb.not(eb.exists(eb.selectFrom("credentials as credential").select("credential.id").whereRef("credential.key_id", "=", "key.id").where("credential.revoked_at", "is", null))))
    .select("key.id")
    .orderBy("key.id")
    .execute();
  const people = (await placesInForce(unit, account, now)).map(({ person_id }) => person_id).sort();
  const own = people.length === 0 ? [] : await phonesOfPlaces(unit, people);
  const shared = people.length === 0 ? [] : await unit.selectFrom("keys").select("person_id").where("person_id", "in", people).execute();
  const served = new Set([...own, ...shared].map(({ person_id }) => person_id));
  return [...people.filter((person) => !served.has(person)).map((id) => ({ of: "place" as const, id })), ...keys.map(({ id }) => ({ of: "key" as const, id }))];
}

/**
 * Gives one of them its credential, whose grants are the place's or the key's: `matchAccess` and `matchKey` keep it in
 * line from then on, and it ends with what it is of. Again, or where there is nothing to open: nothing happens.
 * @throws {Refusal} `door-full`, `person-revoked`.
 */
export async function givePhoneCredential(unit: Unit, parts: CredentialParts, account: string, { of, id }: LackingPhone, now: number): Promise<void> {
  const lacking = await lackingPhones(unit, account, now);
  // Another phone of theirs may have been quicker.
  if (!lacking.some((each) => each.of === of && each.id === id)) return;
  if (of === "place") await giveToPlace(unit, parts, id, `account/${account}`, now);
  else await giveToKey(unit, parts, id, now);
}

async function giveToPlace(unit: Unit, parts: CredentialParts, person: string, actor: string, now: number): Promise<void> {
  const { member, household } = await readPlace(unit, person);
  const terms = placeTerms(member, await spanOf(unit, household.id));
  const doors = await doorsOfPlace(unit, member);
  if (terms === undefined || terms.notAfter <= now || doors.length === 0) return;
  await giveCredentials(unit, parts.keystore, parts.secrets, person, [{ phone: true, grants: [{ doors, terms, outputs: STRIKE }], secondPin: false, duressPin: false }], actor, now);
  await matchGroups(unit, parts, person, actor, now);
}

async function giveToKey(unit: Unit, parts: CredentialParts, id: string, now: number): Promise<void> {
  const key = await unit.selectFrom("keys").selectAll().where("id", "=", id).executeTakeFirstOrThrow();
  const { doors, allowed } = await keyReach(unit, key);
  if (allowed === undefined || allowed.terms.notAfter <= now || doors.length === 0) return;
  const [{ credential }] = await giveCredentials(unit, parts.keystore, parts.secrets, key.person_id, [newCredentialOf(key, grantOfKey(key, allowed, doors), undefined)], key.created_by, now);
  await unit.updateTable("keys").set({ credential_id: credential }).where("id", "=", id).execute();
  await matchGroups(unit, parts, key.person_id, key.created_by, now);
}
