import { createRoute, z } from "@hono/zod-openapi";
import { isTyped, type StoredKind } from "../../access/stored-kind";
import { termsOf } from "../../access/stored-terms";
import { actorName } from "../../accounts/actor";
import { matchGroups } from "../../groups/match-groups";
import { addPerson } from "../../people/add-person";
import { giveCredentials, type GivenCode, type GivenCredential } from "../../people/give-credential";
import { setSuspended } from "../../people/suspend-person";
import { viewPin } from "../../pins/view-pin";
import { Refusal } from "../../refusal";
import { listedProperties, requireOutsider, requirePerson } from "../../rules/confine";
import { meetMember, requireManager, requireOnMember } from "../../rules/read-standing";
import type { Unit } from "../../store/store";
import type { PersonRow } from "../../store/rows/right-rows";
import { actorOf, change, read, routes, type ApiParts, type Routes } from "../api";
import { formatInstant, formatTerms, parseCard, parsePin } from "./grant-format";
import { answer, body, CardRequest, HolderClass, Id, nextAfter, page, Paging, PersonRequest, PinRequest, refusals, SuspensionRequest } from "../schemas";
import { FormattedTruth, truthOfPerson } from "./truth-format";

const Person = z.looseObject({ id: Id, property: Id, name: z.string(), class: HolderClass, unit: z.string().nullable(), suspended: z.boolean(), revokedAt: z.string().nullable() }).openapi("Person");
const Code = z.object({ id: Id, pin: z.string() });
const companions = { secondPin: Code.optional(), duressPin: Code.optional() };
const NewCard = z.object({ id: Id, grants: z.array(Id), ...companions }).openapi("NewCard");
const NewPin = z.object({ id: Id, pin: z.string(), grants: z.array(Id), ...companions }).openapi("NewPin", { description: "Pass the digits on; they can be seen again with another request." });
const Access = z.looseObject({ person: Id, pins: z.array(z.looseObject({ id: Id })), cards: z.array(z.looseObject({ id: Id })), phones: z.array(z.looseObject({ id: Id })), revoked: z.array(FormattedTruth) }).openapi("Access");
const params = z.object({ person: Id });
const tags = ["people"];

const add = createRoute({
  method: "post",
  path: "/people",
  summary: "Add a person, with PINs and cards if wanted",
  tags,
  request: body(PersonRequest),
  responses: { 201: answer(Person.extend({ pins: z.array(NewPin), cards: z.array(NewCard) }), "Added."), ...refusals },
});
const list = createRoute({
  method: "get",
  path: "/people",
  summary: "List people",
  tags,
  request: { query: Paging.extend({ property: Id.optional() }) },
  responses: { 200: answer(page(Person), "By id."), ...refusals },
});
const get = createRoute({ method: "get", path: "/people/{person}", summary: "One person", tags, request: { params }, responses: { 200: answer(Person, "The person."), ...refusals } });
const access = createRoute({
  method: "get",
  path: "/people/{person}/access",
  summary: "A person's rights, and what is known of those that ended, door by door",
  tags,
  request: { params },
  responses: { 200: answer(Access, "PINs with their grants; `revoked` is the truth of each door."), ...refusals },
});
const give = createRoute({ method: "post", path: "/people/{person}/pins", summary: "Give a person another PIN", tags, request: { params, ...body(PinRequest) }, responses: { 201: answer(NewPin, "Given."), ...refusals } });
const giveCard = createRoute({ method: "post", path: "/people/{person}/cards", summary: "Give a person a card", tags, request: { params, ...body(CardRequest) }, responses: { 201: answer(NewCard, "Given."), ...refusals } });
const suspend = createRoute({
  method: "put",
  path: "/people/{person}/suspension",
  summary: "Suspend all that a person opens doors with, without ending any right, or resume it",
  tags,
  request: { params, ...body(SuspensionRequest) },
  responses: { 200: answer(Person, "So it is."), ...refusals },
});
const view = createRoute({
  method: "get",
  path: "/people/{person}/pins/{pin}",
  summary: "See a PIN; each view is in the audit",
  tags,
  request: { params: params.extend({ pin: Id }) },
  responses: { 200: answer(z.object({ id: Id, pin: z.string() }), "The digits."), ...refusals },
});

const NO_STORE = { "cache-control": "no-store" };

export function personRoutes(parts: ApiParts): Routes {
  const app = routes();
  app.openapi(add, async (c) => {
    const { pins, cards, ...person } = c.req.valid("json");
    const added = await change(parts, async (unit, now) => {
      await requireManager(unit, actorOf(c), person.property);
      const id = await addPerson(unit, parts.keystore, person, actorName(actorOf(c)), now);
      const wanted = [...pins.map(parsePin), ...cards.map(parseCard)];
      const given = await giveCredentials(unit, parts.keystore, parts.secrets, id, wanted, actorName(actorOf(c)), now);
      return { ...format(await readPerson(unit, id)), pins: given.slice(0, pins.length).map(formatPin), cards: given.slice(pins.length).map(formatGiven) };
    });
    return c.json(added, 201, NO_STORE);
  });
  app.openapi(list, async (c) => {
    const { after = "", limit, property } = c.req.valid("query");
    const rows = await read(parts, async (unit) => {
      const query = unit.selectFrom("people").selectAll().where("id", ">", after).orderBy("id").limit(limit);
      const listed = await listedProperties(unit, actorOf(c), property);
      return (listed === "all" ? query : query.where("property_id", "in", listed)).execute();
    });
    return c.json({ items: rows.map(format), next: nextAfter(rows, limit) }, 200);
  });
  app.openapi(get, async (c) => c.json(format(await read(parts, (unit) => requirePerson(unit, actorOf(c), c.req.valid("param").person))), 200));
  app.openapi(access, async (c) => {
    const { person } = c.req.valid("param");
    const found = await read(parts, async (unit, now) => {
      await requirePerson(unit, actorOf(c), person);
      const credentials = await readCredentials(unit, person);
      const ofKind = (is: (kind: StoredKind) => boolean) => credentials.filter(({ kind }) => is(kind));
      return { person, pins: ofKind(isTyped), cards: ofKind((kind) => kind === "card"), phones: ofKind((kind) => kind === "phone"), revoked: await truthOfPerson(unit, person, now) };
    });
    return c.json(found, 200);
  });
  app.openapi(give, async (c) => {
    const { person } = c.req.valid("param");
    const pin = parsePin(c.req.valid("json"));
    const [given] = await change(parts, async (unit, now) => {
      await requireOutsider(unit, actorOf(c), person);
      const given = await giveCredentials(unit, parts.keystore, parts.secrets, person, [pin], actorName(actorOf(c)), now);
      await matchGroups(unit, parts, person, actorName(actorOf(c)), now);
      return given;
    });
    return c.json(formatPin(given), 201, NO_STORE);
  });
  app.openapi(giveCard, async (c) => {
    const { person } = c.req.valid("param");
    const card = parseCard(c.req.valid("json"));
    const [given] = await change(parts, async (unit, now) => {
      await requireOutsider(unit, actorOf(c), person);
      const given = await giveCredentials(unit, parts.keystore, parts.secrets, person, [card], actorName(actorOf(c)), now);
      await matchGroups(unit, parts, person, actorName(actorOf(c)), now);
      return given;
    });
    return c.json(formatGiven(given), 201, NO_STORE);
  });
  app.openapi(suspend, async (c) => {
    const { person } = c.req.valid("param");
    const row = await change(parts, async (unit, now) => {
      // A leaseholder is not locked out without a court order (O7).
      if ((await meetMember(unit, actorOf(c), person, now)) !== undefined) await requireOnMember(unit, actorOf(c), person, "suspend", now, "person");
      else await requirePerson(unit, actorOf(c), person);
      await setSuspended(unit, person, c.req.valid("json").suspended, actorName(actorOf(c)), now);
      return readPerson(unit, person);
    });
    return c.json(format(row), 200);
  });
  app.openapi(view, async (c) => {
    const { person, pin } = c.req.valid("param");
    const digits = await change(parts, async (unit, now) => {
      await requireOutsider(unit, actorOf(c), person);
      if (actorOf(c).kind !== "site") throw new Refusal("not-allowed", "A manager sees no PINs.");
      return viewPin(unit, parts.keystore, person, pin, actorName(actorOf(c)), now);
    });
    return c.json({ id: pin, pin: digits }, 200, NO_STORE);
  });
  return app;
}

async function readPerson(unit: Unit, id: string): Promise<PersonRow> {
  const row = await unit.selectFrom("people").selectAll().where("id", "=", id).executeTakeFirst();
  if (row === undefined) throw new Refusal("not-found", "There is no such person.");
  return row;
}

function format(person: PersonRow) {
  const { id, property_id, name, class: holderClass, unit, created_at, suspended_at, revoked_at } = person;
  return { id, property: property_id, name, class: holderClass, unit, createdAt: formatInstant(created_at), suspended: suspended_at !== null, revokedAt: revoked_at === null ? null : formatInstant(revoked_at) };
}

function formatPin({ pin, ...given }: GivenCredential) {
  return { pin: pin!, ...formatGiven(given) };
}

function formatGiven({ credential, grants, secondPin, duressPin }: GivenCredential) {
  return { id: credential, grants, ...(secondPin && { secondPin: formatCode(secondPin) }), ...(duressPin && { duressPin: formatCode(duressPin) }) };
}

function formatCode({ credential, pin }: GivenCode) {
  return { id: credential, pin };
}

async function readCredentials(unit: Unit, person: string) {
  const rows = await unit.selectFrom("credentials").selectAll().where("person_id", "=", person).orderBy("created_at").execute();
  const result = [];
  for (const row of rows) {
    const revokedAt = row.revoked_at === null ? null : formatInstant(row.revoked_at);
    // What completes another credential, or stands for it, has no rights of its own.
    if (row.parent_id === null) result.push({ id: row.id, kind: row.kind, digits: row.digits, revokedAt, grants: await readGrants(unit, row.id) });
    else result.push({ id: row.id, kind: row.kind, digits: row.digits, revokedAt, of: row.parent_id, grants: [] });
  }
  return result;
}

async function readGrants(unit: Unit, credential: string) {
  const grants = await unit.selectFrom("grants").selectAll().where("credential_id", "=", credential).orderBy("use_counter").orderBy("created_at").orderBy("id").execute();
  const formatted = [];
  for (const grant of grants) {
    const doors = await unit.selectFrom("grant_doors").select("door_id").where("grant_id", "=", grant.id).orderBy("door_id").execute();
    const terms = termsOf(grant);
    formatted.push({
      id: grant.id,
      doors: doors.map((door) => door.door_id),
      ...formatTerms(terms, grant.outputs),
      group: grant.group_id,
      suspended: grant.suspended === 1,
      by: grant.created_by,
      createdAt: formatInstant(grant.created_at),
      revokedAt: grant.revoked_at === null ? null : formatInstant(grant.revoked_at),
      revocation: grant.revocation_id,
    });
  }
  return formatted;
}
