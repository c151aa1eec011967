import { createRoute, z } from "@hono/zod-openapi";
import { actorOf, read, routes, type ApiParts, type Routes } from "../api";
import { readRemoval, Removal } from "./removal-format";
import { answer, Id, refusals } from "../schemas";

const get = createRoute({
  method: "get",
  path: "/removals/{removal}",
  summary: "What one act has ended, for whom, and which doors have acknowledged it",
  tags: ["revocations"],
  request: { params: z.object({ removal: Id }) },
  responses: { 200: answer(Removal, "The truth, from receipts and leases."), ...refusals },
});

export function removalRoutes(parts: ApiParts): Routes {
  const app = routes();
  app.openapi(get, async (c) => c.json(await read(parts, (unit, now) => readRemoval(unit, actorOf(c), c.req.valid("param").removal, now)), 200));
  return app;
}
