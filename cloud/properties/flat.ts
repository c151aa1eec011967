import { audit } from "../audit/audit";
import { Refusal } from "../refusal";
import { newId } from "../store/ids";
import type { Unit } from "../store/store";
import type { UnitRow } from "../store/rows/property-rows";
import { requireDoorsOf } from "./door-choice";
import { matchFlats, type DoorsChanged, type FlatParts } from "./match-flats";
import { readTemplate } from "./template";
import { doorsOf, doorsOfUnit, effectOnUnit, householdsOf, ownDoors, templateDoors, type UnitEffect } from "./unit-effect";

/** A flat, "unit" in the API: what a lease is of. */
export interface Flat {
  name: string;
  /** Typed before a PIN where a door asks for it; null: it has none. */
  number: string | null;
  /** What kind of flat it is; null: only doors of its own. */
  template: string | null;
  /** Its own doors, beside those of the template. */
  doors: readonly string[];
}

/** @returns the flat's id. @throws {Refusal} `not-found` for a door or the template; `name-taken`. */
export async function addFlat(unit: Unit, property: string, flat: Flat, actor: string, now: number): Promise<string> {
  const doors = await requireDoorsOf(unit, property, flat.doors);
  if (flat.template !== null) await readTemplate(unit, property, flat.template);
  await requireFreeName(unit, property, flat.name);
  const id = newId();
  await unit.insertInto("units").values({ id, property_id: property, name: flat.name, number: flat.number, template_id: flat.template, version: 1 }).execute();
  await insertDoors(unit, id, doors);
  await audit(unit, { at: now, actor, action: "unit.add", subject: `unit/${id}`, detail: { property, ...flat, doors } });
  return id;
}

/**
 * Changes a flat, and with it what those who live there open, in this transaction.
 * @returns who gains and loses what, and codes that are new.
 * @throws {Refusal} `not-found`, `name-taken`, `door-full`; `in-use` for another number while somebody lives there:
 * they know their codes by it.
 */
export async function changeFlat(unit: Unit, parts: FlatParts, row: UnitRow, change: Partial<Flat>, actor: string, now: number): Promise<DoorsChanged> {
  const { id, property_id } = row;
  const name = change.name ?? row.name;
  if (name !== row.name) await requireFreeName(unit, property_id, name);
  const template = change.template === undefined ? row.template_id : change.template;
  if (template !== null) await readTemplate(unit, property_id, template);
  const number = change.number === undefined ? row.number : change.number;
  const households = await householdsOf(unit, id);
  if (number !== row.number && households.length > 0) throw new Refusal("in-use", "Whoever lives there types the number before their code.");
  const before = await doorsOfUnit(unit, row);
  await unit.updateTable("units").set({ name, number, template_id: template, version: row.version + 1 }).where("id", "=", id).execute();
  if (change.doors !== undefined) {
    const doors = await requireDoorsOf(unit, property_id, change.doors);
    await unit.deleteFrom("unit_doors").where("unit_id", "=", id).execute();
    await insertDoors(unit, id, doors);
  }
  const effect = await effectOnUnit(unit, id, before, await doorsOfUnit(unit, { id, template_id: template }), now);
  const given = await matchFlats(unit, parts, effect.length > 0 ? [id] : [], actor, now);
  await audit(unit, { at: now, actor, action: "unit.change", subject: `unit/${id}`, detail: { ...change, people: effect.map(({ person }) => person) } });
  return { effect, given };
}

/** Who would gain and lose what, were the flat of another kind or had other doors. @throws {Refusal} `not-found` for a door or the template. */
export async function previewFlat(unit: Unit, row: UnitRow, change: Partial<Pick<Flat, "template" | "doors">>, now: number): Promise<UnitEffect[]> {
  const { id, property_id } = row;
  const template = change.template === undefined ? row.template_id : change.template;
  const ofTemplate = template === null ? [] : await templateDoors(unit, (await readTemplate(unit, property_id, template)).id);
  const own = change.doors === undefined ? await ownDoors(unit, id) : await requireDoorsOf(unit, property_id, change.doors);
  return effectOnUnit(unit, id, await doorsOfUnit(unit, row), doorsOf(own, ofTemplate), now);
}

/** @throws {Refusal} `in-use` once somebody has lived there: their history is of this flat. */
export async function removeFlat(unit: Unit, { id, property_id }: UnitRow, actor: string, now: number): Promise<void> {
  const household = await unit.selectFrom("households").select("id").where("unit_id", "=", id).executeTakeFirst();
  if (household !== undefined) throw new Refusal("in-use", "Somebody lives there, or has lived there.");
  await unit.deleteFrom("unit_doors").where("unit_id", "=", id).execute();
  await unit.deleteFrom("units").where("id", "=", id).execute();
  await audit(unit, { at: now, actor, action: "unit.remove", subject: `unit/${id}`, detail: { property: property_id } });
}

/** @throws {Refusal} `not-found`: not of this property, for it. */
export async function readFlat(unit: Unit, property: string, id: string): Promise<UnitRow> {
  const row = await unit.selectFrom("units").selectAll().where("id", "=", id).where("property_id", "=", property).executeTakeFirst();
  if (row === undefined) throw new Refusal("not-found", "There is no such unit.");
  return row;
}

async function insertDoors(unit: Unit, unit_id: string, doors: readonly string[]): Promise<void> {
  for (const door_id of doors) await unit.insertInto("unit_doors").values({ unit_id, door_id }).execute();
}

async function requireFreeName(unit: Unit, property: string, name: string): Promise<void> {
  const row = await unit.selectFrom("units").select("id").where("property_id", "=", property).where("name", "=", name).executeTakeFirst();
  if (row !== undefined) throw new Refusal("name-taken", `There is a unit "${name}" already.`);
}
