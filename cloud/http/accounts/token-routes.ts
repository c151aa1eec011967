import { createRoute, z } from "@hono/zod-openapi";
import { addMachineToken, endMachineToken, readMachineToken } from "../../accounts/machine-token";
import { requireRecent } from "../../accounts/session";
import { requireManager } from "../../rules/read-standing";
import type { TokenRow } from "../../store/rows/account-rows";
import type { Unit } from "../../store/store";
import { readActors } from "../actor-format";
import { actorOf, change, read, routes, type ApiParts, type Routes } from "../api";
import { formatInstant } from "../people/grant-format";
import { answer, body, Id, Instant, Name, refusals } from "../schemas";

const Token = z.strictObject({ id: Id, property: Id, name: z.string(), by: z.string().openapi({ description: "`account/<id>` or `site`." }), byName: z.string().nullable().openapi({ description: "Of the account, while it is there." }), createdAt: Instant, usedAt: Instant.nullable().openapi({ description: "To the hour." }) }).openapi("Token");
const tags = ["tokens"];

const list = createRoute({
  method: "get",
  path: "/tokens",
  summary: "The programs that act for a property",
  tags,
  request: { query: z.object({ property: Id }) },
  responses: { 200: answer(z.strictObject({ items: z.array(Token) }), "Oldest first; those that have ended are not among them."), ...refusals },
});
const add = createRoute({
  method: "post",
  path: "/tokens",
  summary: "A token with which a program acts as a manager of one property",
  tags,
  request: body(z.strictObject({ property: Id, name: Name })),
  responses: { 201: answer(Token.extend({ token: z.string() }), "Shown this once."), ...refusals },
});
const end = createRoute({
  method: "delete",
  path: "/tokens/{token}",
  summary: "End a program's token",
  tags,
  request: { params: z.object({ token: Id }) },
  responses: { 204: { description: "Ended." }, ...refusals },
});

export function tokenRoutes(parts: ApiParts): Routes {
  const app = routes();
  app.openapi(list, async (c) => {
    const { property } = c.req.valid("query");
    const items = await read(parts, async (unit) => {
      await requireManager(unit, actorOf(c), property, "issue-tokens");
      return format(unit, await unit.selectFrom("tokens").selectAll().where("property_id", "=", property).where("ended_at", "is", null).orderBy("created_at").orderBy("id").execute());
    });
    return c.json({ items }, 200);
  });
  app.openapi(add, async (c) => {
    const actor = actorOf(c);
    const request = c.req.valid("json");
    const made = await change(parts, async (unit, now) => {
      await requireManager(unit, actor, request.property, "issue-tokens");
      requireRecent(actor, now);
      const { id, token } = await addMachineToken(unit, request, actor, now);
      const [formatted] = await format(unit, [await readMachineToken(unit, id)]);
      return { ...formatted, token };
    });
    return c.json(made, 201, { "cache-control": "no-store" });
  });
  app.openapi(end, async (c) => {
    const actor = actorOf(c);
    await change(parts, async (unit, now) => {
      const row = await readMachineToken(unit, c.req.valid("param").token);
      await requireManager(unit, actor, row.property_id, "issue-tokens", "token");
      await endMachineToken(unit, row, actor, now);
    });
    return c.body(null, 204);
  });
  return app;
}

async function format(unit: Unit, rows: readonly TokenRow[]): Promise<z.output<typeof Token>[]> {
  const actors = await readActors(unit, rows.map((row) => row.created_by));
  return rows.map(({ id, property_id, name, created_by, created_at, used_at }) => ({
    ...{ id, property: property_id, name, by: created_by, byName: actors.get(created_by)?.name ?? null },
    ...{ createdAt: formatInstant(created_at), usedAt: used_at === null ? null : formatInstant(used_at) },
  }));
}
