import { createRoute, z } from "@hono/zod-openapi";
import { actorName } from "../accounts/actor";
import { GUEST_LEASE_SECONDS, STAFF_LEASE_SECONDS, UNLOCK_SECONDS } from "../limits";
import { changeProperty, createProperty, readProperty, type PropertySettings } from "../properties/property-settings";
import { actorOf, change, read, routes, type ApiParts, type Routes } from "./api";
import { answer, body, Id, Paging, PropertyChange, PropertyRequest, refusals } from "./schemas";

const Property = z.looseObject({ id: Id, name: z.string(), timeZone: z.string(), holidays: z.array(z.string()), unlockSeconds: z.int(), staleness: z.looseObject({}) }).openapi("Property");
const params = z.object({ property: Id });
const tags = ["properties"];

const create = createRoute({ method: "post", path: "/properties", summary: "Add a property", tags, request: body(PropertyRequest), responses: { 201: answer(Property, "Added."), ...refusals } });
const list = createRoute({ method: "get", path: "/properties", summary: "List properties", tags, request: { query: Paging }, responses: { 200: answer(z.object({ items: z.array(Property), next: z.string().nullable() }), "By id."), ...refusals } });
const get = createRoute({ method: "get", path: "/properties/{property}", summary: "One property", tags, request: { params }, responses: { 200: answer(Property, "The property."), ...refusals } });
const patch = createRoute({
  method: "patch",
  path: "/properties/{property}",
  summary: "Change a property; its doors get new lists",
  tags,
  request: { params, ...body(PropertyChange) },
  responses: { 200: answer(Property, "Changed."), ...refusals },
});

export function propertyRoutes(parts: ApiParts): Routes {
  const app = routes();
  app.openapi(create, async (c) => {
    const request = c.req.valid("json");
    const settings: PropertySettings = { ...defaults(parts), ...given(request), name: request.name };
    const id = await change(parts, (unit, now) => createProperty(unit, settings, actorName(actorOf(c)), now));
    return c.json({ id, ...format(settings) }, 201);
  });
  app.openapi(list, async (c) => {
    const { after = "", limit } = c.req.valid("query");
    const items = await read(parts, async (unit) => {
      const rows = await unit.selectFrom("properties").select("id").where("id", ">", after).orderBy("id").limit(limit).execute();
      return Promise.all(rows.map(async ({ id }) => ({ id, ...format(await readProperty(unit, id)) })));
    });
    return c.json({ items, next: items.length === limit ? items[items.length - 1].id : null }, 200);
  });
  app.openapi(get, async (c) => {
    const { property } = c.req.valid("param");
    return c.json({ id: property, ...format(await read(parts, (unit) => readProperty(unit, property))) }, 200);
  });
  app.openapi(patch, async (c) => {
    const { property } = c.req.valid("param");
    const settings = await change(parts, async (unit, now) => {
      await changeProperty(unit, property, given(c.req.valid("json")), actorName(actorOf(c)), now);
      return readProperty(unit, property);
    });
    return c.json({ id: property, ...format(settings) }, 200);
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

/** The fields that a request names. */
function given(request: z.output<typeof PropertyChange>): Partial<PropertySettings> {
  return Object.fromEntries(Object.entries(request).filter(([, value]) => value !== undefined));
}

function format(settings: PropertySettings) {
  return { ...settings, holidays: [...settings.holidays].sort() };
}
