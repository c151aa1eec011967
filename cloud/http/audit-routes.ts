import { createRoute, z } from "@hono/zod-openapi";
import { listedProperties } from "../rules/confine";
import { actorOf, read, routes, type ApiParts, type Routes } from "./api";
import { formatInstant } from "./grant-format";
import { answer, Id, Instant, Paging, refusals } from "./schemas";

const Entry = z.looseObject({ at: Instant, actor: z.string(), action: z.string(), subject: z.string() }).openapi("AuditEntry");

const list = createRoute({
  method: "get",
  path: "/audit",
  summary: "Who changed or looked at what",
  tags: ["audit"],
  request: { query: Paging.extend({ property: Id.optional() }) },
  responses: { 200: answer(z.object({ items: z.array(Entry), next: z.string().nullable() }), "Oldest first."), ...refusals },
});

export function auditRoutes(parts: ApiParts): Routes {
  const app = routes();
  app.openapi(list, async (c) => {
    const { after, limit, property } = c.req.valid("query");
    const from = after !== undefined && /^[0-9]{1,15}$/.test(after) ? Number(after) : 0;
    const rows = await read(parts, async (unit) => {
      const query = unit.selectFrom("audit").selectAll().where("id", ">", from).orderBy("id").limit(limit);
      const listed = await listedProperties(unit, actorOf(c), property);
      return (listed === "all" ? query : query.where("property_id", "in", listed)).execute();
    });
    const items = rows.map(({ at, actor, action, subject, detail }) => ({ at: formatInstant(at), actor, action, subject, detail: JSON.parse(detail) as Record<string, unknown> }));
    return c.json({ items, next: rows.length === limit ? String(rows[rows.length - 1].id) : null }, 200);
  });
  return app;
}
