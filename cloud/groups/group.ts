import { audit } from "../audit/audit";
import { DOORS_PER_GROUP_MAX, GROUPS_PER_PROPERTY_MAX } from "../limits";
import { requireRoom } from "../people/door-room";
import type { GivenCredential } from "../people/give-credential";
import type { PinParts } from "../pins/codes";
import { readProfile } from "../profiles/profile";
import { requireDoorsOf } from "../properties/door-choice";
import { readRules } from "../properties/household-rules";
import { Refusal } from "../refusal";
import { newId } from "../store/ids";
import type { Unit } from "../store/store";
import type { GroupRow } from "../store/rows/sharing-rows";
import { doorsOfGroup, peopleOfGroup } from "./groups-of-person";
import { matchGroupsUnchecked } from "./match-groups";
import type { GroupPermission } from "./permissions";

/** Doors that some people open, with what else they may do there (N12). */
export interface Group {
  name: string;
  doors: readonly string[];
  /** Of the property; null: always, and the door itself alone. */
  profile: string | null;
  permissions: readonly GroupPermission[];
}

/** What a change of a group came to, for those of its people for whom it came to anything. */
export interface GroupEffect {
  person: string;
  /** Under which rights of theirs ended. */
  revocation: string | undefined;
  /** Codes for doors at which none that they had can be used (X9). */
  given: GivenCredential[];
}

/**
 * A group of nobody yet. @returns its id.
 * @throws {Refusal} `forbidden-by-rules` where the manager has not switched groups on; `not-found` for a door or the
 * profile; `name-taken`, `too-many-groups`, `group-full`.
 */
export async function addGroup(unit: Unit, property: string, { name, doors, profile, permissions }: Group, actor: string, now: number): Promise<string> {
  await requireGroups(unit, property);
  const known = await requireDoors(unit, property, doors);
  if (profile !== null) await readProfile(unit, { property }, profile);
  const others = await unit.selectFrom("groups").select("name").where("property_id", "=", property).execute();
  if (others.length >= GROUPS_PER_PROPERTY_MAX) throw new Refusal("too-many-groups", `A property has at most ${GROUPS_PER_PROPERTY_MAX} groups.`);
  requireFreeName(others, name);
  const id = newId();
  await unit.insertInto("groups").values({ id, property_id: property, name, profile_id: profile, permissions: JSON.stringify(permissions), version: 1, created_at: now, created_by: actor }).execute();
  for (const door_id of known) await unit.insertInto("group_doors").values({ group_id: id, door_id }).execute();
  await audit(unit, { at: now, actor, action: "group.add", subject: `group/${id}`, detail: { property, name, doors: known, profile, permissions: [...permissions] } });
  return id;
}

/**
 * Changes a group and with it, in this transaction, what all of its people open. What is theirs without it stays.
 * @throws {Refusal} as `addGroup`; `door-full`.
 */
export async function changeGroup(unit: Unit, parts: PinParts, row: GroupRow, change: Partial<Group>, actor: string, now: number): Promise<GroupEffect[]> {
  const { id, property_id: property } = row;
  await requireGroups(unit, property);
  const { name = row.name, profile = row.profile_id, permissions, doors } = change;
  if (name !== row.name) requireFreeName(await unit.selectFrom("groups").select("name").where("property_id", "=", property).execute(), name);
  if (profile !== row.profile_id && profile !== null) await readProfile(unit, { property }, profile);
  const before = await doorsOfGroup(unit, id);
  const after = doors === undefined ? before : await requireDoors(unit, property, doors);
  await unit
    .updateTable("groups")
    .set({ name, profile_id: profile, ...(permissions && { permissions: JSON.stringify(permissions) }), version: row.version + 1 })
    .where("id", "=", id)
    .execute();
  for (const door of before.filter((each) => !after.includes(each))) await unit.deleteFrom("group_doors").where("group_id", "=", id).where("door_id", "=", door).execute();
  for (const door_id of after.filter((each) => !before.includes(each))) await unit.insertInto("group_doors").values({ group_id: id, door_id }).execute();
  const rightsChange = profile !== row.profile_id || after.join() !== before.join();
  const effect = rightsChange ? await matchPeople(unit, parts, await peopleOfGroup(unit, id), actor, now) : [];
  await audit(unit, { at: now, actor, action: "group.change", subject: `group/${id}`, detail: { property, ...change, ...(doors && { doors: after }) } });
  return effect;
}

/** Ends a group, and of its people's rights those that it gives. */
export async function removeGroup(unit: Unit, parts: PinParts, { id, property_id: property, name }: GroupRow, actor: string, now: number): Promise<GroupEffect[]> {
  const people = await peopleOfGroup(unit, id);
  for (const table of ["group_people", "group_doors"] as const) await unit.deleteFrom(table).where("group_id", "=", id).execute();
  await unit.deleteFrom("notification_rules").where("group_id", "=", id).execute();
  await unit.deleteFrom("groups").where("id", "=", id).execute();
  const effect = await matchPeople(unit, parts, people, actor, now);
  await audit(unit, { at: now, actor, action: "group.remove", subject: `group/${id}`, detail: { property, name, people } });
  return effect;
}

/** @throws {Refusal} `not-found`. */
export async function readGroup(unit: Unit, id: string): Promise<GroupRow> {
  const row = await unit.selectFrom("groups").selectAll().where("id", "=", id).executeTakeFirst();
  if (row === undefined) throw new Refusal("not-found", "There is no such group.");
  return row;
}

/** @throws {Refusal} `forbidden-by-rules`: groups are off, as they are by default (N12). */
export async function requireGroups(unit: Unit, property: string): Promise<void> {
  if (!(await readRules(unit, property)).groups) throw new Refusal("forbidden-by-rules", "Groups are switched off at this property: its rules say so.");
}

async function matchPeople(unit: Unit, parts: PinParts, people: readonly string[], actor: string, now: number): Promise<GroupEffect[]> {
  const effects: GroupEffect[] = [];
  const doors = new Set<string>();
  for (const person of people) {
    const matched = await matchGroupsUnchecked(unit, parts, person, actor, now, "as-they-open");
    for (const door of matched.doors) doors.add(door);
    if (matched.revocation !== undefined || matched.given.length > 0) effects.push({ person, revocation: matched.revocation, given: matched.given });
  }
  // Counting what a door holds may read all of its grants: once for the lot.
  for (const door of [...doors].sort()) await requireRoom(unit, door);
  return effects;
}

async function requireDoors(unit: Unit, property: string, doors: readonly string[]): Promise<string[]> {
  const known = await requireDoorsOf(unit, property, doors);
  if (known.length > DOORS_PER_GROUP_MAX) throw new Refusal("group-full", `A group has at most ${DOORS_PER_GROUP_MAX} doors.`);
  return known;
}

function requireFreeName(others: readonly { name: string }[], name: string): void {
  if (others.some((other) => other.name === name)) throw new Refusal("name-taken", `There is a group "${name}" already.`);
}
