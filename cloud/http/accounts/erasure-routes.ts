import { createRoute, z } from "@hono/zod-openapi";
import { actorName } from "../../accounts/actor";
import { erasePerson } from "../../people/erase-person";
import { requirePerson } from "../../rules/confine";
import { actorOf, change, routes, type ApiParts, type Routes } from "../api";
import { Id, refusals } from "../schemas";

const erase = createRoute({
  method: "delete",
  path: "/people/{person}",
  summary: "Forget who a person was, once their access has ended",
  tags: ["people"],
  request: { params: z.object({ person: Id }) },
  responses: { 204: { description: "Their name and addresses are gone, from the audit too." }, ...refusals },
});

export function erasureRoutes(parts: ApiParts): Routes {
  const app = routes();
  app.openapi(erase, async (c) => {
    const { person } = c.req.valid("param");
    await change(parts, async (unit, now) => {
      await requirePerson(unit, actorOf(c), person);
      await erasePerson(unit, parts.keystore, person, actorName(actorOf(c)), now);
    });
    return c.body(null, 204);
  });
  return app;
}
