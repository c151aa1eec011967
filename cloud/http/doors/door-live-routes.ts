import { createRoute, z } from "@hono/zod-openapi";
import { requireAtDoor } from "../../rules/door-standing";
import { requireManager } from "../../rules/read-standing";
import type { DoorRow } from "../../store/rows/door-rows";
import type { Unit } from "../../store/store";
import { actorOf, routes, type ApiParts, type Routes } from "../api";
import { answerLive, liveAnswer } from "../live-answer";
import { Id, refusals } from "../schemas";
import { formatDoors, type Door } from "./door-format";

/** What changes by itself at a door: enough to know that there is more to ask. */
interface DoorNow extends Pick<z.output<typeof Door>, "id" | "state" | "online" | "heardAt" | "heardBy" | "upToDate" | "alarms"> {
  lockState: string;
  leafOpen: boolean | null;
  keypadLocked: boolean | null;
  /** Of its newest event; null where it has none. */
  newestEvent: number | null;
}

const tags = ["doors"];
const WHAT = "of each door `id`, `state`, `online`, `heardAt`, `heardBy`, `upToDate`, `alarms`, `lockState`, `leafOpen`, `keypadLocked` and `newestEvent` (its id)";

const ofProperty = createRoute({
  method: "get",
  path: "/properties/{property}/doors/live",
  summary: "How the doors of a property are, live",
  tags,
  request: { params: z.object({ property: Id }) },
  responses: { 200: liveAnswer(`\`doors\`, ${WHAT}`), ...refusals },
});
const ofDoor = createRoute({
  method: "get",
  path: "/doors/{door}/live",
  summary: "How a door is, live",
  tags,
  request: { params: z.object({ door: Id }) },
  responses: { 200: liveAnswer(`\`doors\`, with this one; ${WHAT}`), ...refusals },
});

export function doorLiveRoutes(parts: ApiParts): Routes {
  const app = routes();
  app.openapi(ofProperty, (c) => {
    const { property } = c.req.valid("param");
    return answerLive(parts, c, async (unit) => {
      await requireManager(unit, actorOf(c), property, "see-property");
      const rows = await unit.selectFrom("doors").selectAll().where("property_id", "=", property).orderBy("id").execute();
      return { document: { doors: await readNow(parts, unit, rows) }, doors: rows.map(({ id }) => id) };
    });
  });
  app.openapi(ofDoor, (c) => {
    const { door } = c.req.valid("param");
    return answerLive(parts, c, async (unit, now) => {
      const row = await requireAtDoor(unit, actorOf(c), door, "see-door", now);
      return { document: { doors: await readNow(parts, unit, [row]) }, doors: [door] };
    });
  });
  return app;
}

async function readNow(parts: ApiParts, unit: Unit, rows: readonly DoorRow[]): Promise<DoorNow[]> {
  const doors: DoorNow[] = [];
  const formatted = await formatDoors(parts, unit, rows);
  for (const [index, { id, state, online, heardAt, heardBy, upToDate, alarms, orders, telemetry }] of formatted.entries()) {
    const newest = await unit.selectFrom("events").select("id").where("door_id", "=", id).where("enrolment", "=", rows[index].enrolment).orderBy("sequence", "desc").limit(1).executeTakeFirst();
    doors.push({ id, state, online, heardAt, heardBy, upToDate, alarms, lockState: orders.lockState, leafOpen: telemetry?.leafOpen ?? null, keypadLocked: telemetry?.keypadLocked ?? null, newestEvent: newest?.id ?? null });
  }
  return doors;
}
