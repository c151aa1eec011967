import { createRoute, z } from "@hono/zod-openapi";
import { visibleEntries, type VisibleEntries } from "../../households/visible-entries";
import { actorOf, change, read, routes, type ApiParts, type Routes } from "../api";
import { answer, nextAfter, page, Paging, refusals } from "../schemas";
import { streamEvents } from "./event-export";
import { Event } from "./event-format";
import { EventFilter, noteReading, readEvents } from "./event-query";

const tags = ["events"];

const list = createRoute({
  method: "get",
  path: "/events",
  summary: "What doors have logged, in the order in which it arrived",
  tags,
  request: {
    query: Paging.extend(EventFilter.shape).extend({
      order: z.enum(["oldest", "newest"]).default("oldest"),
      managed: z.enum(["true", "false"]).default("true").openapi({ description: "`false`: without what one sees only as a property's manager, e.g. for a page about one's own doors." }),
    }),
  },
  responses: { 200: answer(page(Event), "Oldest first, or newest first where that is asked for."), ...refusals },
});
const file = createRoute({
  method: "get",
  path: "/events/export",
  summary: "What doors have logged, as a file",
  tags,
  request: { query: EventFilter },
  responses: { 200: { description: "Comma-separated values, oldest first; times in the zone of each door's property, and in UTC.", content: { "text/csv": { schema: z.string() } } }, ...refusals },
});

export function eventRoutes(parts: ApiParts): Routes {
  const app = routes();
  app.openapi(list, async (c) => {
    const { after, limit, order, managed, ...filter } = c.req.valid("query");
    const actor = actorOf(c);
    const look = actor.kind === "site" ? read : change; // others' looking may be noted
    const { rows, items } = await look(parts, async (unit, now) => {
      const all = await visibleEntries(unit, actor, now);
      const visible: VisibleEntries = managed === "true" ? all : { ...all, properties: [] };
      await noteReading(unit, actor, visible, { ...filter, after: after ?? null }, now);
      return readEvents(unit, actor, visible, { filter, order, after: rowNumber(after), limit });
    });
    return c.json({ items, next: nextAfter(rows, limit) }, 200);
  });
  app.openapi(file, async (c) => {
    const filter = c.req.valid("query");
    const actor = actorOf(c);
    await change(parts, async (unit, now) => noteReading(unit, actor, await visibleEntries(unit, actor, now), { ...filter, export: true }, now));
    const headers = { "content-type": "text/csv; charset=utf-8", "content-disposition": 'attachment; filename="events.csv"', "cache-control": "no-store" };
    return new Response(streamEvents(parts, actor, filter), { headers });
  });
  return app;
}

function rowNumber(after: string | undefined): number | undefined {
  return after !== undefined && /^[0-9]{1,15}$/.test(after) ? Number(after) : undefined;
}
