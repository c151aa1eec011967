import { NO_END } from "../../protocol/profile";
import { termsOf } from "../access/stored-terms";
import { sortWindows, type Window } from "../access/window";
import { Refusal } from "../refusal";
import type { Unit } from "../store/store";
import type { KeyRow } from "../store/rows/sharing-rows";
import type { PersonRow } from "../store/rows/right-rows";
import { LIST_SEPARATOR } from "./cell-formats";
import type { Building, KnownRecord, Values } from "./values";

/**
 * Reads a property as a file says it: without what has ended, what members have given away themselves, people's own
 * profiles, and anything that opens a door.
 * @throws {Refusal} `not-found`.
 */
export async function readBuilding(unit: Unit, property: string, now: number): Promise<Building> {
  const row = await unit.selectFrom("properties").select("time_zone").where("id", "=", property).executeTakeFirst();
  if (row === undefined) throw new Refusal("not-found", "There is no such property.");
  const people = await unit.selectFrom("people").selectAll().where("property_id", "=", property).where("revoked_at", "is", null).where("erased_at", "is", null).orderBy("name").orderBy("id").execute();
  const groups = await groupsByPerson(unit, property);
  const { members, households } = await readMembers(unit, property, people, groups);
  const outsiders = await readOutsiders(unit, property, people, groups);
  const holders = holdersOf(outsiders);
  const known = [...(await readKinds(unit, property)), ...members, ...outsiders, ...(await readKeys(unit, property, holders)), ...(await readCodes(unit, property, holders, now))];
  return { property, timeZone: row.time_zone, ...(await readDoors(unit, property)), known, households };
}

async function readDoors(unit: Unit, property: string): Promise<Pick<Building, "doors" | "doorNames">> {
  const rows = await unit.selectFrom("doors").select(["id", "name"]).where("property_id", "=", property).orderBy("name").orderBy("id").execute();
  const doors = new Map<string, string | undefined>();
  for (const { id, name } of rows) doors.set(name, doors.has(name) ? undefined : id);
  for (const { id } of rows) doors.set(id, id);
  return { doors, doorNames: new Map(rows.map(({ id, name }) => [id, doors.get(name) === id && !name.includes(LIST_SEPARATOR) ? name : id])) };
}

/** What property-wide things there are. */
async function readKinds(unit: Unit, property: string): Promise<KnownRecord[]> {
  const templates = await unit.selectFrom("templates").selectAll().where("property_id", "=", property).orderBy("name").execute();
  const units = await unit.selectFrom("units").selectAll().where("property_id", "=", property).orderBy("name").execute();
  const profiles = await unit.selectFrom("profiles").selectAll().where("property_id", "=", property).where("account_id", "is", null).orderBy("name").execute();
  const groups = await unit.selectFrom("groups").selectAll().where("property_id", "=", property).orderBy("name").execute();
  const templateDoors = byOwner(await unit.selectFrom("template_doors as at").innerJoin("templates as of", "of.id", "at.template_id").where("of.property_id", "=", property).select(["at.template_id as owner", "at.door_id as value"]).orderBy("at.door_id").execute());
  const unitDoors = byOwner(await unit.selectFrom("unit_doors as at").innerJoin("units as of", "of.id", "at.unit_id").where("of.property_id", "=", property).select(["at.unit_id as owner", "at.door_id as value"]).orderBy("at.door_id").execute());
  const groupDoors = byOwner(await unit.selectFrom("group_doors as at").innerJoin("groups as of", "of.id", "at.group_id").where("of.property_id", "=", property).select(["at.group_id as owner", "at.door_id as value"]).orderBy("at.door_id").execute());
  const nameOf = (rows: readonly { id: string; name: string }[], id: string | null) => rows.find((row) => row.id === id)?.name ?? null;
  return [
    ...templates.map(({ id, name }): KnownRecord => ({ kind: "template", record: id, values: { name, doors: templateDoors.get(id) ?? [] } })),
    ...units.map(({ id, name, number, template_id }): KnownRecord => ({ kind: "unit", record: id, values: { name, number, template: nameOf(templates, template_id), doors: unitDoors.get(id) ?? [] } })),
    ...profiles.map(({ id, name, outputs, ...times }): KnownRecord => ({ kind: "profile", record: id, values: { name, ...timesOf(times), outputs } })),
    ...groups.map(({ id, name, profile_id, permissions }): KnownRecord => ({ kind: "group", record: id, values: { name, doors: groupDoors.get(id) ?? [], profile: nameOf(profiles, profile_id), permissions: (JSON.parse(permissions) as string[]).sort() } })),
  ];
}

async function readMembers(unit: Unit, property: string, people: readonly PersonRow[], groups: ReadonlyMap<string, string[]>): Promise<{ members: KnownRecord[]; households: Map<string, string[]> }> {
  const live = await unit.selectFrom("households as household").innerJoin("units as flat", "flat.id", "household.unit_id").where("household.property_id", "=", property).where("household.ended_at", "is", null).select(["household.id", "flat.name"]).orderBy("household.id").execute();
  const households = byOwner(live.map(({ id, name }) => ({ owner: name, value: id })));
  const rows = await unit.selectFrom("memberships as member").innerJoin("people as person", "person.id", "member.person_id").where("person.property_id", "=", property).where("member.state", "<>", "ended").selectAll("member").orderBy("member.created_at").orderBy("member.person_id").execute();
  const doors = byOwner(await unit.selectFrom("member_doors as at").innerJoin("people as person", "person.id", "at.person_id").where("person.property_id", "=", property).select(["at.person_id as owner", "at.door_id as value"]).orderBy("at.door_id").execute());
  const names = new Map(people.map(({ id, name }) => [id, name]));
  const members = rows.flatMap((row): KnownRecord[] => {
    const home = live.find(({ id }) => id === row.household_id);
    if (row.role === "share" || home === undefined) return [];
    const kind = row.role === "administrator" ? ("lease" as const) : row.role;
    const { windows, ...span } = timesOf(row);
    const values: Values = {
      ...{ id: row.person_id, name: names.get(row.person_id) ?? "", unit: home.name },
      ...(households.get(home.name)!.length > 1 && { household: home.id }),
      ...(row.email !== null && { email: row.email }),
      ...(row.phone !== null && { phone: row.phone }),
      ...(kind !== "lease" && { doors: row.all_doors === 1 ? [] : (doors.get(row.person_id) ?? []), windows }),
      ...span,
      groups: groups.get(row.person_id) ?? [],
    };
    return [{ kind, record: row.person_id, values, household: row.household_id, linked: row.account_id !== null }];
  });
  return { members, households };
}

async function readOutsiders(unit: Unit, property: string, people: readonly PersonRow[], groups: ReadonlyMap<string, string[]>): Promise<KnownRecord[]> {
  const members = await unit.selectFrom("memberships as member").innerJoin("people as person", "person.id", "member.person_id").where("person.property_id", "=", property).select("member.person_id").execute();
  const inside = new Set(members.map((row) => row.person_id));
  return people
    .filter(({ id }) => !inside.has(id))
    .map(({ id, name, class: holderClass, unit: number }): KnownRecord => {
      const common = { id, name, number, groups: groups.get(id) ?? [] };
      return holderClass === "staff" ? { kind: "staff", record: id, values: common } : { kind: "person", record: id, values: { ...common, class: holderClass } };
    });
}

async function readKeys(unit: Unit, property: string, holders: Holders): Promise<KnownRecord[]> {
  const rows = await unit.selectFrom("keys").selectAll().where("property_id", "=", property).where("state", "<>", "ended").where("giver_person", "is", null).orderBy("id").execute();
  const doors = byOwner(await unit.selectFrom("key_doors as at").innerJoin("keys as of", "of.id", "at.key_id").where("of.property_id", "=", property).select(["at.key_id as owner", "at.door_id as value"]).orderBy("at.door_id").execute());
  const profiles = new Map((await unit.selectFrom("profiles").select(["id", "name"]).where("property_id", "=", property).execute()).map(({ id, name }) => [id, name]));
  return rows.flatMap((row): KnownRecord[] => {
    const holder = holders.get(row.person_id);
    if (holder === undefined || row.kind === "smart") return [];
    const profile = row.blocked === 1 ? "blocked" : row.role === "admin" ? "admin" : row.profile_id === null ? null : (profiles.get(row.profile_id) ?? null);
    const values: Values = { id: row.id, name: row.name, ...holder, ...addressOf(row), key: row.kind, doors: doors.get(row.id) ?? [], profile, ...timesOf(row), uses: { count: row.max_uses, together: row.uses_carried === 1 } };
    return [{ kind: "key", record: row.id, person: row.person_id, values }];
  });
}

function addressOf({ email, phone }: Pick<KeyRow, "email" | "phone">): Pick<Values, "email" | "phone"> {
  return { ...(email !== null && { email }), ...(phone !== null && { phone }) };
}

/** PINs and cards that were given without a key, a line for each of their grants. */
async function readCodes(unit: Unit, property: string, holders: Holders, now: number): Promise<KnownRecord[]> {
  const rows = await unit
    .selectFrom("grants as grant")
    .innerJoin("credentials as credential", "credential.id", "grant.credential_id")
    .innerJoin("people as person", "person.id", "credential.person_id")
    .where("person.property_id", "=", property)
    .where("credential.key_id", "is", null)
    .where("credential.kind", "in", ["pin", "card"])
    .where("credential.revoked_at", "is", null)
    .where("credential.superseded_at", "is", null)
    .where("grant.revoked_at", "is", null)
    .where("grant.group_id", "is", null)
    .where("grant.not_after", ">", now)
    .selectAll("grant")
    .select(["credential.kind", "credential.person_id"])
    .orderBy("grant.id")
    .execute();
  const doors = byOwner(await unit.selectFrom("grant_doors as at").innerJoin("doors as door", "door.id", "at.door_id").where("door.property_id", "=", property).where("at.removed_version", "is", null).select(["at.grant_id as owner", "at.door_id as value"]).orderBy("at.door_id").execute());
  return rows.flatMap((row): KnownRecord[] => {
    const holder = holders.get(row.person_id);
    if (holder === undefined) return [];
    const { notBefore, notAfter, windows, maxUses } = termsOf(row);
    const times = timesOf({ windows: JSON.stringify(windows), starts_at: notBefore, ends_at: notAfter === NO_END ? null : notAfter });
    return [{ kind: "key", code: true, record: row.id, person: row.person_id, values: { id: row.id, ...holder, key: row.kind as "pin" | "card", doors: doors.get(row.id) ?? [], profile: null, ...times, uses: { count: maxUses, together: false }, outputs: row.outputs } }];
  });
}

type Holders = ReadonlyMap<string, Pick<Values, "person" | "class">>;

/** How a line names whose a key is: by a name that nobody else has, or else by the id. */
function holdersOf(outsiders: readonly KnownRecord[]): Holders {
  const called = byOwner(outsiders.map(({ record, values }) => ({ owner: values.name!, value: record })));
  return new Map(outsiders.map(({ record, values: { name, class: holderClass = "staff" } }) => [record, { person: called.get(name!)!.length === 1 ? name! : record, class: holderClass }]));
}

async function groupsByPerson(unit: Unit, property: string): Promise<Map<string, string[]>> {
  const rows = await unit.selectFrom("group_people as member").innerJoin("groups as group", "group.id", "member.group_id").where("group.property_id", "=", property).select(["member.person_id as owner", "group.name as value"]).orderBy("group.name").execute();
  return byOwner(rows);
}

function timesOf({ windows, starts_at, ends_at }: { windows: string; starts_at: number; ends_at: number | null }): { windows: Window[]; start?: number; end: number | null } {
  const stored = (JSON.parse(windows) as Window[]).map(({ days, start, end, onHolidays }) => ({ days, start, end, onHolidays }));
  return { windows: sortWindows(stored), ...(starts_at > 0 && { start: starts_at }), end: ends_at };
}

function byOwner(rows: readonly { owner: string; value: string }[]): Map<string, string[]> {
  const values = new Map<string, string[]>();
  for (const { owner, value } of rows) {
    const known = values.get(owner);
    if (known === undefined) values.set(owner, [value]);
    else known.push(value);
  }
  return values;
}
