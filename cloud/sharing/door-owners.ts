import { actorName, type Actor } from "../accounts/actor";
import { audit } from "../audit/audit";
import { OWNERS_PER_DOOR_MAX } from "../limits";
import { Refusal } from "../refusal";
import { isSharedDoor, requireAtDoor } from "../rules/door-standing";
import { managedProperties } from "../rules/read-standing";
import type { Unit } from "../store/store";
import type { DoorRow } from "../store/rows/door-rows";

/** Somebody to whom a door belongs: an account that has it already, or the account of a person of the property. */
export type OwnerChoice = { account: string } | { person: string };

/** Accounts to whom a door belongs, those who have had it longest first. */
export async function ownersOfDoor(unit: Unit, door: string): Promise<{ account: string; name: string; since: number }[]> {
  const rows = await unit
    .selectFrom("door_owners as owner")
    .innerJoin("accounts as account", "account.id", "owner.account_id")
    .select(["account.id", "account.name", "owner.created_at"])
    .where("owner.door_id", "=", door)
    .orderBy("owner.created_at")
    .orderBy("account.id")
    .execute();
  return rows.map(({ id, name, created_at }) => ({ account: id, name, since: created_at }));
}

/**
 * Says to whom a door belongs (N4). Its property's manager may say anything. An owner may add others and withdraw:
 * owners do not remove each other, and the last one stays until a manager says otherwise. Again: nothing changes.
 * @throws {Refusal} `not-found`: no such door or person, for them; `not-allowed`; `shared-door`: it is the building's;
 * `last-owner`.
 */
export async function setOwners(unit: Unit, door: string, wanted: readonly OwnerChoice[], actor: Actor, now: number): Promise<DoorRow> {
  const row = await requireAtDoor(unit, actor, door, "change-owners", now);
  const had = (await ownersOfDoor(unit, door)).map(({ account }) => account);
  const managed = await managedProperties(unit, actor);
  const runs = managed === "all" || managed.includes(row.property_id);
  const accounts = new Set<string>();
  for (const choice of wanted) accounts.add(await accountOf(unit, row, choice, had, runs, actor));
  if (accounts.size > OWNERS_PER_DOOR_MAX) throw new Error("the API bounds the number of owners");
  const added = [...accounts].filter((account) => !had.includes(account));
  const removed = had.filter((account) => !accounts.has(account));
  if (added.length > 0 && (await isSharedDoor(unit, door))) throw new Refusal("shared-door");
  if (!runs) {
    if (removed.some((account) => actor.kind !== "account" || account !== actor.account)) throw new Refusal("not-allowed", "An owner removes no other owner: speak to the manager.");
    if (accounts.size === 0) throw new Refusal("last-owner", "You are its last owner: name another one first, or speak to the manager.");
  }
  if (added.length + removed.length === 0) return row;
  if (removed.length > 0) await unit.deleteFrom("door_owners").where("door_id", "=", door).where("account_id", "in", removed).execute();
  for (const account_id of added) await unit.insertInto("door_owners").values({ door_id: door, account_id, created_at: now, created_by: actorName(actor) }).execute();
  await audit(unit, { at: now, actor: actorName(actor), action: "door.owners", subject: `door/${door}`, detail: { property: row.property_id, added: added.sort(), removed: removed.sort() } });
  return row;
}

/**
 * Nobody finds an account by naming one: whoever may be an owner is one already, is the one who asks, or has taken a
 * place or a key at this property; for an owner, a key to this very door.
 */
async function accountOf(unit: Unit, door: DoorRow, choice: OwnerChoice, had: readonly string[], runs: boolean, actor: Actor): Promise<string> {
  if ("account" in choice) {
    const own = actor.kind === "account" && actor.account === choice.account;
    if (had.includes(choice.account) || own) return choice.account;
    throw new Refusal("not-found", "There is no such owner.");
  }
  let keys = unit.selectFrom("keys").select("account_id").where("person_id", "=", choice.person).where("property_id", "=", door.property_id).where("state", "=", "active").where("account_id", "is not", null);
  if (!runs) keys = keys.where("id", "in", unit.selectFrom("key_doors").select("key_id").where("door_id", "=", door.id));
  const key = await keys.executeTakeFirst();
  if (key?.account_id !== undefined && key.account_id !== null) return key.account_id;
  const place = runs ? await placeOf(unit, choice.person, door.property_id) : undefined;
  if (place !== undefined) return place;
  throw new Refusal("not-found", "There is nobody like that with an account here.", { person: choice.person });
}

async function placeOf(unit: Unit, person: string, property: string): Promise<string | undefined> {
  const row = await unit
    .selectFrom("memberships as place")
    .innerJoin("people as person", "person.id", "place.person_id")
    .select("place.account_id")
    .where("place.person_id", "=", person)
    .where("person.property_id", "=", property)
    .where("place.state", "=", "active")
    .executeTakeFirst();
  return row?.account_id ?? undefined;
}
