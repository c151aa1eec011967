import { createRoute, z } from "@hono/zod-openapi";
import { actorName } from "../../accounts/actor";
import { revokeGrant, revokePerson } from "../../people/revoke";
import { REVOCATIONS_PAGE_MAX } from "../../limits";
import { Refusal } from "../../refusal";
import { requireOutsider } from "../../rules/confine";
import { requireManager } from "../../rules/read-standing";
import type { Unit } from "../../store/store";
import { actorOf, change, read, routes, type ApiParts, type Routes } from "../api";
import { listRevocations, readRevocation, requireSight, Revocation, RevocationOfPerson } from "./revocation-format";
import { answer, body, Id, nextAfter, page, Paging, refusals, RevocationRequest } from "../schemas";

const tags = ["revocations"];

const create = createRoute({
  method: "post",
  path: "/revocations",
  summary: "End all of a person's access, or one grant; again is the same revocation",
  tags,
  request: body(RevocationRequest),
  responses: { 201: answer(Revocation, "Committed. Doors follow: see `doors`."), ...refusals },
});
const get = createRoute({
  method: "get",
  path: "/revocations/{revocation}",
  summary: "Which door has acknowledged a revocation, and until when others may still open",
  tags,
  request: { params: z.object({ revocation: Id }) },
  responses: { 200: answer(Revocation, "The truth, from receipts and leases."), ...refusals },
});

const list = createRoute({
  method: "get",
  path: "/revocations",
  summary: "What was ended at a property, newest first",
  tags,
  request: {
    query: Paging.extend({
      property: Id,
      open: z.enum(["true", "false"]).default("false").openapi({ description: "true: only what some door has not acknowledged." }),
      limit: z.coerce.number().int().min(1).max(REVOCATIONS_PAGE_MAX).default(REVOCATIONS_PAGE_MAX),
    }),
  },
  responses: { 200: answer(page(RevocationOfPerson), "Each with its truth, from receipts and leases."), ...refusals },
});

export function revocationRoutes(parts: ApiParts): Routes {
  const app = routes();
  app.openapi(create, async (c) => {
    const { person, grant } = c.req.valid("json");
    const revocation = await change(parts, async (unit, now) => {
      await requireOutsider(unit, actorOf(c), person ?? (await holderOf(unit, grant!)), person === undefined ? "grant" : "person");
      if (grant !== undefined) await requireOwnGrant(unit, grant);
      const id = person !== undefined ? await revokePerson(unit, person, actorName(actorOf(c)), now) : await revokeGrant(unit, grant!, actorName(actorOf(c)), now);
      return readRevocation(unit, id, now);
    });
    return c.json(revocation, 201);
  });
  app.openapi(list, async (c) => {
    const { property, open, after, limit } = c.req.valid("query");
    const items = await read(parts, async (unit, now) => {
      await requireManager(unit, actorOf(c), property);
      return listRevocations(unit, { property, open: open === "true", after, limit }, now);
    });
    return c.json({ items, next: nextAfter(items, limit) }, 200);
  });
  app.openapi(get, async (c) => {
    const { revocation } = c.req.valid("param");
    return c.json(await read(parts, async (unit, now) => {
        await requireSight(unit, actorOf(c), revocation, now);
        return readRevocation(unit, revocation, now);
      }), 200);
  });
  return app;
}

/** What a group gives it would give again (N12). @throws {Refusal} `given-by-group`. */
async function requireOwnGrant(unit: Unit, grant: string): Promise<void> {
  const row = await unit.selectFrom("grants").select("group_id").where("id", "=", grant).where("revoked_at", "is", null).executeTakeFirst();
  if (row !== undefined && row.group_id !== null) throw new Refusal("given-by-group", "Take the person out of the group instead.", { group: row.group_id });
}

/** @throws {Refusal} `not-found`. */
async function holderOf(unit: Unit, grant: string): Promise<string> {
  const row = await unit.selectFrom("grants as grant").innerJoin("credentials as credential", "credential.id", "grant.credential_id").where("grant.id", "=", grant).select("credential.person_id").executeTakeFirst();
  if (row === undefined) throw new Refusal("not-found", "There is no such grant.");
  return row.person_id;
}
