import { createRoute, z } from "@hono/zod-openapi";
import { actorName } from "../../accounts/actor";
import { confirmRestore, heldDoors } from "../../backup/held-doors";
import { requireSite } from "../../rules/read-standing";
import { actorOf, change, read, routes, type ApiParts, type Routes } from "../api";
import { formatInstant } from "../people/grant-format";
import { answer, Id, Instant, refusals } from "../schemas";

const HeldDoor = z
  .object({
    id: Id,
    name: z.string(),
    property: Id,
    since: Instant,
    why: z.enum(["changed", "unheard"]).openapi({ description: "`changed`: it has a list that was made after the backup. `unheard`: it has not spoken since the restore." }),
  })
  .openapi("HeldDoor");
const tags = ["restore"];

const list = createRoute({
  method: "get",
  path: "/restore",
  summary: "Doors that wait since the cloud was restored from a backup",
  description: "Each keeps the list that it has, because somebody's right may have ended in it that the backup still knows. One that turns out to know nothing newer than the backup goes on by itself.",
  tags,
  responses: { 200: answer(z.object({ doors: z.array(HeldDoor) }), "None where nothing waits."), ...refusals },
});
const confirm = createRoute({
  method: "post",
  path: "/restore/confirm",
  summary: "Go on with what the backup says, at all doors that wait",
  description: "First end again whatever access was ended after the backup: what the backup holds is given to the doors.",
  tags,
  responses: { 200: answer(z.object({ doors: z.int() }), "How many had waited."), ...refusals },
});

/** After `latchkey restore`. */
export function restoreRoutes(parts: ApiParts): Routes {
  const app = routes();
  app.openapi(list, async (c) => {
    requireSite(actorOf(c));
    const doors = await read(parts, heldDoors);
    return c.json({ doors: doors.map(({ door, name, property, heldSince, why }) => ({ id: door, name, property, since: formatInstant(heldSince), why })) }, 200);
  });
  app.openapi(confirm, async (c) => {
    const actor = actorOf(c);
    requireSite(actor);
    const doors = await change(parts, (unit, now) => confirmRestore(unit, parts.secrets, actorName(actor), now));
    return c.json({ doors }, 200);
  });
  return app;
}
