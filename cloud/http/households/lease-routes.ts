import { createRoute, z } from "@hono/zod-openapi";
import { fromHex } from "../../../protocol/bytes";
import { actorName } from "../../accounts/actor";
import type { Region } from "../../accounts/identifier";
import { addLease, type Leaseholder } from "../../households/add-lease";
import { languageOf } from "../../households/add-member";
import { changeLease } from "../../households/change-member";
import { courtOrder, moveOut } from "../../households/end-lease";
import { Refusal } from "../../refusal";
import { requireManager } from "../../rules/read-standing";
import type { Unit } from "../../store/store";
import type { UnitRow } from "../../store/rows/property-rows";
import { actorOf, change, routes, type ApiParts, type Routes } from "../api";
import { etag, IfMatch, requireVersion } from "../etag";
import { parseInstant } from "../people/grant-format";
import { readMember } from "./household-format";
import { CourtOrderRequest, LeaseChange, LeaseRequest, Member, MoveRequest, WithCodes } from "./household-schemas";
import { identifierOf } from "../asked-identifier";
import { readRemoval, Removal } from "./removal-format";
import { formatCodes } from "../people/given-codes";
import { answer, body, Id, Instant, refusals } from "../schemas";

const params = z.object({ person: Id });
const tags = ["leases"];
const NO_STORE = { "cache-control": "no-store" };

const add = createRoute({
  method: "post",
  path: "/leases",
  summary: "Enter a lease: its holders are administrators of the household, and their access starts by itself",
  tags,
  request: body(LeaseRequest),
  responses: { 201: answer(z.object({ household: Id, leases: z.array(WithCodes) }), "Entered. Codes are of those without e-mail and phone."), ...refusals },
});
const patch = createRoute({
  method: "patch",
  path: "/leases/{person}",
  summary: "Give a lease another end, or none",
  tags,
  request: { params, headers: IfMatch, ...body(LeaseChange) },
  responses: { 200: answer(Member, "Changed; everybody in the household follows."), ...refusals },
});
const end = createRoute({
  method: "post",
  path: "/leases/{person}/end",
  summary: "Move out, now or at an instant; with the last leaseholder the household ends",
  tags,
  request: { params, ...body(MoveRequest) },
  responses: { 200: answer(Removal, "Moved out. Doors follow: see each."), 202: answer(z.object({ person: Id, end: Instant }), "It will end then, at doors without a network too."), ...refusals },
});
const order = createRoute({
  method: "post",
  path: "/leases/{person}/court-order",
  summary: "End the lease of somebody whom a court has told to stay away, on a document",
  tags,
  request: { params, ...body(CourtOrderRequest) },
  responses: {
    200: answer(Removal.extend({ renewed: z.array(z.looseObject({ person: Id, name: z.string() })).openapi({ description: "Whose codes they had looked at: those are new ones." }) }), "Ended. Doors follow: see each."),
    ...refusals,
  },
});

export function leaseRoutes(parts: ApiParts): Routes {
  const app = routes();
  app.openapi(add, async (c) => {
    const { unit: flat, household, leaseholders, start, end: until, language } = c.req.valid("json");
    const holders = leaseholders.map((holder) => parseHolder(holder, parts.region));
    const added = await change(parts, async (unit, now) => {
      const actor = actorOf(c);
      const row = await readUnit(unit, flat);
      if (row === undefined) throw new Refusal("not-found", "There is no such unit.");
      await requireManager(unit, actor, row.property_id, "run-property", "unit");
      const lease = { flat: row, household, leaseholders: holders, start: start === undefined ? now : parseInstant(start), end: until === undefined ? undefined : parseInstant(until), language: language ?? (await languageOf(unit, actor)) };
      const done = await addLease(unit, parts, lease, actorName(actor), now);
      const leases = [];
      for (const { person, given } of done.leases) leases.push({ ...(await readMember(unit, actor, person, now)), codes: await formatCodes(unit, given, actor, now) });
      return { household: done.household, leases };
    });
    return c.json(added, 201, NO_STORE);
  });
  app.openapi(patch, async (c) => {
    const { person } = c.req.valid("param");
    const { end: until } = c.req.valid("json");
    const changed = await change(parts, async (unit, now) => {
      await changeLease(unit, parts, person, until === null ? null : parseInstant(until), (version) => requireVersion(c.req.valid("header")["if-match"], version), actorOf(c), now);
      return readMember(unit, actorOf(c), person, now);
    });
    return c.json(changed, 200, { etag: etag(changed.version) });
  });
  app.openapi(end, async (c) => {
    const { person } = c.req.valid("param");
    const { at } = c.req.valid("json");
    const removal = await change(parts, async (unit, now) => {
      const id = await moveOut(unit, parts, person, at === undefined ? undefined : parseInstant(at), actorOf(c), now);
      return id === undefined ? undefined : readRemoval(unit, actorOf(c), id, now);
    });
    return removal === undefined ? c.json({ person, end: at! }, 202) : c.json(removal, 200);
  });
  app.openapi(order, async (c) => {
    const { person } = c.req.valid("param");
    const ended = await change(parts, async (unit, now) => {
      const { removal, renewed } = await courtOrder(unit, parts, person, c.req.valid("json"), actorOf(c), now);
      return { ...(await readRemoval(unit, actorOf(c), removal, now)), renewed: renewed.map(({ person: id, name, told }) => ({ person: id, name, told })) };
    });
    return c.json(ended, 200);
  });
  return app;
}

function parseHolder({ name, email, phone, card }: { name: string; email?: string | undefined; phone?: string | undefined; card?: string | undefined }, region: Region | undefined): Leaseholder {
  return { name, email: email === undefined ? undefined : identifierOf("email", email, region), phone: phone === undefined ? undefined : identifierOf("phone", phone, region), card: card === undefined ? undefined : fromHex(card) };
}

async function readUnit(unit: Unit, id: string): Promise<UnitRow | undefined> {
  return unit.selectFrom("units").selectAll().where("id", "=", id).executeTakeFirst();
}
