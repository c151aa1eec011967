import { createRoute, z } from "@hono/zod-openapi";
import { actorName, type Actor } from "../accounts/actor";
import { revokeGrant, revokePerson } from "../people/revoke";
import { Refusal } from "../refusal";
import { requireOutsider, requirePerson } from "../rules/confine";
import { meetMember, requireOnMember } from "../rules/read-standing";
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
      await requireOutsider(unit, actorOf(c), person ?? (await holderOf(unit, grant!)), person === undefined ? "grant" : "person");
      const id = person !== undefined ? await revokePerson(unit, person, actorName(actorOf(c)), now) : await revokeGrant(unit, grant!, actorName(actorOf(c)), now);
      return readRevocation(unit, id, now);
    });
    return c.json(revocation, 201);
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

/** @throws {Refusal} `not-found`. */
async function holderOf(unit: Unit, grant: string): Promise<string> {
  const row = await unit.selectFrom("grants as grant").innerJoin("credentials as credential", "credential.id", "grant.credential_id").where("grant.id", "=", grant).select("credential.person_id").executeTakeFirst();
  if (row === undefined) throw new Refusal("not-found", "There is no such grant.");
  return row.person_id;
}

/** Whoever may know what came of somebody's access (X1). @throws {Refusal} `not-found`, `not-allowed`. */
async function requireSight(unit: Unit, actor: Actor, revocation: string, now: number): Promise<void> {
  const row = await unit.selectFrom("revocations").select("person_id").where("id", "=", revocation).executeTakeFirst();
  if (row === undefined) throw new Refusal("not-found", "There is no such revocation.");
  if ((await meetMember(unit, actor, row.person_id, now)) !== undefined) await requireOnMember(unit, actor, row.person_id, "see-truth", now, "revocation");
  else await requirePerson(unit, actor, row.person_id, "revocation");
}

async function readRevocation(unit: Unit, id: string, now: number) {
  const row = await unit.selectFrom("revocations").selectAll().where("id", "=", id).executeTakeFirst();
  if (row === undefined) throw new Refusal("not-found", "There is no such revocation.");
  const doors = await truthOfRevocation(unit, id, now);
  return { id, person: row.person_id, scope: row.scope, at: formatInstant(row.created_at), by: row.created_by, complete: doors.every((door) => door.state !== "pending"), doors };
}
