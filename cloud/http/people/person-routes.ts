import { createRoute, z } from "@hono/zod-openapi";
import { isTyped, type StoredKind } from "../../access/stored-kind";
import type { HolderClassName } from "../../access/grant";
import { actorName, type Actor } from "../../accounts/actor";
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
import { formatInstant, parseCard, parsePin } from "./grant-format";
import { HeldCredential, readCredentials } from "./held-credential";
import { answer, body, CardRequest, HolderClass, Id, Instant, nextAfter, page, Paging, PersonRequest, PinRequest, refusals, SuspensionRequest } from "../schemas";
import { FormattedTruth, truthOfPerson } from "./truth-format";

const Person = z
  .looseObject({
    id: Id,
    property: Id,
    name: z.string(),
    class: HolderClass,
    unit: z.string().nullable(),
    createdAt: Instant,
    suspended: z.boolean(),
    revokedAt: Instant.nullable(),
    household: Id.nullable().openapi({ description: "Where they have, or had, a place." }),
    pending: z.boolean().openapi({ description: "They have a place in a household that nobody has accepted or confirmed yet." }),
    erased: z.boolean().openapi({ description: "Forgotten: there is no name any more." }),
  })
  .openapi("Person");
const Code = z.object({ id: Id, pin: z.string() });
const companions = { secondPin: Code.optional(), duressPin: Code.optional() };
const NewCard = z.object({ id: Id, grants: z.array(Id), ...companions }).openapi("NewCard");
const NewPin = z.object({ id: Id, pin: z.string(), grants: z.array(Id), ...companions }).openapi("NewPin", { description: "Pass the digits on; they can be seen again with another request." });
const Access = z.looseObject({ person: Id, pins: z.array(HeldCredential), cards: z.array(HeldCredential), phones: z.array(HeldCredential), fobs: z.array(HeldCredential), revoked: z.array(FormattedTruth) }).openapi("Access");
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
  request: {
    query: Paging.extend({
      property: Id.optional(),
      outside: z.enum(["true"]).optional().openapi({ description: "Only those who never had a place in a household." }),
      ended: z.enum(["true", "false"]).optional().openapi({ description: "Only those whose access has ended, or has not; without it, all." }),
      class: HolderClass.optional(),
    }),
  },
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
      return { ...(await formatPerson(unit, await readPerson(unit, id))), pins: given.slice(0, pins.length).map(formatPin), cards: given.slice(pins.length).map(formatGiven) };
    });
    return c.json(added, 201, NO_STORE);
  });
  app.openapi(list, async (c) => {
    const { limit, ...asked } = c.req.valid("query");
    const items = await read(parts, async (unit) => formatPeople(unit, await listPeople(unit, actorOf(c), { ...asked, limit })));
    return c.json({ items, next: nextAfter(items, limit) }, 200);
  });
  app.openapi(get, async (c) => c.json(await read(parts, async (unit) => formatPerson(unit, await requirePerson(unit, actorOf(c), c.req.valid("param").person))), 200));
  app.openapi(access, async (c) => {
    const { person } = c.req.valid("param");
    const found = await read(parts, async (unit, now) => {
      await requirePerson(unit, actorOf(c), person);
      const credentials = await readCredentials(unit, person);
      const ofKind = (is: (kind: StoredKind) => boolean) => credentials.filter(({ kind }) => is(kind));
      return { person, pins: ofKind(isTyped), cards: ofKind((kind) => kind === "card"), phones: ofKind((kind) => kind === "phone"), fobs: ofKind((kind) => kind === "fob"), revoked: await truthOfPerson(unit, person, now) };
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
    const suspended = await change(parts, async (unit, now) => {
      // A leaseholder is not locked out without a court order (O7).
      if ((await meetMember(unit, actorOf(c), person, now)) !== undefined) await requireOnMember(unit, actorOf(c), person, "suspend", now, "person");
      else await requirePerson(unit, actorOf(c), person);
      await setSuspended(unit, person, c.req.valid("json").suspended, actorName(actorOf(c)), now);
      return formatPerson(unit, await readPerson(unit, person));
    });
    return c.json(suspended, 200);
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

async function listPeople(unit: Unit, actor: Actor, { after = "", limit, property, outside, ended, class: holderClass }: { after?: string | undefined; limit: number; property?: string | undefined; outside?: "true" | undefined; ended?: "true" | "false" | undefined; class?: HolderClassName | undefined }): Promise<PersonRow[]> {
  let query = unit.selectFrom("people").selectAll().where("id", ">", after).orderBy("id").limit(limit);
  const listed = await listedProperties(unit, actor, property);
  if (listed !== "all") query = query.where("property_id", "in", listed);
  if (outside !== undefined) query = query.where("id", "not in", unit.selectFrom("memberships").select("person_id"));
  if (ended !== undefined) query = query.where("revoked_at", ended === "true" ? "is not" : "is", null);
  if (holderClass !== undefined) query = query.where("class", "=", holderClass);
  return query.execute();
}

async function formatPeople(unit: Unit, people: readonly PersonRow[]): Promise<z.output<typeof Person>[]> {
  const ids = people.map(({ id }) => id);
  const places = ids.length === 0 ? [] : await unit.selectFrom("memberships").select(["person_id", "household_id", "state"]).where("person_id", "in", ids).execute();
  const placeOf = new Map(places.map((place) => [place.person_id, place]));
  return people.map(({ id, property_id, name, class: holderClass, unit: number, created_at, suspended_at, revoked_at, erased_at }) => ({
    ...{ id, property: property_id, name, class: holderClass, unit: number, createdAt: formatInstant(created_at), suspended: suspended_at !== null },
    revokedAt: revoked_at === null ? null : formatInstant(revoked_at),
    household: placeOf.get(id)?.household_id ?? null,
    pending: placeOf.get(id)?.state === "pending",
    erased: erased_at !== null,
  }));
}

async function formatPerson(unit: Unit, person: PersonRow): Promise<z.output<typeof Person>> {
  const [formatted] = await formatPeople(unit, [person]);
  return formatted;
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
