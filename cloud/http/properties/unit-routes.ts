import { createRoute, z } from "@hono/zod-openapi";
import { actorName } from "../../accounts/actor";
import { addFlat, changeFlat, previewFlat, readFlat, removeFlat } from "../../properties/flat";
import { doorsOfUnit, householdsOf, ownDoors } from "../../properties/unit-effect";
import { requireManager } from "../../rules/read-standing";
import type { Unit } from "../../store/store";
import type { UnitRow } from "../../store/rows/property-rows";
import { actorOf, change, namedFields, read, routes, type ApiParts, type Routes } from "../api";
import { etag, IfMatch, requireVersion } from "../etag";
import { formatCodesOfPeople } from "../people/given-codes";
import { answer, body, Doors, Id, Name, nextAfter, page, Paging, refusals, UnitNumber } from "../schemas";
import { Changed, Effect, formatEffect } from "./effect-format";

const ResidentialUnit = z
  .looseObject({
    id: Id,
    property: Id,
    name: z.string(),
    number: z.string().nullable(),
    template: Id.nullable(),
    doors: z.array(Id).openapi({ description: "Its own, beside those of the template." }),
    allDoors: z.array(Id).openapi({ description: "What a lease of it opens." }),
    households: z.array(Id).openapi({ description: "Who lives there now." }),
    version: z.int(),
  })
  .openapi("Unit", { description: "A flat: what a lease is of." });
const UnitChange = z.strictObject({ name: Name, number: UnitNumber.nullable(), template: Id.nullable(), doors: Doors }).partial().openapi("UnitChange");
const UnitRequest = z.strictObject({ name: Name, number: UnitNumber.nullable().default(null), template: Id.nullable().default(null), doors: Doors.default([]) }).openapi("UnitRequest");
const params = z.object({ property: Id });
const one = params.extend({ unit: Id });
const tags = ["units"];

const list = createRoute({
  method: "get",
  path: "/properties/{property}/units",
  summary: "The flats of a property",
  tags,
  request: { params, query: Paging },
  responses: { 200: answer(page(ResidentialUnit), "By id."), ...refusals },
});
const add = createRoute({ method: "post", path: "/properties/{property}/units", summary: "Add a flat", tags, request: { params, ...body(UnitRequest) }, responses: { 201: answer(ResidentialUnit, "Added."), ...refusals } });
const get = createRoute({ method: "get", path: "/properties/{property}/units/{unit}", summary: "One flat", tags, request: { params: one }, responses: { 200: answer(ResidentialUnit, "With its ETag."), ...refusals } });
const preview = createRoute({
  method: "post",
  path: "/properties/{property}/units/{unit}/preview",
  summary: "Who would gain and lose which doors, were a flat of another kind or had other doors; nothing is changed",
  tags,
  request: { params: one, ...body(UnitChange.pick({ template: true, doors: true })) },
  responses: { 200: answer(z.object({ effect: z.array(Effect) }), "Whom the change would reach."), ...refusals },
});
const patch = createRoute({
  method: "patch",
  path: "/properties/{property}/units/{unit}",
  summary: "Change a flat, and with it what those who live there open",
  tags,
  request: { params: one, headers: IfMatch, ...body(UnitChange) },
  responses: { 200: answer(ResidentialUnit.extend(Changed), "Changed; `effect` is as the preview foretold."), ...refusals },
});
const remove = createRoute({
  method: "delete",
  path: "/properties/{property}/units/{unit}",
  summary: "Remove a flat in which nobody has ever lived",
  tags,
  request: { params: one, headers: IfMatch },
  responses: { 204: { description: "Removed." }, ...refusals },
});

export function unitRoutes(parts: ApiParts): Routes {
  const app = routes();
  app.openapi(list, async (c) => {
    const { property } = c.req.valid("param");
    const { after = "", limit } = c.req.valid("query");
    const items = await read(parts, async (unit) => {
      await requireManager(unit, actorOf(c), property);
      const rows = await unit.selectFrom("units").selectAll().where("property_id", "=", property).where("id", ">", after).orderBy("id").limit(limit).execute();
      const formatted = [];
      for (const row of rows) formatted.push(await format(unit, row));
      return formatted;
    });
    return c.json({ items, next: nextAfter(items, limit) }, 200);
  });
  app.openapi(add, async (c) => {
    const { property } = c.req.valid("param");
    const flat = await change(parts, async (unit, now) => {
      await requireManager(unit, actorOf(c), property);
      const id = await addFlat(unit, property, c.req.valid("json"), actorName(actorOf(c)), now);
      return format(unit, await readFlat(unit, property, id));
    });
    return c.json(flat, 201, { etag: etag(flat.version) });
  });
  app.openapi(get, async (c) => {
    const { property, unit: id } = c.req.valid("param");
    const flat = await read(parts, async (unit) => {
      await requireManager(unit, actorOf(c), property, "run-property", "unit");
      return format(unit, await readFlat(unit, property, id));
    });
    return c.json(flat, 200, { etag: etag(flat.version) });
  });
  app.openapi(preview, async (c) => {
    const { property, unit: id } = c.req.valid("param");
    const effect = await read(parts, async (unit, now) => {
      await requireManager(unit, actorOf(c), property, "run-property", "unit");
      return previewFlat(unit, await readFlat(unit, property, id), namedFields(c.req.valid("json")), now);
    });
    return c.json({ effect: effect.map(formatEffect) }, 200);
  });
  app.openapi(patch, async (c) => {
    const { property, unit: id } = c.req.valid("param");
    const changed = await change(parts, async (unit, now) => {
      await requireManager(unit, actorOf(c), property, "run-property", "unit");
      const row = await readFlat(unit, property, id);
      requireVersion(c.req.valid("header")["if-match"], row.version);
      const { effect, given: codes } = await changeFlat(unit, parts, row, namedFields(c.req.valid("json")), actorName(actorOf(c)), now);
      return { ...(await format(unit, await readFlat(unit, property, id))), effect: effect.map(formatEffect), codes: await formatCodesOfPeople(unit, codes, actorOf(c), now) };
    });
    return c.json(changed, 200, { etag: etag(changed.version), "cache-control": "no-store" });
  });
  app.openapi(remove, async (c) => {
    const { property, unit: id } = c.req.valid("param");
    await change(parts, async (unit, now) => {
      await requireManager(unit, actorOf(c), property, "run-property", "unit");
      const row = await readFlat(unit, property, id);
      requireVersion(c.req.valid("header")["if-match"], row.version);
      await removeFlat(unit, row, actorName(actorOf(c)), now);
    });
    return c.body(null, 204);
  });
  return app;
}

async function format(unit: Unit, row: UnitRow) {
  const { id, property_id, name, number, template_id, version } = row;
  return { id, property: property_id, name, number, template: template_id, doors: await ownDoors(unit, id), allDoors: await doorsOfUnit(unit, row), households: await householdsOf(unit, id), version };
}
