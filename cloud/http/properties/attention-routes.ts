import { createRoute, z } from "@hono/zod-openapi";
import { ATTENTION_ALARM_DAYS, ATTENTION_LEASE_DAYS, ATTENTION_ROWS_MAX } from "../../limits";
import { requireManager } from "../../rules/read-standing";
import { DOOR_ALARM_KINDS } from "../../store/rows/door-rows";
import type { Unit } from "../../store/store";
import { actorOf, read, routes, type ApiParts, type Routes } from "../api";
import { formatInstant } from "../people/grant-format";
import { answer, Id, Instant, refusals } from "../schemas";

const Place = z.strictObject({ person: Id, name: z.string(), household: Id, unit: z.string() });
const Attention = z
  .strictObject({
    alarms: z.array(z.strictObject({ door: Id, doorName: z.string(), kind: z.enum(DOOR_ALARM_KINDS), at: Instant })).openapi({ description: `Of the last ${ATTENTION_ALARM_DAYS} days, newest first.` }),
    leasesEnding: z.array(Place.extend({ endsAt: Instant })).openapi({ description: `Within ${ATTENTION_LEASE_DAYS} days, the first to end first.` }),
    invitations: z.array(Place.extend({ since: Instant })).openapi({ description: "Not accepted yet, oldest first." }),
    households: z.int().openapi({ description: "Of today." }),
  })
  .openapi("Attention", { description: `Each list has at most ${ATTENTION_ROWS_MAX}.` });

const get = createRoute({
  method: "get",
  path: "/properties/{property}/attention",
  summary: "What a manager may want to look at",
  tags: ["properties"],
  request: { params: z.object({ property: Id }) },
  responses: { 200: answer(Attention, "Besides how the doors are, and what was revoked."), ...refusals },
});

const DAY_SECONDS = 86_400;

export function attentionRoutes(parts: ApiParts): Routes {
  const app = routes();
  app.openapi(get, async (c) => {
    const { property } = c.req.valid("param");
    const attention = await read(parts, async (unit, now) => {
      await requireManager(unit, actorOf(c), property);
      const households = await unit.selectFrom("households").select((eb) => eb.fn.countAll().as("count")).where("property_id", "=", property).where("ended_at", "is", null).executeTakeFirstOrThrow();
      return { alarms: await readAlarms(unit, property, now), leasesEnding: await readEnding(unit, property, now), invitations: await readInvited(unit, property), households: Number(households.count) };
    });
    return c.json(attention, 200);
  });
  return app;
}

async function readAlarms(unit: Unit, property: string, now: number) {
  const rows = await unit
    .selectFrom("door_alarms as alarm")
    .innerJoin("doors as door", "door.id", "alarm.door_id")
    .where("door.property_id", "=", property)
    .where("alarm.created_at", ">", now - ATTENTION_ALARM_DAYS * DAY_SECONDS)
    .orderBy("alarm.id", "desc")
    .limit(ATTENTION_ROWS_MAX)
    .select(["door.id", "door.name", "alarm.kind", "alarm.created_at"])
    .execute();
  return rows.map(({ id, name, kind, created_at }) => ({ door: id, doorName: name, kind, at: formatInstant(created_at) }));
}

function placesOf(unit: Unit, property: string) {
  return unit
    .selectFrom("memberships as place")
    .innerJoin("people as person", "person.id", "place.person_id")
    .innerJoin("households as household", "household.id", "place.household_id")
    .innerJoin("units as flat", "flat.id", "household.unit_id")
    .where("household.property_id", "=", property)
    .select(["person.id", "person.name", "household.id as household", "flat.name as unit", "place.role", "place.ends_at", "place.created_at"])
    .limit(ATTENTION_ROWS_MAX);
}

async function readEnding(unit: Unit, property: string, now: number) {
  const rows = await placesOf(unit, property)
    .where("place.role", "=", "administrator")
    .where("place.state", "<>", "ended")
    .where("place.ends_at", "<", now + ATTENTION_LEASE_DAYS * DAY_SECONDS)
    .orderBy("place.ends_at")
    .execute();
  return rows.map(({ id, name, household, unit: flat, ends_at }) => ({ person: id, name, household, unit: flat, endsAt: formatInstant(ends_at!) }));
}

async function readInvited(unit: Unit, property: string) {
  const rows = await placesOf(unit, property).where("place.state", "=", "pending").orderBy("place.created_at").execute();
  return rows.map(({ id, name, household, unit: flat, created_at }) => ({ person: id, name, household, unit: flat, since: formatInstant(created_at) }));
}
