import { createRoute, z } from "@hono/zod-openapi";
import { actorName } from "../../accounts/actor";
import { readUpdateHours, setUpdateHours } from "../../firmware-images/update-hours";
import { requireManager } from "../../rules/read-standing";
import { actorOf, change, read, routes, type ApiParts, type Routes } from "../api";
import { answer, body, Id, refusals } from "../schemas";

const clock = z
  .string()
  .regex(/^([01][0-9]|2[0-3]):[0-5][0-9]$/, "HH:MM")
  .openapi({ example: "02:00" });
const fields = { start: clock, end: clock };
const Hours = z.object(fields).openapi("UpdateHours", { description: "When doors may start anew with another firmware, by the property's clock. An end at or before the start is on the following day; the same: at any hour. It takes seconds, and waits until nobody is at the door." });
const HoursRequest = z.strictObject(fields).openapi("UpdateHoursRequest");
const params = z.object({ property: Id });
const tags = ["properties"];

const get = createRoute({ method: "get", path: "/properties/{property}/update-hours", summary: "When doors may get other firmware", tags, request: { params }, responses: { 200: answer(Hours, "As the manager has chosen; 02:00 to 05:00 where they have not."), ...refusals } });
const put = createRoute({ method: "put", path: "/properties/{property}/update-hours", summary: "Choose when doors may get other firmware", tags, request: { params, ...body(HoursRequest) }, responses: { 200: answer(Hours, "From now on."), ...refusals } });

export function updateHoursRoutes(parts: ApiParts): Routes {
  const app = routes();
  app.openapi(get, async (c) => {
    const { property } = c.req.valid("param");
    const { start, end } = await read(parts, async (unit) => {
      await requireManager(unit, actorOf(c), property);
      return readUpdateHours(unit, property);
    });
    return c.json({ start: write(start), end: write(end) }, 200);
  });
  app.openapi(put, async (c) => {
    const { property } = c.req.valid("param");
    const { start, end } = c.req.valid("json");
    await change(parts, async (unit, now) => {
      await requireManager(unit, actorOf(c), property);
      await setUpdateHours(unit, property, { start: minutes(start), end: minutes(end) }, actorName(actorOf(c)), now);
    });
    return c.json({ start, end }, 200);
  });
  return app;
}

function minutes(text: string): number {
  const [hour, minute] = text.split(":").map(Number);
  return hour * 60 + minute;
}

function write(minutes: number): string {
  return [Math.floor(minutes / 60), minutes % 60].map((part) => String(part).padStart(2, "0")).join(":");
}
