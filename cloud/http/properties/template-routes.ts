import { createRoute, z } from "@hono/zod-openapi";
import { actorName } from "../../accounts/actor";
import { addTemplate, changeTemplate, previewTemplate, readTemplate, removeTemplate } from "../../properties/template";
import { templateDoors } from "../../properties/unit-effect";
import { requireManager } from "../../rules/read-standing";
import type { Unit } from "../../store/store";
import type { TemplateRow } from "../../store/rows/property-rows";
import { actorOf, change, namedFields, read, routes, type ApiParts, type Routes } from "../api";
import { etag, IfMatch, requireVersion } from "../etag";
import { formatCodesOfPeople } from "../people/given-codes";
import { answer, body, Doors, Id, Name, nextAfter, page, Paging, refusals } from "../schemas";
import { Changed, Effect, formatEffect } from "./effect-format";

const Template = z.looseObject({ id: Id, property: Id, name: z.string(), doors: z.array(Id), version: z.int() }).openapi("Template", { description: "Doors that come with a kind of flat." });
const TemplateRequest = z.strictObject({ name: Name, doors: Doors }).openapi("TemplateRequest");
const params = z.object({ property: Id });
const one = params.extend({ template: Id });
const tags = ["units"];

const list = createRoute({
  method: "get",
  path: "/properties/{property}/templates",
  summary: "The kinds of flats of a property",
  tags,
  request: { params, query: Paging },
  responses: { 200: answer(page(Template), "By id."), ...refusals },
});
const add = createRoute({ method: "post", path: "/properties/{property}/templates", summary: "Add a kind of flat, with the doors that come with it", tags, request: { params, ...body(TemplateRequest) }, responses: { 201: answer(Template, "Added."), ...refusals } });
const get = createRoute({ method: "get", path: "/properties/{property}/templates/{template}", summary: "One kind of flat", tags, request: { params: one }, responses: { 200: answer(Template, "With its ETag."), ...refusals } });
const preview = createRoute({
  method: "post",
  path: "/properties/{property}/templates/{template}/preview",
  summary: "Who would gain and lose which doors, were a template to have these; nothing is changed",
  tags,
  request: { params: one, ...body(z.strictObject({ doors: Doors })) },
  responses: { 200: answer(z.object({ effect: z.array(Effect) }), "Whom the change would reach."), ...refusals },
});
const patch = createRoute({
  method: "patch",
  path: "/properties/{property}/templates/{template}",
  summary: "Change a kind of flat, and with it what those who live in one open",
  tags,
  request: { params: one, headers: IfMatch, ...body(TemplateRequest.partial()) },
  responses: { 200: answer(Template.extend(Changed), "Changed; `effect` is as the preview foretold."), ...refusals },
});
const remove = createRoute({
  method: "delete",
  path: "/properties/{property}/templates/{template}",
  summary: "Remove a kind of flat that no flat is of",
  tags,
  request: { params: one, headers: IfMatch },
  responses: { 204: { description: "Removed." }, ...refusals },
});

export function templateRoutes(parts: ApiParts): Routes {
  const app = routes();
  app.openapi(list, async (c) => {
    const { property } = c.req.valid("param");
    const { after = "", limit } = c.req.valid("query");
    const items = await read(parts, async (unit) => {
      await requireManager(unit, actorOf(c), property);
      const rows = await unit.selectFrom("templates").selectAll().where("property_id", "=", property).where("id", ">", after).orderBy("id").limit(limit).execute();
      const formatted = [];
      for (const row of rows) formatted.push(await format(unit, row));
      return formatted;
    });
    return c.json({ items, next: nextAfter(items, limit) }, 200);
  });
  app.openapi(add, async (c) => {
    const { property } = c.req.valid("param");
    const template = await change(parts, async (unit, now) => {
      await requireManager(unit, actorOf(c), property);
      const id = await addTemplate(unit, property, c.req.valid("json"), actorName(actorOf(c)), now);
      return format(unit, await readTemplate(unit, property, id));
    });
    return c.json(template, 201, { etag: etag(template.version) });
  });
  app.openapi(get, async (c) => {
    const { property, template } = c.req.valid("param");
    const found = await read(parts, async (unit) => {
      await requireManager(unit, actorOf(c), property, "run-property", "template");
      return format(unit, await readTemplate(unit, property, template));
    });
    return c.json(found, 200, { etag: etag(found.version) });
  });
  app.openapi(preview, async (c) => {
    const { property, template } = c.req.valid("param");
    const effect = await read(parts, async (unit, now) => {
      await requireManager(unit, actorOf(c), property, "run-property", "template");
      return previewTemplate(unit, await readTemplate(unit, property, template), c.req.valid("json").doors, now);
    });
    return c.json({ effect: effect.map(formatEffect) }, 200);
  });
  app.openapi(patch, async (c) => {
    const { property, template } = c.req.valid("param");
    const changed = await change(parts, async (unit, now) => {
      await requireManager(unit, actorOf(c), property, "run-property", "template");
      const row = await readTemplate(unit, property, template);
      requireVersion(c.req.valid("header")["if-match"], row.version);
      const { effect, given: codes } = await changeTemplate(unit, parts, row, namedFields(c.req.valid("json")), actorName(actorOf(c)), now);
      return { ...(await format(unit, await readTemplate(unit, property, template))), effect: effect.map(formatEffect), codes: await formatCodesOfPeople(unit, codes, actorOf(c), now) };
    });
    return c.json(changed, 200, { etag: etag(changed.version), "cache-control": "no-store" });
  });
  app.openapi(remove, async (c) => {
    const { property, template } = c.req.valid("param");
    await change(parts, async (unit, now) => {
      await requireManager(unit, actorOf(c), property, "run-property", "template");
      const row = await readTemplate(unit, property, template);
      requireVersion(c.req.valid("header")["if-match"], row.version);
      await removeTemplate(unit, row, actorName(actorOf(c)), now);
    });
    return c.body(null, 204);
  });
  return app;
}

async function format(unit: Unit, { id, property_id, name, version }: TemplateRow) {
  return { id, property: property_id, name, doors: await templateDoors(unit, id), version };
}
