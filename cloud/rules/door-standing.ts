import type { HomeActor, Party } from "../accounts/actor";
import { mayUnlock, readHomeChoice } from "../home-assistant/home-choice";
import { Refusal } from "../refusal";
import type { Unit } from "../store/store";
import type { DoorRow } from "../store/rows/door-rows";
import type { KeyRow } from "../store/rows/sharing-rows";
import { mayAtDoor, type DoorRank, type DoorStanding, type DoorVerb } from "./door-rights";
import { requireAllowed } from "./read-standing";

/**
 * What somebody is at a door now (N4). An owner or admin of a door that has become the building's is a user there
 * like others: nobody gets power over neighbours in that way. @returns undefined: there is no such door.
 */
export async function doorStanding(unit: Unit, actor: Party | HomeActor, door: string, now: number): Promise<DoorStanding | undefined> {
  const row = await unit.selectFrom("doors").selectAll().where("id", "=", door).executeTakeFirst();
  if (row === undefined) return undefined;
  const shared = await isSharedDoor(unit, door);
  if (actor.kind === "site") return { door: row, ranks: ["site"], shared, people: [] };
  if (actor.kind === "home") return { door: row, ranks: actor.property === row.property_id && mayUnlock(await readHomeChoice(unit, actor.property)) ? ["home"] : [], shared, people: [] };
  if (actor.kind === "machine") return { door: row, ranks: actor.property === row.property_id ? ["machine"] : [], shared, people: [] };
  const ranks: DoorRank[] = [];
  const { account } = actor;
  const manager = await unit.selectFrom("managers").select("account_id").where("property_id", "=", row.property_id).where("account_id", "=", account).executeTakeFirst();
  if (manager !== undefined) ranks.push("manager");
  const people = await peopleAtDoor(unit, account, door, now);
  if (!shared && (await ownsDoor(unit, account, door))) ranks.push("owner");
  if (!shared && (await administersDoor(unit, account, door))) ranks.push("admin");
  if (people.length > 0) ranks.push("user");
  return { door: row, ranks, shared, people };
}

/**
 * A door, for whoever may do that there.
 * @throws {Refusal} `not-found`, for whoever is nobody there too; `not-allowed`.
 */
export async function requireAtDoor(unit: Unit, actor: Party, door: string, verb: DoorVerb, now: number): Promise<DoorRow> {
  const standing = await doorStanding(unit, actor, door, now);
  if (standing === undefined) throw new Refusal("not-found", "There is no such door.");
  requireAllowed(mayAtDoor(verb, standing), "door");
  return standing.door;
}

/** Whether a door is the building's: of a kind of flats, or of more than one flat (N4). */
export async function isSharedDoor(unit: Unit, door: string): Promise<boolean> {
  return (await sharedDoors(unit, [door])).size > 0;
}

/** Which of these doors are the building's: nobody gets power over them, not even by its managers (N4). */
export async function sharedDoors(unit: Unit, doors: readonly string[]): Promise<ReadonlySet<string>> {
  if (doors.length === 0) return new Set();
  const ofTemplates = await unit.selectFrom("template_doors").select("door_id").distinct().where("door_id", "in", doors).execute();
  const ofUnits = await unit.selectFrom("unit_doors").select("door_id").where("door_id", "in", doors).groupBy("door_id").having((eb) => eb.fn.countAll(), ">", 1).execute();
  return new Set([...ofTemplates, ...ofUnits].map((row) => row.door_id));
}

async function ownsDoor(unit: Unit, account: string, door: string): Promise<boolean> {
  const row = await unit.selectFrom("door_owners").select("door_id").where("door_id", "=", door).where("account_id", "=", account).executeTakeFirst();
  return row !== undefined;
}

async function administersDoor(unit: Unit, account: string, door: string): Promise<boolean> {
  return (await adminKeysAt(unit, door)).some((key) => key.account_id === account);
}

/** Admin keys in force at a door: times do not bind them (N6); being blocked, suspended or revoked does. */
export async function adminKeysAt(unit: Unit, door: string): Promise<Pick<KeyRow, "id" | "account_id">[]> {
  return unit
    .selectFrom("keys as key")
    .innerJoin("key_doors as at", "at.key_id", "key.id")
    .innerJoin("people as person", "person.id", "key.person_id")
    .select(["key.id", "key.account_id"])
    .where("at.door_id", "=", door)
    .where("key.role", "=", "admin")
    .where("key.state", "=", "active")
    .where("key.blocked", "=", 0)
    .where("person.suspended_at", "is", null)
    .where("person.revoked_at", "is", null)
    .execute();
}

/** Doors that an account owns or administers, anywhere (N4): by id. */
export async function overseenDoors(unit: Unit, account: string, now: number): Promise<DoorStanding[]> {
  const owned = await unit.selectFrom("door_owners").select("door_id").where("account_id", "=", account).execute();
  const administered = await unit.selectFrom("keys as key").innerJoin("key_doors as at", "at.key_id", "key.id").select("at.door_id").where("key.account_id", "=", account).where("key.state", "=", "active").where("key.role", "=", "admin").execute();
  const overseen: DoorStanding[] = [];
  for (const id of [...new Set([...owned, ...administered].map((row) => row.door_id))].sort()) {
    const standing = await doorStanding(unit, { kind: "account", account }, id, now);
    if (standing?.ranks.some((rank) => rank === "owner" || rank === "admin") === true) overseen.push(standing);
  }
  return overseen;
}

/**
 * The people who an account is: who has taken a place in a household, or accepted a key. Sorted; a place that is
 * over and a key that has ended are nobody's any more.
 */
export async function peopleOfAccount(unit: Unit, account: string, now: number): Promise<string[]> {
  const places = await unit
    .selectFrom("memberships")
    .select("person_id")
    .where("account_id", "=", account)
    .where("state", "=", "active")
    .where((eb) => eb.or([eb("ends_at", "is", null), eb("ends_at", ">", now)]))
    .execute();
  const keys = await unit.selectFrom("keys").select("person_id").where("account_id", "=", account).where("state", "=", "active").execute();
  return [...new Set([...places, ...keys].map((row) => row.person_id))].sort();
}

async function peopleAtDoor(unit: Unit, account: string, door: string, now: number): Promise<string[]> {
  const opened = await whoOpensWhat(unit, await peopleOfAccount(unit, account, now), now, door);
  return [...new Set(opened.map(({ person_id }) => person_id))].sort();
}

/** Which people open which doors now, as far as dates go. @param door undefined = any. */
export async function whoOpensWhat(unit: Unit, people: readonly string[], now: number, door?: string): Promise<{ person_id: string; door_id: string }[]> {
  if (people.length === 0) return [];
  const rights = unit
    .selectFrom("grants as grant")
    .innerJoin("grant_doors as at", "at.grant_id", "grant.id")
    .innerJoin("credentials as credential", "credential.id", "grant.credential_id")
    .select(["credential.person_id", "at.door_id"])
    .distinct()
    .where("credential.person_id", "in", people)
    .where("grant.revoked_at", "is", null)
    .where("grant.not_after", ">", now);
  return (door === undefined ? rights : rights.where("at.door_id", "=", door)).execute();
}
