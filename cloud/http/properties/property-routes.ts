import { createRoute, z } from "@hono/zod-openapi";
import { actorName } from "../../accounts/actor";
import { GUEST_LEASE_SECONDS, STAFF_LEASE_SECONDS, UNLOCK_SECONDS } from "../../limits";
import { changeProperty, createProperty, readProperty, versionOfProperty, type PropertySettings } from "../../properties/property-settings";
import { canDoAtProperty } from "../../rules/rights";
import { managedProperties, requireManager, requireSite, standingAt } from "../../rules/read-standing";
import { actorOf, change, namedFields, read, routes, type ApiParts, type Routes } from "../api";
import { FOR_SITE } from "../api-document";
import { etag, IfMatch, requireVersion } from "../etag";
import { answer, body, Id, nextAfter, page, Paging, PropertyChange, PropertyRequest, refusals, Staleness } from "../schemas";

const Property = z.looseObject({ id: Id, name: z.string(), timeZone: z.string(), holidays: z.array(z.string()), unlockSeconds: z.int(), staleness: Staleness, can: z.array(z.string()).openapi({ description: "What whoever asks may do there." }) }).openapi("Property");
const params = z.object({ property: Id });
const tags = ["properties"];

const create = createRoute({ method: "post", path: "/properties", summary: "Add a property", tags, security: FOR_SITE, request: body(PropertyRequest), responses: { 201: answer(Property, "Added."), ...refusals } });
const list = createRoute({ method: "get", path: "/properties", summary: "List properties", tags, request: { query: Paging }, responses: { 200: answer(page(Property), "By id."), ...refusals } });
const get = createRoute({ method: "get", path: "/properties/{property}", summary: "One property", tags, request: { params }, responses: { 200: answer(Property, "The property."), ...refusals } });
const patch = createRoute({
  method: "patch",
  path: "/properties/{property}",
  summary: "Change a property; its doors get new lists",
  tags,
  request: { params, headers: IfMatch, ...body(PropertyChange) },
  responses: { 200: answer(Property, "Changed."), ...refusals },
});

export function propertyRoutes(parts: ApiParts): Routes {
  const app = routes();
  app.openapi(create, async (c) => {
    const request = c.req.valid("json");
    requireSite(actorOf(c));
    const settings: PropertySettings = { ...defaults(parts), ...namedFields(request), name: request.name };
    const id = await change(parts, (unit, now) => createProperty(unit, settings, actorName(actorOf(c)), now));
    return c.json({ id, ...format(settings), can: canDoAtProperty({ ranks: ["site"], places: [] }) }, 201, { etag: etag(1) });
  });
  app.openapi(list, async (c) => {
    const { after = "", limit } = c.req.valid("query");
    const items = await read(parts, async (unit, now) => {
      const managed = await managedProperties(unit, actorOf(c));
      const query = unit.selectFrom("properties").select("id").where("id", ">", after).orderBy("id").limit(limit);
      const rows = managed === "all" ? await query.execute() : managed.length === 0 ? [] : await query.where("id", "in", managed).execute();
      const found = [];
      for (const { id } of rows) found.push({ id, ...format(await readProperty(unit, id)), can: canDoAtProperty(await standingAt(unit, actorOf(c), { property: id }, now)) });
      return found;
    });
    return c.json({ items, next: nextAfter(items, limit) }, 200);
  });
  app.openapi(get, async (c) => {
    const { property } = c.req.valid("param");
    const { version, ...found } = await read(parts, async (unit) => {
      const standing = await requireManager(unit, actorOf(c), property, "see-property");
      return { id: property, ...format(await readProperty(unit, property)), can: canDoAtProperty(standing), version: await versionOfProperty(unit, property) };
    });
    return c.json(found, 200, { etag: etag(version) });
  });
  app.openapi(patch, async (c) => {
    const { property } = c.req.valid("param");
    const { version, ...changed } = await change(parts, async (unit, now) => {
      const standing = await requireManager(unit, actorOf(c), property);
      requireVersion(c.req.valid("header")["if-match"], await versionOfProperty(unit, property));
      await changeProperty(unit, property, namedFields(c.req.valid("json")), actorName(actorOf(c)), now);
      return { id: property, ...format(await readProperty(unit, property)), can: canDoAtProperty(standing), version: await versionOfProperty(unit, property) };
    });
    return c.json(changed, 200, { etag: etag(version) });
  });
  return app;
}

function defaults(parts: ApiParts): Omit<PropertySettings, "name"> {
  return {
    timeZone: parts.timeZone,
    holidays: [],
    unlockSeconds: UNLOCK_SECONDS,
    staleness: { guestSeconds: GUEST_LEASE_SECONDS, staffSeconds: STAFF_LEASE_SECONDS, residentSeconds: null },
  };
}

function format(settings: PropertySettings) {
  return { ...settings, holidays: [...settings.holidays].sort() };
}
