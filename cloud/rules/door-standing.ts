import type { Party } from "../accounts/actor";
import { Refusal } from "../refusal";
import type { Unit } from "../store/store";
import type { DoorRow } from "../store/rows/door-rows";
import { mayAtDoor, type DoorRank, type DoorStanding, type DoorVerb } from "./door-rights";
import { requireAllowed } from "./read-standing";

/**
 * What somebody is at a door now (N4). An owner or admin of a door that has become the building's is a user there
 * like others: nobody gets power over neighbours in that way. @returns undefined: there is no such door.
 */
export async function doorStanding(unit: Unit, actor: Party, door: string, now: number): Promise<DoorStanding | undefined> {
  const row = await unit.selectFrom("doors").selectAll().where("id", "=", door).executeTakeFirst();
  if (row === undefined) return undefined;
  const shared = await isSharedDoor(unit, door);
  if (actor.kind === "site") return { door: row, ranks: ["site"], shared, people: [] };
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
  return someShared(unit, [door]);
}

/** Whether any of these doors is the building's: nobody gets power over it, not even by its managers (N4). */
export async function someShared(unit: Unit, doors: readonly string[]): Promise<boolean> {
  if (doors.length === 0) return false;
  const ofTemplate = await unit.selectFrom("template_doors").select("door_id").where("door_id", "in", doors).limit(1).executeTakeFirst();
  if (ofTemplate !== undefined) return true;
  const ofUnits = await unit.selectFrom("unit_doors").select("door_id").where("door_id", "in", doors).groupBy("door_id").having((eb) => eb.fn.countAll(), ">", 1).limit(1).executeTakeFirst();
  return ofUnits !== undefined;
}

async function ownsDoor(unit: Unit, account: string, door: string): Promise<boolean> {
  const row = await unit.selectFrom("door_owners").select("door_id").where("door_id", "=", door).where("account_id", "=", account).executeTakeFirst();
  return row !== undefined;
}

/** Times bind users, not admins (N6); being blocked, suspended or revoked binds them too. */
async function administersDoor(unit: Unit, account: string, door: string): Promise<boolean> {
  const row = await unit
    .selectFrom("keys as key")
    .innerJoin("key_doors as at", "at.key_id", "key.id")
    .innerJoin("people as person", "person.id", "key.person_id")
    .select("key.id")
    .where("key.account_id", "=", account)
    .where("key.role", "=", "admin")
    .where("key.state", "=", "active")
    .where("key.blocked", "=", 0)
    .where("at.door_id", "=", door)
    .where("person.suspended_at", "is", null)
    .where("person.revoked_at", "is", null)
    .executeTakeFirst();
  return row !== undefined;
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
  const people = await peopleOfAccount(unit, account, now);
  if (people.length === 0) return [];
  const rows = await unit
    .selectFrom("grants as grant")
    .innerJoin("grant_doors as at", "at.grant_id", "grant.id")
    .innerJoin("credentials as credential", "credential.id", "grant.credential_id")
    .select("credential.person_id")
    .distinct()
    .where("at.door_id", "=", door)
    .where("credential.person_id", "in", people)
    .where("grant.revoked_at", "is", null)
    .where("grant.not_after", ">", now)
    .orderBy("credential.person_id")
    .execute();
  return rows.map((row) => row.person_id);
}
