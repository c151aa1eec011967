import { canDoWithKey } from "../rules/key-rights";
import { meetKey } from "../rules/key-standing";
import { doorStanding, overseenDoors, peopleOfAccount } from "../rules/door-standing";
import { placesInForce } from "../rules/read-standing";
import type { Unit } from "../store/store";
import type { KeyRow } from "../store/rows/sharing-rows";
import type { PersonRow } from "../store/rows/right-rows";

/** Somebody with whom one shares, or has shared, or could (N1, N15). */
export interface KnownPerson {
  person: Pick<PersonRow, "id" | "name" | "property_id">;
  /** Keys of theirs that have not ended and that the account gave them, or that are of doors it looks after. */
  keys: readonly KeyRow[];
  /** One has given them something before. */
  shared: boolean;
  /** They have a key to a door to which one has a key as well. */
  inCommon: boolean;
}

/**
 * Everybody whom an account may share with (N1), by id: those to whom it has given something, from whatever place,
 * and those who have a key in common with it. A building's shared doors bring nobody together: neighbours do not find
 * each other here; nor do a household's own rules on who sees whom end here (O4, O15).
 */
export async function knownPeople(unit: Unit, account: string, now: number): Promise<KnownPerson[]> {
  const given = await peopleGivenTo(unit, account, now);
  const common = await peopleInCommon(unit, account, now);
  const ids = [...new Set([...given, ...common])].sort();
  if (ids.length === 0) return [];
  const rows = await unit.selectFrom("people").select(["id", "name", "property_id"]).where("id", "in", ids).where("erased_at", "is", null).orderBy("id").execute();
  const keys = await unit.selectFrom("keys").selectAll().where("person_id", "in", ids).where("state", "<>", "ended").orderBy("id").execute();
  return rows.map((person) => {
    const theirs = keys.filter((key) => key.person_id === person.id);
    return { person, keys: theirs.filter((key) => key.giver_account === account || common.has(person.id)), shared: given.has(person.id), inCommon: common.has(person.id) };
  });
}

/** Whether an account may share with somebody, or is that person: nobody else is found by trying (N1). */
export async function knowsPerson(unit: Unit, account: string, person: string, now: number): Promise<boolean> {
  if ((await peopleOfAccount(unit, account, now)).includes(person)) return true;
  return (await peopleGivenTo(unit, account, now)).has(person) || (await peopleInCommon(unit, account, now)).has(person);
}

/** Whom somebody can take a key from (N11): the server's word. */
export async function canRemoveSome(unit: Unit, account: string, keys: readonly KeyRow[], now: number): Promise<boolean> {
  for (const key of keys) {
    const { ranks, target } = await meetKey(unit, { kind: "account", account }, key, now);
    if (canDoWithKey(ranks, target).includes("remove")) return true;
  }
  return false;
}

async function peopleGivenTo(unit: Unit, account: string, now: number): Promise<Set<string>> {
  const keys = await unit.selectFrom("keys").select("person_id").distinct().where("giver_account", "=", account).execute();
  const places = (await placesInForce(unit, account, now)).map((place) => place.person_id);
  const invited = places.length === 0 ? [] : await unit.selectFrom("memberships").select("person_id").where("invited_by", "in", places).where("state", "<>", "ended").execute();
  return new Set([...keys, ...invited].map((row) => row.person_id));
}

async function peopleInCommon(unit: Unit, account: string, now: number): Promise<Set<string>> {
  const own = await unit.selectFrom("keys as key").innerJoin("key_doors as at", "at.key_id", "key.id").select("at.door_id").distinct().where("key.account_id", "=", account).where("key.state", "=", "active").execute();
  const doors: string[] = (await overseenDoors(unit, account, now)).map(({ door }) => door.id);
  for (const { door_id } of own) {
    const standing = await doorStanding(unit, { kind: "account", account }, door_id, now);
    if (standing !== undefined && !standing.shared && standing.people.length > 0) doors.push(door_id);
  }
  if (doors.length === 0) return new Set();
  const rows = await unit
    .selectFrom("keys as key")
    .innerJoin("key_doors as at", "at.key_id", "key.id")
    .select("key.person_id")
    .distinct()
    .where("at.door_id", "in", doors)
    .where("key.state", "<>", "ended")
    .where("key.giver_person", "is", null)
    .where((eb) => eb.or([eb("key.account_id", "is", null), eb("key.account_id", "<>", account)]))
    .execute();
  return new Set(rows.map((row) => row.person_id));
}
