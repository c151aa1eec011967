import { createRoute, z } from "@hono/zod-openapi";
import { termsOf } from "../../access/stored-terms";
import { NO_END } from "../../../protocol/profile";
import { actorName, type Actor } from "../../accounts/actor";
import { addPerson } from "../../people/add-person";
import { giveCredentials } from "../../people/give-credential";
import { revokePerson } from "../../people/revoke";
import { changeStaff, type StaffChange as Change } from "../../properties/change-staff";
import { Refusal } from "../../refusal";
import { requireOutsider } from "../../rules/confine";
import { requireManager } from "../../rules/read-standing";
import type { Unit } from "../../store/store";
import type { PersonRow } from "../../store/rows/right-rows";
import { actorOf, change, namedFields, read, routes, type ApiParts, type Routes } from "../api";
import { etag, IfMatch, requireVersion } from "../etag";
import { formatInstant, formatTerms, parseCard, parseInstant, parseOutputs, parsePin, parseWindow } from "../people/grant-format";
import { answer, body, CardNumber, Doors, Grant, Id, Instant, Name, nextAfter, page, Paging, refusals, UnitNumber, Windows } from "../schemas";

const StaffGrant = z
  .object({ id: Id, doors: z.array(Id), windows: Windows, outputs: Grant.shape.outputs.unwrap().optional(), notBefore: Grant.shape.notBefore, notAfter: Grant.shape.notAfter, group: Id.nullable().openapi({ description: "The group that gives it; what it gives is changed there." }) })
  .openapi("StaffGrant");
const Staff = z
  .looseObject({ id: Id, property: Id, name: z.string(), unit: z.string().nullable(), createdAt: Instant, suspended: z.boolean(), revokedAt: Instant.nullable(), version: z.int(), grants: z.array(StaffGrant) })
  .openapi("Staff", { description: "Somebody who works at a property." });
const StaffRequest = z
  .strictObject({
    name: Name,
    unit: UnitNumber.optional(),
    ...Grant.omit({ uses: true }).shape,
    card: CardNumber.optional().openapi({ description: "A card instead of a PIN." }),
  })
  .openapi("StaffRequest", { description: "Recurring visits are windows; an end is kept at doors without a network too." });
const NewStaff = Staff.extend({ pin: z.string().nullable() }).openapi("NewStaff", { description: "The PIN is shown this once." });
const StaffChange = z
  .strictObject({
    ...{ name: Name, doors: Doors.min(1), windows: Windows, outputs: Grant.shape.outputs.unwrap() },
    notBefore: Instant.nullable().openapi({ description: "null: from the beginning." }),
    notAfter: Instant.nullable().openapi({ description: "Exclusive; null: without an end." }),
  })
  .partial()
  .openapi("StaffChange", { description: "What holds for every PIN and card of theirs from now on; what their keys and groups give stays." });
const ChangedStaff = Staff.extend({ codes: z.array(z.strictObject({ id: Id, pin: z.string().optional() })).openapi({ description: "New ones, for doors at which the old one cannot be used; shown this once." }) }).openapi("ChangedStaff");
const params = z.object({ property: Id });
const one = params.extend({ person: Id });
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
const get = createRoute({ method: "get", path: "/properties/{property}/staff/{person}", summary: "Somebody who works at a property", tags, request: { params: one }, responses: { 200: answer(Staff, "With their ETag."), ...refusals } });
const patch = createRoute({
  method: "patch",
  path: "/properties/{property}/staff/{person}",
  summary: "Change what somebody who works at a property may: their doors, hours and dates",
  tags,
  request: { params: one, headers: IfMatch, ...body(StaffChange) },
  responses: { 200: answer(ChangedStaff, "Changed; doors follow."), ...refusals },
});
const remove = createRoute({
  method: "delete",
  path: "/properties/{property}/staff/{person}",
  summary: "End all access of somebody who works at a property; again is the same revocation",
  tags,
  request: { params: one },
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
  app.openapi(get, async (c) => {
    const { property, person } = c.req.valid("param");
    const found = await read(parts, async (unit) => format(unit, await requireStaff(unit, actorOf(c), property, person)));
    return c.json(found, 200, { etag: etag(found.version) });
  });
  app.openapi(patch, async (c) => {
    const { property, person } = c.req.valid("param");
    const changed = await change(parts, async (unit, now) => {
      const row = await requireStaff(unit, actorOf(c), property, person);
      requireVersion(c.req.valid("header")["if-match"], row.version);
      if (row.revoked_at !== null) throw new Refusal("person-revoked");
      const given = await changeStaff(unit, parts, row, parseChange(c.req.valid("json")), actorName(actorOf(c)), now);
      const codes = given.flatMap((code) => [code, code.secondPin, code.duressPin].filter((each) => each !== undefined)).map(({ credential, pin }) => ({ id: credential, ...(pin !== undefined && { pin }) }));
      return { ...(await format(unit, await requireStaff(unit, actorOf(c), property, person))), codes };
    });
    return c.json(changed, 200, { etag: etag(changed.version), "cache-control": "no-store" });
  });
  app.openapi(remove, async (c) => {
    const { property, person } = c.req.valid("param");
    const revocation = await change(parts, async (unit, now) => {
      await requireStaff(unit, actorOf(c), property, person);
      return revokePerson(unit, person, actorName(actorOf(c)), now);
    });
    return c.json({ revocation }, 200);
  });
  return app;
}

/** @throws {Refusal} `not-found`: nobody who works there, for whoever asks. */
async function requireStaff(unit: Unit, actor: Actor, property: string, person: string): Promise<PersonRow> {
  const row = await requireOutsider(unit, actor, person);
  if (row.property_id !== property || row.class !== "staff") throw new Refusal("not-found", "There is no such person.");
  return row;
}

function parseChange({ windows, outputs, notBefore, notAfter, ...rest }: z.output<typeof StaffChange>): Change {
  return {
    ...namedFields(rest),
    ...(windows !== undefined && { windows: windows.map(parseWindow) }),
    ...(outputs !== undefined && { outputs: parseOutputs(outputs) }),
    ...(notBefore !== undefined && { notBefore: notBefore === null ? 0 : parseInstant(notBefore) }),
    ...(notAfter !== undefined && { notAfter: notAfter === null ? NO_END : parseInstant(notAfter) }),
  };
}

async function format(unit: Unit, { id, property_id, name, unit: number, created_at, suspended_at, revoked_at, version }: PersonRow): Promise<z.output<typeof Staff>> {
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
    grants.push({ id: row.id, doors: at.map(({ door_id }) => door_id), ...formatTerms(terms, row.outputs), group: row.group_id });
  }
  return { id, property: property_id, name, unit: number, createdAt: formatInstant(created_at), suspended: suspended_at !== null, revokedAt: revoked_at === null ? null : formatInstant(revoked_at), version, grants };
}
