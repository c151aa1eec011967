import { createRoute, z } from "@hono/zod-openapi";
import { REASONS } from "../../../protocol/decision";
import { actorName } from "../../accounts/actor";
import { parseClaimText } from "../../doors/claim-text";
import { registerDoor } from "../../doors/register-door";
import { listedProperties, requireDoor, requirePerson } from "../../rules/confine";
import { requireAtDoor } from "../../rules/door-standing";
import { outsideHouseholds, seesHouseholds } from "../../rules/outside-households";
import { requireManager } from "../../rules/read-standing";
import { DOOR_ALARM_KINDS } from "../../store/rows/door-rows";
import type { Unit } from "../../store/store";
import { readAcknowledgedList } from "../../truth/acknowledged-list";
import { whoCanOpen, type RowExplanation } from "../../truth/who-can-open";
import { readActors } from "../actor-format";
import { actorOf, change, read, routes, type ApiParts, type Routes } from "../api";
import { Door, formatDoor, formatDoors, newestReceipt, readDoor } from "./door-format";
import { formatInstant, formatTerms, parseInstant } from "../people/grant-format";
import { answer, body, DoorRequest, HolderClass, Id, Instant, nextAfter, page, Paging, refusals, Window } from "../schemas";

const Because = z.looseObject({ grant: Id, by: z.string(), byName: z.string().nullable().openapi({ description: "Of the account or the program, while it is there." }), group: Id.nullable(), since: Instant, revokedAt: Instant.optional().openapi({ description: "It has ended, and the door does not know yet." }) });
const Explanation = z
  .looseObject({
    person: Id,
    name: z.string(),
    class: HolderClass,
    credential: z.looseObject({ id: Id, kind: z.string(), secondPin: z.boolean().optional() }),
    notBefore: Instant.optional(),
    notAfter: Instant.optional(),
    windows: z.array(Window),
    uses: z.int().optional(),
    outputs: z.array(z.int()).optional(),
    verdict: z.enum(REASONS),
    because: z.array(Because),
  })
  .openapi("Explanation");
const WhoCanOpen = z
  .looseObject({ door: Id, at: Instant, list: z.looseObject({ epoch: z.int(), version: z.int(), acknowledgedAt: Instant, upToDate: z.boolean() }).nullable(), people: z.array(Explanation) })
  .openapi("WhoCanOpen");
const Alarm = z.looseObject({ kind: z.enum(DOOR_ALARM_KINDS), at: Instant, detail: z.string() }).openapi("DoorAlarm");
const params = z.object({ door: Id });
const tags = ["doors"];

const register = createRoute({
  method: "post",
  path: "/doors",
  summary: "Register a door by its claim QR, so that it can be claimed",
  tags,
  request: body(DoorRequest),
  responses: { 200: answer(Door, "It was registered like this already."), 201: answer(Door, "Registered."), ...refusals },
});
const list = createRoute({
  method: "get",
  path: "/doors",
  summary: "List doors",
  tags,
  request: { query: Paging.extend({ property: Id.optional() }) },
  responses: { 200: answer(page(Door), "By id."), ...refusals },
});
const get = createRoute({ method: "get", path: "/doors/{door}", summary: "One door, and what it has acknowledged", tags, request: { params }, responses: { 200: answer(Door, "The door."), ...refusals } });
const who = createRoute({
  method: "get",
  path: "/doors/{door}/who-can-open",
  summary: "Who can open this door, by the list that it has acknowledged",
  tags,
  request: { params, query: z.object({ at: Instant.optional() }) },
  responses: { 200: answer(WhoCanOpen, "Every right in the door's list, and what it comes to at the instant."), ...refusals },
});
const why = createRoute({
  method: "get",
  path: "/doors/{door}/why/{person}",
  summary: "Why a person can open this door, or cannot",
  tags,
  request: { params: params.extend({ person: Id }), query: z.object({ at: Instant.optional() }) },
  responses: { 200: answer(WhoCanOpen, "The person's rights in the door's acknowledged list; none: unknown there."), ...refusals },
});
const alarms = createRoute({
  method: "get",
  path: "/doors/{door}/alarms",
  summary: "What does not add up in what a door says",
  tags,
  request: { params },
  responses: { 200: answer(z.object({ items: z.array(Alarm) }), "The newest hundred."), ...refusals },
});

export function doorRoutes(parts: ApiParts): Routes {
  const app = routes();
  app.openapi(register, async (c) => {
    const { property, name, claim } = c.req.valid("json");
    const { door: id, claimSecret } = parseClaimText(claim)!;
    const { added, door } = await change(parts, async (unit, now) => {
      await requireManager(unit, actorOf(c), property, "register-doors");
      const added = await registerDoor(unit, parts.keystore.sealing, { property, name, id, claimSecret }, actorName(actorOf(c)), now);
      return { added, door: await formatDoor(parts, unit, await readDoor(unit, id)) };
    });
    return added ? c.json(door, 201) : c.json(door, 200);
  });
  app.openapi(list, async (c) => {
    const { after = "", limit, property } = c.req.valid("query");
    const items = await read(parts, async (unit) => {
      const query = unit.selectFrom("doors").selectAll().where("id", ">", after).orderBy("id").limit(limit);
      const listed = await listedProperties(unit, actorOf(c), property);
      return formatDoors(parts, unit, await (listed === "all" ? query : query.where("property_id", "in", listed)).execute());
    });
    return c.json({ items, next: nextAfter(items, limit) }, 200);
  });
  app.openapi(get, async (c) => c.json(await read(parts, async (unit, now) => formatDoor(parts, unit, await requireAtDoor(unit, actorOf(c), c.req.valid("param").door, "see-door", now))), 200));
  app.openapi(who, async (c) => {
    const { door } = c.req.valid("param");
    const { at } = c.req.valid("query");
    const explanation = await read(parts, async (unit, now) => {
      const { property_id } = await requireAtDoor(unit, actorOf(c), door, "see-door", now);
      const explained = await explain(parts, unit, door, at, now);
      if (await seesHouseholds(unit, actorOf(c), property_id)) return explained;
      const shown = await outsideHouseholds(unit, explained.people.map(({ person }) => person));
      return { ...explained, people: explained.people.filter(({ person }) => shown.has(person)) };
    });
    return c.json(explanation, 200);
  });
  app.openapi(why, async (c) => {
    const { door, person } = c.req.valid("param");
    const { at } = c.req.valid("query");
    const explanation = await read(parts, async (unit, now) => {
      await requirePerson(unit, actorOf(c), person);
      await requireDoor(unit, actorOf(c), door);
      return explain(parts, unit, door, at, now);
    });
    return c.json({ ...explanation, people: explanation.people.filter((row) => row.person === person) }, 200);
  });
  app.openapi(alarms, async (c) => {
    const { door } = c.req.valid("param");
    const rows = await read(parts, async (unit, now) => {
      await requireAtDoor(unit, actorOf(c), door, "see-door", now);
      return unit.selectFrom("door_alarms").selectAll().where("door_id", "=", door).orderBy("id", "desc").limit(100).execute();
    });
    return c.json({ items: rows.map(({ kind, created_at, detail }) => ({ kind, at: formatInstant(created_at), detail })) }, 200);
  });
  return app;
}

async function explain(parts: ApiParts, unit: Unit, id: string, instant: string | undefined, now: number): Promise<z.output<typeof WhoCanOpen>> {
  const at = instant === undefined ? now : parseInstant(instant);
  const door = await readDoor(unit, id);
  const receipt = newestReceipt(parts, door);
  const known = receipt && (await readAcknowledgedList(unit, id, receipt));
  if (receipt === undefined || known === undefined) return { door: id, at: formatInstant(at), list: null, people: [] };
  const rows = await whoCanOpen(unit, door, receipt, known, at);
  const actors = await readActors(unit, rows.flatMap(({ grants }) => grants.map(({ createdBy }) => createdBy)));
  const list = { epoch: known.epoch, version: known.version, acknowledgedAt: formatInstant(door.acknowledged_at!), upToDate: known.version === door.version };
  return { door: id, at: formatInstant(at), list, people: rows.map((row) => formatExplanation(row, actors)) };
}

function formatExplanation(row: RowExplanation, actors: Awaited<ReturnType<typeof readActors>>) {
  return {
    person: row.person,
    name: row.personName,
    class: row.holderClass,
    credential: { id: row.credential, kind: row.kind, ...(row.needsSecondPin && { secondPin: true }) },
    ...formatTerms(row.terms, row.terms.outputs),
    verdict: row.verdict,
    because: row.grants.map((grant) => ({
      grant: grant.grant,
      by: grant.createdBy,
      byName: actors.get(grant.createdBy)?.name ?? null,
      group: grant.group ?? null,
      since: formatInstant(grant.createdAt),
      // The door does not know yet.
      ...(grant.revokedAt !== undefined && { revokedAt: formatInstant(grant.revokedAt) }),
    })),
  };
}
