import { createRoute, z } from "@hono/zod-openapi";
import { requireRecent } from "../../accounts/session";
import { OWNERS_PER_DOOR_MAX } from "../../limits";
import { requireAtDoor } from "../../rules/door-standing";
import { ownersOfDoor, setOwners } from "../../sharing/door-owners";
import type { Unit } from "../../store/store";
import { actorOf, change, read, routes, type ApiParts, type Routes } from "../api";
import { FOR_PEOPLE_AND_SITE } from "../api-document";
import { formatInstant } from "../people/grant-format";
import { answer, body, Id, Instant, refusals } from "../schemas";

const Owners = z.object({ items: z.array(z.strictObject({ account: Id, name: z.string(), since: Instant })) }).openapi("DoorOwners");
const OwnersRequest = z
  .strictObject({ owners: z.array(z.union([z.strictObject({ person: Id }), z.strictObject({ account: Id })])).max(OWNERS_PER_DOOR_MAX) })
  .openapi("DoorOwnersRequest", { description: "All of them: a person of this property who has an account, or an account that is an owner already.", example: { owners: [{ person: "8c1f0e5d2b3a4796" }] } });
const params = z.object({ door: Id });
const tags = ["doors"];

const list = createRoute({ method: "get", path: "/doors/{door}/owners", summary: "To whom a door belongs", tags, request: { params }, responses: { 200: answer(Owners, "Those who have had it longest first."), ...refusals } });
const put = createRoute({
  method: "put",
  path: "/doors/{door}/owners",
  summary: "Say to whom a door belongs: they give its keys, make admins and order it; no building's shared door has owners",
  tags,
  security: FOR_PEOPLE_AND_SITE,
  request: { params, ...body(OwnersRequest) },
  responses: { 200: answer(Owners, "So it is."), ...refusals },
});

export function ownerRoutes(parts: ApiParts): Routes {
  const app = routes();
  app.openapi(list, async (c) => {
    const { door } = c.req.valid("param");
    const owners = await read(parts, async (unit, now) => {
      await requireAtDoor(unit, actorOf(c), door, "see-owners", now);
      return readOwners(unit, door);
    });
    return c.json(owners, 200);
  });
  app.openapi(put, async (c) => {
    const { door } = c.req.valid("param");
    const actor = actorOf(c);
    const owners = await change(parts, async (unit, now) => {
      await requireAtDoor(unit, actor, door, "change-owners", now);
      requireRecent(actor, now);
      await setOwners(unit, door, c.req.valid("json").owners, actor, now);
      return readOwners(unit, door);
    });
    return c.json(owners, 200);
  });
  return app;
}

async function readOwners(unit: Unit, door: string): Promise<z.output<typeof Owners>> {
  return { items: (await ownersOfDoor(unit, door)).map(({ account, name, since }) => ({ account, name, since: formatInstant(since) })) };
}
