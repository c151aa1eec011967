import { createRoute, z } from "@hono/zod-openapi";
import { actorName } from "../accounts/actor";
import { revokeGrant, revokePerson } from "../people/revoke";
import { Refusal } from "../refusal";
import type { Unit } from "../store/store";
import { actorOf, change, read, routes, type ApiParts, type Routes } from "./api";
import { formatInstant } from "./grant-format";
import { answer, body, Id, Instant, refusals, RevocationRequest } from "./schemas";
import { FormattedTruth, truthOfRevocation } from "./truth-format";

const Revocation = z.looseObject({ id: Id, person: Id, at: Instant, complete: z.boolean(), doors: z.array(FormattedTruth) }).openapi("Revocation");
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

export function revocationRoutes(parts: ApiParts): Routes {
  const app = routes();
  app.openapi(create, async (c) => {
    const { person, grant } = c.req.valid("json");
    const revocation = await change(parts, async (unit, now) => {
      const id = person !== undefined ? await revokePerson(unit, person, actorName(actorOf(c)), now) : await revokeGrant(unit, grant!, actorName(actorOf(c)), now);
      return readRevocation(unit, id, now);
    });
    return c.json(revocation, 201);
  });
  app.openapi(get, async (c) => {
    const { revocation } = c.req.valid("param");
    return c.json(await read(parts, (unit, now) => readRevocation(unit, revocation, now)), 200);
  });
  return app;
}

async function readRevocation(unit: Unit, id: string, now: number) {
  const row = await unit.selectFrom("revocations").selectAll().where("id", "=", id).executeTakeFirst();
  if (row === undefined) throw new Refusal("not-found", "There is no such revocation.");
  const doors = await truthOfRevocation(unit, id, now);
  return { id, person: row.person_id, scope: row.scope, at: formatInstant(row.created_at), by: row.created_by, complete: doors.every((door) => door.state !== "pending"), doors };
}
