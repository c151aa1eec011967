import { createRoute, z } from "@hono/zod-openapi";
import type { Actor } from "../../accounts/actor";
import { carriersOf } from "../../couriers/courier-news";
import { requireAtDoor } from "../../rules/door-standing";
import { outsideHouseholds, seesHouseholds } from "../../rules/outside-households";
import type { Unit } from "../../store/store";
import type { LiveReading } from "../../truth/live-truth";
import { actorOf, read, routes, type ApiParts, type Routes } from "../api";
import { formatInstant } from "./grant-format";
import { answerLive, liveAnswer } from "../live-answer";
import { readRemoval } from "../households/removal-format";
import { readRevocation, requireSight, requireSightOfPerson } from "./revocation-format";
import { answer, Id, Instant, refusals } from "../schemas";
import { CarryingPhones, formatCarriers, FormattedTruth, PersonAtDoor, truthAtDoor, truthOfPerson } from "./truth-format";

const PersonTruth = z
  .looseObject({ person: Id, name: z.string(), complete: z.boolean().openapi({ description: "No door may still open by what was revoked." }), doors: z.array(FormattedTruth) })
  .openapi("PersonTruth");
const DoorRevocations = z
  .looseObject({
    door: Id,
    name: z.string(),
    version: z.int().openapi({ description: "Newest list; 0: none." }),
    acknowledgedVersion: z.int(),
    acknowledgedAt: Instant.nullable(),
    acknowledgedBy: z.enum(["network", "phone"]).nullable(),
    carriers: CarryingPhones.nullable().openapi({ description: "Phones that were given the newest list to carry, where the door has not acknowledged it." }),
    brought: z
      .strictObject({ taken: z.int(), refused: z.record(z.string(), z.int()), latest: Instant.nullable() })
      .openapi({ description: "What became of what phones brought from this door, since it is there: messages that were taken, and others by the reason why not." }),
    complete: z.boolean(),
    people: z.array(PersonAtDoor).openapi({ description: "Those whose access has ended and whose end the door has not acknowledged." }),
  })
  .openapi("DoorRevocations");

const tags = ["revocations"];
const ofPerson = z.object({ person: Id });
const ofDoor = z.object({ door: Id });
const told = "The truth, from receipts and leases.";

const personTruth = createRoute({
  method: "get",
  path: "/people/{person}/truth",
  summary: "Which doors have acknowledged what was revoked of a person, and until when others may still open",
  tags,
  request: { params: ofPerson },
  responses: { 200: answer(PersonTruth, told), ...refusals },
});
const personLive = createRoute({ method: "get", path: "/people/{person}/truth/live", summary: "The truth of a person, live", tags, request: { params: ofPerson }, responses: { 200: liveAnswer("the truth of the person"), ...refusals } });
const doorTruth = createRoute({
  method: "get",
  path: "/doors/{door}/truth",
  summary: "Who may still open a door although their access has ended, and until when at most",
  tags,
  request: { params: ofDoor },
  responses: { 200: answer(DoorRevocations, told), ...refusals },
});
const doorLive = createRoute({ method: "get", path: "/doors/{door}/truth/live", summary: "The truth of a door, live", tags, request: { params: ofDoor }, responses: { 200: liveAnswer("the truth of the door"), ...refusals } });
const revocationLive = createRoute({
  method: "get",
  path: "/revocations/{revocation}/live",
  summary: "A revocation, live",
  tags,
  request: { params: z.object({ revocation: Id }) },
  responses: { 200: liveAnswer("the revocation"), ...refusals },
});
const removalLive = createRoute({ method: "get", path: "/removals/{removal}/live", summary: "A removal, live", tags, request: { params: z.object({ removal: Id }) }, responses: { 200: liveAnswer("the removal"), ...refusals } });

/** X1 per person and per door; and whatever shows truth, as it changes. */
export function truthRoutes(parts: ApiParts): Routes {
  const app = routes();
  app.openapi(personTruth, async (c) => c.json(await read(parts, (unit, now) => readPersonTruth(unit, actorOf(c), c.req.valid("param").person, now)), 200));
  app.openapi(doorTruth, async (c) => c.json(await read(parts, (unit, now) => readDoorTruth(unit, actorOf(c), c.req.valid("param").door, now)), 200));
  app.openapi(personLive, (c) => {
    const { person } = c.req.valid("param");
    return answerLive(parts, c, async (unit, now) => following(await readPersonTruth(unit, actorOf(c), person, now), await doorsOfPerson(unit, person)));
  });
  app.openapi(doorLive, (c) => {
    const { door } = c.req.valid("param");
    return answerLive(parts, c, async (unit, now) => following(await readDoorTruth(unit, actorOf(c), door, now), [door]));
  });
  app.openapi(revocationLive, (c) => {
    const { revocation } = c.req.valid("param");
    return answerLive(parts, c, async (unit, now) => {
      await requireSight(unit, actorOf(c), revocation, now);
      const document = await readRevocation(unit, revocation, now);
      return following(document, document.doors.map(({ door }) => door));
    });
  });
  app.openapi(removalLive, (c) => {
    const { removal } = c.req.valid("param");
    return answerLive(parts, c, async (unit, now) => {
      const document = await readRemoval(unit, actorOf(c), removal, now);
      return following(document, document.people.flatMap(({ doors }) => doors.map(({ door }) => door)));
    });
  });
  return app;
}

function following(document: unknown, doors: readonly string[]): LiveReading {
  return { document, doors };
}

async function readPersonTruth(unit: Unit, actor: Actor, person: string, now: number): Promise<z.output<typeof PersonTruth>> {
  await requireSightOfPerson(unit, actor, person, now);
  const { name } = await unit.selectFrom("people").select("name").where("id", "=", person).executeTakeFirstOrThrow();
  const doors = await truthOfPerson(unit, person, now);
  return { person, name, complete: doors.every((door) => door.state !== "pending"), doors };
}

/** What they have had counts too: what is revoked next may be any of it. */
async function doorsOfPerson(unit: Unit, person: string): Promise<string[]> {
  const rows = await unit
    .selectFrom("grant_doors as at")
    .innerJoin("grants as grant", "grant.id", "at.grant_id")
    .innerJoin("credentials as credential", "credential.id", "grant.credential_id")
    .where("credential.person_id", "=", person)
    .select("at.door_id")
    .distinct()
    .execute();
  return rows.map(({ door_id }) => door_id);
}

async function readDoorTruth(unit: Unit, actor: Actor, id: string, now: number): Promise<z.output<typeof DoorRevocations>> {
  const door = await requireAtDoor(unit, actor, id, "see-truth", now);
  const all = await truthAtDoor(unit, id, now);
  const shown = (await seesHouseholds(unit, actor, door.property_id)) ? undefined : await outsideHouseholds(unit, all.map(({ person }) => person));
  const people = shown === undefined ? all : all.filter(({ person }) => shown.has(person));
  return {
    ...{ door: id, name: door.name, version: door.version, acknowledgedVersion: door.acknowledged_version },
    acknowledgedAt: door.acknowledged_at === null ? null : formatInstant(door.acknowledged_at),
    acknowledgedBy: door.acknowledged_by,
    carriers: door.version > door.acknowledged_version ? formatCarriers(await carriersOf(unit, id, door.version, now)) : null,
    brought: await readBrought(unit, id),
    complete: people.every(({ state }) => state !== "pending"),
    people,
  };
}

async function readBrought(unit: Unit, door: string): Promise<z.output<typeof DoorRevocations>["brought"]> {
  const rows = await unit.selectFrom("courier_counts").selectAll().where("door_id", "=", door).orderBy("code").execute();
  const latest = rows.length === 0 ? null : formatInstant(Math.max(...rows.map((row) => row.last_at)));
  const refused = rows.filter(({ code }) => code !== "taken").map(({ code, count }) => [code, count] as const);
  return { taken: rows.find(({ code }) => code === "taken")?.count ?? 0, refused: Object.fromEntries(refused), latest };
}
