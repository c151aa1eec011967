import { createRoute, z } from "@hono/zod-openapi";
import { OUTPUTS_MAX } from "../../../protocol/profile";
import { actorName } from "../../accounts/actor";
import { Refusal } from "../../refusal";
import { readUnlock, settleIfOver } from "../../remote-unlock/settle-unlock";
import { actorOf, change, routes, type ApiParts, type Routes } from "../api";
import { tooOften } from "../caller";
import { answer, body, Id, Problem } from "../schemas";
import { formatUnlock, Unlock, whyNotOpened } from "./unlock-format";

const IdempotencyKey = z.object({
  "idempotency-key": z
    .string()
    .regex(/^[\x21-\x7e]{8,128}$/, "8 to 128 visible ASCII characters")
    .openapi({ example: "8e03978e-40d5-43dd-bc93-6894a57f9324", description: "Of the caller's choice, one for each press of a button. The same again is the same request, also over a crash: it is answered, and opens nothing." }),
});
const UnlockRequest = z.strictObject({ outputs: z.array(z.int().min(0).max(OUTPUTS_MAX - 1)).min(1).max(OUTPUTS_MAX).default([0]).openapi({ description: "By number; 0 is the door itself." }) }).openapi("UnlockRequest");
const problems = { default: { description: "Not opened, as far as is known: `opened` says whether it may have been.", content: { "application/problem+json": { schema: Problem } } } };
const tags = ["doors"];

const unlock = createRoute({
  method: "post",
  path: "/doors/{door}/unlock",
  summary: "Open a door from afar, now or not at all",
  description:
    "The answer comes within seconds and is `door-offline`, `unlock-denied` (with its `reason`), `door-busy` or `unlock-timed-out` where the door has not opened, or nobody knows; then `opened` is `maybe`, and the request can open nothing any more. Who lives there or has a key opens as their own rights go now.",
  tags,
  request: { params: z.object({ door: Id }), headers: IdempotencyKey, ...body(UnlockRequest) },
  responses: { 200: answer(Unlock, "It has opened."), ...problems },
});
const look = createRoute({
  method: "get",
  path: "/unlocks/{unlock}",
  summary: "What became of a request to open a door from afar, for whoever made it",
  tags,
  request: { params: z.object({ unlock: Id }) },
  responses: { 200: answer(Unlock, "As it stands."), ...problems },
});

export function unlockRoutes(parts: ApiParts): Routes {
  const app = routes();
  app.openapi(unlock, async (c) => {
    const { door } = c.req.valid("param");
    const outputs = c.req.valid("json").outputs.reduce((mask, output) => mask | (1 << output), 0);
    const asked = await parts.unlocks.ask(actorOf(c), { door, outputs, key: c.req.valid("header")["idempotency-key"] });
    if ("wait" in asked) throw tooOften(asked.wait);
    const refusal = whyNotOpened(asked.unlock, parts.clock.now());
    if (refusal !== undefined) throw refusal;
    return c.json(formatUnlock(asked.unlock), 200);
  });
  app.openapi(look, async (c) => {
    const { unlock: id } = c.req.valid("param");
    const row = await change(parts, async (unit, now) => {
      const row = await readUnlock(unit, id);
      if (row?.actor !== actorName(actorOf(c))) throw new Refusal("not-found", "There is no such request.");
      // One that a crash has left: whoever asks first writes down that it is over.
      return (await settleIfOver(unit, row, now)) ?? row;
    });
    return c.json(formatUnlock(row), 200);
  });
  return app;
}
