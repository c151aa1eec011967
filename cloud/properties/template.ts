import { audit } from "../audit/audit";
import { Refusal } from "../refusal";
import { newId } from "../store/ids";
import type { Unit } from "../store/store";
import type { TemplateRow } from "../store/rows/property-rows";
import { requireDoorsOf } from "./door-choice";
import { matchFlats, type DoorsChanged, type FlatParts } from "./match-flats";
import { doorsOf, effectOnUnit, ownDoors, templateDoors, type UnitEffect } from "./unit-effect";

/** Doors that come with a kind of flat: staircase, garage, bike room (P1). */
export interface Template {
  name: string;
  doors: readonly string[];
}

/** @returns the template's id. @throws {Refusal} `not-found` for a door; `name-taken`. */
export async function addTemplate(unit: Unit, property: string, { name, doors }: Template, actor: string, now: number): Promise<string> {
  const known = await requireDoorsOf(unit, property, doors);
  await requireFreeName(unit, property, name);
  const id = newId();
  await unit.insertInto("templates").values({ id, property_id: property, name, version: 1 }).execute();
  await insertDoors(unit, id, known);
  await audit(unit, { at: now, actor, action: "template.add", subject: `template/${id}`, detail: { property, name, doors: known } });
  return id;
}

/**
 * Changes a template, and with it what everybody opens who lives in a flat of that kind, in this transaction.
 * @returns who gains and loses what, as `previewTemplate` foretells it, and codes that are new.
 * @throws {Refusal} `not-found`, `name-taken`, `door-full`.
 */
export async function changeTemplate(unit: Unit, parts: FlatParts, template: TemplateRow, change: Partial<Template>, actor: string, now: number): Promise<DoorsChanged> {
  const { id, property_id } = template;
  const name = change.name ?? template.name;
  if (name !== template.name) await requireFreeName(unit, property_id, name);
  const effect = change.doors === undefined ? [] : await previewTemplate(unit, template, change.doors, now);
  let given: DoorsChanged["given"] = new Map();
  await unit.updateTable("templates").set({ name, version: template.version + 1 }).where("id", "=", id).execute();
  if (change.doors !== undefined) {
    await unit.deleteFrom("template_doors").where("template_id", "=", id).execute();
    await insertDoors(unit, id, await requireDoorsOf(unit, property_id, change.doors));
    given = await matchFlats(unit, parts, await flatsOf(unit, id), actor, now);
  }
  await audit(unit, { at: now, actor, action: "template.change", subject: `template/${id}`, detail: { ...change, people: effect.map(({ person }) => person) } });
  return { effect, given };
}

/** Who would gain and lose what, were the template to have these doors. @throws {Refusal} `not-found` for a door. */
export async function previewTemplate(unit: Unit, { id, property_id }: Pick<TemplateRow, "id" | "property_id">, doors: readonly string[], now: number): Promise<UnitEffect[]> {
  const after = await requireDoorsOf(unit, property_id, doors);
  const before = await templateDoors(unit, id);
  const effects: UnitEffect[] = [];
  for (const flat of await flatsOf(unit, id)) {
    const own = await ownDoors(unit, flat);
    effects.push(...(await effectOnUnit(unit, flat, doorsOf(own, before), doorsOf(own, after), now)));
  }
  return effects;
}

/** @throws {Refusal} `in-use` while a flat is of that kind. */
export async function removeTemplate(unit: Unit, { id, property_id }: TemplateRow, actor: string, now: number): Promise<void> {
  if ((await flatsOf(unit, id)).length > 0) throw new Refusal("in-use", "There are flats of this kind: give them another one first.");
  await unit.deleteFrom("template_doors").where("template_id", "=", id).execute();
  await unit.deleteFrom("templates").where("id", "=", id).execute();
  await audit(unit, { at: now, actor, action: "template.remove", subject: `template/${id}`, detail: { property: property_id } });
}

/** @throws {Refusal} `not-found`: not of this property, for it. */
export async function readTemplate(unit: Unit, property: string, id: string): Promise<TemplateRow> {
  const row = await unit.selectFrom("templates").selectAll().where("id", "=", id).where("property_id", "=", property).executeTakeFirst();
  if (row === undefined) throw new Refusal("not-found", "There is no such template.");
  return row;
}

async function flatsOf(unit: Unit, template: string): Promise<string[]> {
  const rows = await unit.selectFrom("units").select("id").where("template_id", "=", template).orderBy("id").execute();
  return rows.map((row) => row.id);
}

async function insertDoors(unit: Unit, template_id: string, doors: readonly string[]): Promise<void> {
  for (const door_id of doors) await unit.insertInto("template_doors").values({ template_id, door_id }).execute();
}

async function requireFreeName(unit: Unit, property: string, name: string): Promise<void> {
  const row = await unit.selectFrom("templates").select("id").where("property_id", "=", property).where("name", "=", name).executeTakeFirst();
  if (row !== undefined) throw new Refusal("name-taken", `There is a template "${name}" already.`);
}
