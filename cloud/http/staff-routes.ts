import { createRoute, z } from "@hono/zod-openapi";
import { termsOf } from "../access/stored-terms";
import { actorName } from "../accounts/actor";
import { addPerson } from "../people/add-person";
import { giveCredentials } from "../people/give-credential";
import { revokePerson } from "../people/revoke";
import { Refusal } from "../refusal";
import { requireOutsider } from "../rules/confine";
import { requireManager } from "../rules/read-standing";
import type { Unit } from "../store/store";
import type { PersonRow } from "../store/tables";
import { actorOf, change, read, routes, type ApiParts, type Routes } from "./api";
import { formatInstant, formatTerms, parseCard, parsePin } from "./grant-format";
import { answer, body, CardNumber, Grant, Id, Instant, Name, nextAfter, page, Paging, refusals, UnitNumber } from "./schemas";

const Staff = z.looseObject({ id: Id, property: Id, name: z.string(), createdAt: Instant, suspended: z.boolean(), grants: z.array(z.looseObject({ id: Id, doors: z.array(Id) })) }).openapi("Staff", { description: "Somebody who works at a property." });
const StaffRequest = z
  .strictObject({
    name: Name,
    unit: UnitNumber.optional(),
    ...Grant.omit({ uses: true }).shape,
    card: CardNumber.optional().openapi({ description: "A card instead of a PIN." }),
  })
  .openapi("StaffRequest", { description: "Recurring visits are windows; an end is kept at doors without a network too." });
const NewStaff = Staff.extend({ pin: z.string().nullable() }).openapi("NewStaff", { description: "The PIN is shown this once." });
const params = z.object({ property: Id });
const tags = ["staff"];

const list = createRoute({
  method: "get",
  path: "/properties/{property}/staff",
  summary: "Who works at a property",
  tags,
  request: { params, query: Paging },
  responses: { 200: answer(page(Staff), "By id; nobody whose access has ended."), ...refusals },
});
const add = createRoute({
  method: "post",
  path: "/properties/{property}/staff",
  summary: "Add somebody who works at a property, with a PIN or a card",
  tags,
  request: { params, ...body(StaffRequest) },
  responses: { 201: answer(NewStaff, "Added."), ...refusals },
});
const remove = createRoute({
  method: "delete",
  path: "/properties/{property}/staff/{person}",
  summary: "End all access of somebody who works at a property; again is the same revocation",
  tags,
  request: { params: params.extend({ person: Id }) },
  responses: { 200: answer(z.object({ revocation: Id }), "Ended; doors follow: see the revocation."), ...refusals },
});

/** Staff and contractors: a class of their own, so that doors without news trust them for less long (P3). */
export function staffRoutes(parts: ApiParts): Routes {
  const app = routes();
  app.openapi(list, async (c) => {
    const { property } = c.req.valid("param");
    const { after = "", limit } = c.req.valid("query");
    const items = await read(parts, async (unit) => {
      await requireManager(unit, actorOf(c), property);
      const rows = await unit.selectFrom("people").selectAll().where("property_id", "=", property).where("class", "=", "staff").where("revoked_at", "is", null).where("id", ">", after).orderBy("id").limit(limit).execute();
      const formatted = [];
      for (const row of rows) formatted.push(await format(unit, row));
      return formatted;
    });
    return c.json({ items, next: nextAfter(items, limit) }, 200);
  });
  app.openapi(add, async (c) => {
    const { property } = c.req.valid("param");
    const { name, unit: number, card, ...grant } = c.req.valid("json");
    const request = { grants: [grant], secondPin: false, duressPin: false };
    const added = await change(parts, async (unit, now) => {
      await requireManager(unit, actorOf(c), property);
      const actor = actorName(actorOf(c));
      const id = await addPerson(unit, parts.keystore, { property, name, class: "staff", unit: number }, actor, now);
      const wanted = card === undefined ? parsePin(request) : parseCard({ ...request, number: card });
      const [given] = await giveCredentials(unit, parts.keystore, parts.secrets, id, [wanted], actor, now);
      const row = await unit.selectFrom("people").selectAll().where("id", "=", id).executeTakeFirstOrThrow();
      return { ...(await format(unit, row)), pin: given.pin ?? null };
    });
    return c.json(added, 201, { "cache-control": "no-store" });
  });
  app.openapi(remove, async (c) => {
    const { property, person } = c.req.valid("param");
    const revocation = await change(parts, async (unit, now) => {
      const row = await requireOutsider(unit, actorOf(c), person);
      if (row.property_id !== property || row.class !== "staff") throw new Refusal("not-found", "There is no such person.");
      return revokePerson(unit, person, actorName(actorOf(c)), now);
    });
    return c.json({ revocation }, 200);
  });
  return app;
}

async function format(unit: Unit, { id, property_id, name, created_at, suspended_at }: PersonRow): Promise<z.output<typeof Staff>> {
  const rows = await unit
    .selectFrom("grants as grant")
    .innerJoin("credentials as credential", "credential.id", "grant.credential_id")
    .where("credential.person_id", "=", id)
    .where("grant.revoked_at", "is", null)
    .selectAll("grant")
    .orderBy("grant.id")
    .execute();
  const grants = [];
  for (const row of rows) {
    const at = await unit.selectFrom("grant_doors").select("door_id").where("grant_id", "=", row.id).orderBy("door_id").execute();
    const terms = termsOf(row);
    grants.push({ id: row.id, doors: at.map(({ door_id }) => door_id), ...formatTerms(terms, row.outputs) });
  }
  return { id, property: property_id, name, createdAt: formatInstant(created_at), suspended: suspended_at !== null, grants };
}
