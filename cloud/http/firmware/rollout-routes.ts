import { createRoute, z } from "@hono/zod-openapi";
import { actorName } from "../../accounts/actor";
import { DEFAULT_STAGES, endRollout, haltRollout, minimumOf, readRollout, resumeRollout, startRollout } from "../../firmware-images/direct-rollout";
import type { StageSize } from "../../firmware-images/rollout-course";
import { readProgress } from "../../firmware-images/rollout-progress";
import { ROLLOUT_SETTLE_SECONDS, ROLLOUT_SETTLE_SECONDS_MAX, ROLLOUT_STAGES_MAX, ROLLOUT_TOLERATED_PERCENT } from "../../limits";
import { requireSite } from "../../rules/read-standing";
import { ROLLOUT_DOOR_STATES, ROLLOUT_REASONS, ROLLOUT_STATES, type RolloutRow } from "../../store/rows/firmware-rows";
import type { Unit } from "../../store/store";
import { actorOf, change, read, routes, type ApiParts, type Routes } from "../api";
import { formatInstant } from "../people/grant-format";
import { answer, body, Id, Instant, nextAfter, page, Paging, refusals } from "../schemas";

const percent = z.int().min(0).max(100);
const Stage = z.union([z.strictObject({ doors: z.int().min(1).max(1_000_000) }), z.strictObject({ percent: percent.min(1) })]).openapi("RolloutStage", { description: "How many doors have it by the stage's end; percent of those that need it and were heard within a week." });
const RolloutRequest = z
  .strictObject({
    image: Id,
    stages: z.array(Stage).min(1).max(ROLLOUT_STAGES_MAX).default([...DEFAULT_STAGES]),
    settleSeconds: z.int().min(0).max(ROLLOUT_SETTLE_SECONDS_MAX).default(ROLLOUT_SETTLE_SECONDS).openapi({ description: "For so long the doors of a stage run it before the next begins; meanwhile they are watched." }),
    toleratedPercent: percent.default(ROLLOUT_TOLERATED_PERCENT).openapi({ description: "Of the doors that were given it: as soon as more have failed it halts. 0: at the first." }),
    anyHour: z.boolean().default(false).openapi({ description: "Also outside the hours that properties have chosen." }),
    properties: z.array(Id).min(1).max(1_000).nullable().default(null).openapi({ description: "null: all." }),
  })
  .openapi("RolloutRequest");
const count = z.int();
const Rollout = z
  .looseObject({
    id: Id,
    image: z.looseObject({ id: Id, target: z.string(), version: z.int(), minimumVersion: z.int() }),
    minimumVersion: z.int().openapi({ description: "Of all images of this kind of board that were rolled out: none below is offered." }),
    state: z.enum(ROLLOUT_STATES),
    because: z.enum(["failures", "asked"]).nullable().openapi({ description: "Why it halted or ended." }),
    complete: z.boolean().openapi({ description: "Every door that was heard within a week has it. It goes on for those that come later." }),
    stages: z.array(Stage),
    stage: z.int().openapi({ description: "From 1." }),
    stageSince: Instant,
    settleSeconds: z.int(),
    toleratedPercent: z.int(),
    anyHour: z.boolean(),
    properties: z.array(Id).nullable(),
    startedAt: Instant,
    startedBy: z.string(),
    endedAt: Instant.nullable(),
    doors: z.object({ updated: count, offered: count, fetched: count, failed: count, already: count, waiting: count, refusing: count, unreachable: count, untold: count }),
  })
  .openapi("Rollout");
const RolloutDoor = z
  .looseObject({
    door: Id,
    doorName: z.string(),
    property: Id,
    propertyName: z.string(),
    stage: z.int(),
    state: z.enum(ROLLOUT_DOOR_STATES),
    reason: z.enum(ROLLOUT_REASONS).nullable(),
    excused: z.boolean(),
    fromVersion: z.int(),
    chosenAt: Instant,
    fetchedAt: Instant.nullable(),
    settledAt: Instant.nullable(),
    restarts: z.int(),
  })
  .openapi("RolloutDoor");
const tags = ["firmware"];
const params = z.object({ rollout: Id });
const one = { 200: answer(Rollout, "As it is now."), ...refusals };

const start = createRoute({ method: "post", path: "/firmware/rollouts", summary: "Begin to roll an image out", tags, request: body(RolloutRequest), responses: { 201: answer(Rollout, "It begins within a minute, in the hours of each property."), ...refusals } });
const list = createRoute({ method: "get", path: "/firmware/rollouts", summary: "Roll-outs of firmware", tags, request: { query: Paging }, responses: { 200: answer(page(Rollout), "By id."), ...refusals } });
const get = createRoute({ method: "get", path: "/firmware/rollouts/{rollout}", summary: "How far a roll-out has come", tags, request: { params }, responses: one });
const doors = createRoute({
  method: "get",
  path: "/firmware/rollouts/{rollout}/doors",
  summary: "Doors that a roll-out has offered its image to",
  tags,
  request: { params, query: Paging.extend({ state: z.enum(ROLLOUT_DOOR_STATES).optional() }) },
  responses: { 200: answer(page(RolloutDoor), "By door."), ...refusals },
});
const halt = createRoute({ method: "post", path: "/firmware/rollouts/{rollout}/halt", summary: "Halt a roll-out", description: "Doors that have not fetched the image do not get it.", tags, request: { params, ...body(z.strictObject({})) }, responses: one });
const resume = createRoute({ method: "post", path: "/firmware/rollouts/{rollout}/resume", summary: "Let a halted roll-out go on", description: "Its failures are taken note of; it halts again at others.", tags, request: { params, ...body(z.strictObject({})) }, responses: one });
const end = createRoute({ method: "post", path: "/firmware/rollouts/{rollout}/end", summary: "End a roll-out for good", description: "Doors that have the image keep it.", tags, request: { params, ...body(z.strictObject({})) }, responses: one });

/** Roll-outs: for whoever runs the site. */
export function rolloutRoutes(parts: ApiParts): Routes {
  const app = routes();
  const format = (unit: Unit, row: RolloutRow, now: number) => formatRollout(parts, unit, row, now);
  app.openapi(start, async (c) => {
    requireSite(actorOf(c));
    const { properties, ...terms } = c.req.valid("json");
    const rollout = await change(parts, async (unit, now) => {
      const id = await startRollout(unit, { ...terms, properties: properties ?? undefined }, actorName(actorOf(c)), now);
      return format(unit, await readRollout(unit, id), now);
    });
    return c.json(rollout, 201);
  });
  app.openapi(list, async (c) => {
    requireSite(actorOf(c));
    const { after = "", limit } = c.req.valid("query");
    const items = await read(parts, async (unit, now) => {
      const rows = await unit.selectFrom("rollouts").selectAll().where("id", ">", after).orderBy("id").limit(limit).execute();
      const rollouts = [];
      for (const row of rows) rollouts.push(await format(unit, row, now));
      return rollouts;
    });
    return c.json({ items, next: nextAfter(items, limit) }, 200);
  });
  app.openapi(get, async (c) => {
    requireSite(actorOf(c));
    return c.json(await read(parts, async (unit, now) => format(unit, await readRollout(unit, c.req.valid("param").rollout), now)), 200);
  });
  app.openapi(doors, async (c) => {
    requireSite(actorOf(c));
    const { rollout } = c.req.valid("param");
    const { after = "", limit, state } = c.req.valid("query");
    const items = await read(parts, async (unit) => {
      await readRollout(unit, rollout);
      return readRolloutDoors(unit, rollout, state, after, limit);
    });
    return c.json({ items, next: nextAfter(items.map(({ door }) => ({ id: door })), limit) }, 200);
  });
  const direct = { halt: haltRollout, resume: resumeRollout, end: endRollout };
  const directed = async (id: string, how: keyof typeof direct, actor: string) =>
    change(parts, async (unit, now) => {
      await direct[how](unit, id, actor, now);
      return format(unit, await readRollout(unit, id), now);
    });
  for (const [how, route] of [["halt", halt], ["resume", resume], ["end", end]] as const) {
    app.openapi(route, async (c) => {
      requireSite(actorOf(c));
      return c.json(await directed(c.req.valid("param").rollout, how, actorName(actorOf(c))), 200);
    });
  }
  return app;
}

async function formatRollout({ link }: ApiParts, unit: Unit, row: RolloutRow, now: number): Promise<z.output<typeof Rollout>> {
  const { id, version, minimum_version } = await unit.selectFrom("firmware_images").select(["id", "version", "minimum_version"]).where("id", "=", row.image_id).executeTakeFirstOrThrow();
  const progress = await readProgress(unit, row, version, (door) => link.isConnected(door), now);
  return {
    id: row.id,
    image: { id, target: row.target, version, minimumVersion: minimum_version },
    minimumVersion: await minimumOf(unit, row.target),
    state: row.state,
    because: row.because as "failures" | "asked" | null,
    complete: progress.updated + progress.already > 0 && progress.waiting + progress.offered + progress.fetched + progress.failed === 0,
    stages: JSON.parse(row.stages) as StageSize[],
    stage: row.stage + 1,
    stageSince: formatInstant(row.stage_at),
    settleSeconds: row.settle_seconds,
    toleratedPercent: row.tolerated_percent,
    anyHour: row.any_hour === 1,
    properties: row.properties === null ? null : (JSON.parse(row.properties) as string[]),
    startedAt: formatInstant(row.created_at),
    startedBy: row.created_by,
    endedAt: row.ended_at === null ? null : formatInstant(row.ended_at),
    doors: { ...progress },
  };
}

async function readRolloutDoors(unit: Unit, rollout: string, state: RolloutDoorStateName | undefined, after: string, limit: number): Promise<z.output<typeof RolloutDoor>[]> {
  const query = unit
    .selectFrom("rollout_doors as row")
    .innerJoin("doors as door", "door.id", "row.door_id")
    .innerJoin("properties as property", "property.id", "door.property_id")
    .where("row.rollout_id", "=", rollout)
    .where("row.door_id", ">", after)
    .orderBy("row.door_id")
    .limit(limit)
    .selectAll("row")
    .select(["door.name as door_name", "property.id as property_id", "property.name as property_name"]);
  const rows = await (state === undefined ? query : query.where("row.state", "=", state)).execute();
  return rows.map((row) => ({
    door: row.door_id,
    doorName: row.door_name,
    property: row.property_id,
    propertyName: row.property_name,
    stage: row.stage + 1,
    state: row.state,
    reason: row.reason,
    excused: row.excused === 1,
    fromVersion: row.from_version,
    chosenAt: formatInstant(row.chosen_at),
    fetchedAt: row.fetched_at === null ? null : formatInstant(row.fetched_at),
    settledAt: row.settled_at === null ? null : formatInstant(row.settled_at),
    restarts: row.restarts,
  }));
}

type RolloutDoorStateName = (typeof ROLLOUT_DOOR_STATES)[number];
