import { createRoute, z } from "@hono/zod-openapi";
import { FOB_BUTTONS } from "../../../protocol/fob-assignment";
import { FOB_REPORT_BYTES } from "../../../protocol/fob-report";
import { actorName } from "../../accounts/actor";
import { assignButton, clearButton, readButton } from "../../fobs/fob-buttons";
import { assignmentOf } from "../../fobs/make-assignment";
import { doorsForButtons, requireFob } from "../../fobs/read-fob";
import { activateAcknowledged, receiveReport } from "../../fobs/receive-report";
import { Refusal } from "../../refusal";
import { requireOnKey } from "../../rules/key-standing";
import { actorOf, change, read, routes, type ApiParts, type Routes } from "../api";
import { fromBase64url, toBase64url } from "../base64url";
import { answer, body, Id, refusals } from "../schemas";
import { Fob, Output, showFob } from "./fob-format";

const Assign = z.strictObject({ key: Id, door: Id, output: Output.default(0) }).openapi("FobButtonRequest", { example: { key: "8c1f0e5d2b3a4796", door: "8c1f0e5d2b3a4796", output: 0 } });
const Assignment = z.strictObject({ sequence: z.int(), message: z.string().openapi({ description: "Sealed for the fob, base64url without padding: whoever carries it cannot read it." }) }).openapi("FobAssignment");
const REPORT_CHARACTERS = Math.ceil((FOB_REPORT_BYTES * 4) / 3);
const Report = z
  .strictObject({ report: z.string().regex(new RegExp(`^[A-Za-z0-9_-]{${REPORT_CHARACTERS}}$`), `${FOB_REPORT_BYTES} bytes as base64url without padding`).openapi({ example: "A".repeat(REPORT_CHARACTERS) }) })
  .openapi("FobReport");
const Acknowledged = Fob.extend({ failed: z.array(z.strictObject({ key: Id, code: z.string() })).openapi({ description: "Keys that still do not open, and why." }) }).openapi("FobAcknowledged");
const Nothing = z.strictObject({});

const params = z.object({ fob: Id });
const buttonParams = params.extend({ button: z.coerce.number().int().min(1).max(FOB_BUTTONS).openapi({ example: 1 }) });
const tags = ["fobs"];

const get = createRoute({ method: "get", path: "/fobs/{fob}", summary: "A fob and its four buttons, for whoever may see one of its keys", tags, request: { params }, responses: { 200: answer(Fob, "As the fob has acknowledged it."), ...refusals } });
const assign = createRoute({
  method: "put",
  path: "/fobs/{fob}/buttons/{button}",
  summary: "Assign a free button to an output of one of the key's doors",
  tags,
  request: { params: buttonParams, ...body(Assign) },
  responses: { 200: answer(Fob, "Planned: a phone is to bring the assignment to the fob."), ...refusals },
});
const clear = createRoute({ method: "delete", path: "/fobs/{fob}/buttons/{button}", summary: "Clear a button; again is the same clearing", tags, request: { params: buttonParams }, responses: { 200: answer(Fob, "Free as soon as the fob has said so."), ...refusals } });
const assignment = createRoute({
  method: "post",
  path: "/fobs/{fob}/assignment",
  summary: "The fob's newest assignment, for a phone to carry",
  tags,
  request: { params, ...body(Nothing) },
  responses: { 200: answer(Assignment, "The same one until something of it changes."), ...refusals },
});
const report = createRoute({
  method: "post",
  path: "/fobs/{fob}/reports",
  summary: "Bring what a fob in edit mode says of itself: by this alone its keys begin to open",
  tags,
  request: { params, ...body(Report) },
  responses: { 200: answer(Acknowledged, "Taken. Doors follow."), ...refusals },
});

/** Smart keys (S6–S8): what their buttons are for, and what the fob has acknowledged. */
export function fobRoutes(parts: ApiParts): Routes {
  const app = routes();
  app.openapi(get, async (c) => c.json(await read(parts, (unit, now) => showFob(unit, actorOf(c), c.req.valid("param").fob, now)), 200));
  app.openapi(assign, async (c) => {
    const { fob, button } = c.req.valid("param");
    const { key: id, door, output } = c.req.valid("json");
    const actor = actorOf(c);
    const shown = await change(parts, async (unit, now) => {
      await requireFob(unit, actor, fob, "see", now);
      const { key } = await requireOnKey(unit, actor, id, "edit", now);
      if (key.fob_id !== fob) throw new Refusal("not-found", "The fob is not this key's.");
      if (key.state === "ended") throw new Refusal("key-ended");
      if (!(await doorsForButtons(unit, key)).includes(door)) throw new Refusal("door-outside", "The key is not for this door.", { door });
      await assignButton(unit, { fob, button, key: id, door, output }, key.property_id, actorName(actor), now);
      return showFob(unit, actor, fob, now);
    });
    return c.json(shown, 200);
  });
  app.openapi(clear, async (c) => {
    const { fob, button } = c.req.valid("param");
    const actor = actorOf(c);
    const shown = await change(parts, async (unit, now) => {
      const { keys } = await requireFob(unit, actor, fob, "see", now);
      const row = await readButton(unit, fob, button);
      const key = row && keys.find(({ id }) => id === row.key_id);
      if (row !== undefined && key === undefined) throw new Refusal("not-allowed", "The button is another key's.");
      if (row !== undefined) await clearButton(unit, row, (await requireOnKey(unit, actor, row.key_id, "edit", now)).key.property_id, actorName(actor), now);
      return showFob(unit, actor, fob, now);
    });
    return c.json(shown, 200);
  });
  app.openapi(assignment, async (c) => {
    const actor = actorOf(c);
    const made = await change(parts, async (unit, now) => {
      const { fob } = await requireFob(unit, actor, c.req.valid("param").fob, "send", now);
      return assignmentOf(unit, parts, fob, now);
    });
    return c.json({ sequence: made.sequence, message: toBase64url(made.message) }, 200, { "cache-control": "no-store" });
  });
  app.openapi(report, async (c) => {
    const { fob } = c.req.valid("param");
    const actor = actorOf(c);
    const bytes = fromBase64url(c.req.valid("json").report);
    await change(parts, async (unit, now) => receiveReport(unit, parts.keystore, (await requireFob(unit, actor, fob, "see", now)).fob, bytes, actorName(actor), now));
    const failed = await activateAcknowledged((work) => change(parts, work), parts, fob);
    return c.json({ ...(await read(parts, (unit, now) => showFob(unit, actor, fob, now))), failed }, 200);
  });
  return app;
}
