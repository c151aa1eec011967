import { createRoute, z } from "@hono/zod-openapi";
import { OFFERED_ITEMS_MAX } from "../../../protocol/courier-frame";
import type { DoorBundle } from "../../couriers/pack-parts";
import { COURIER_ITEMS_PER_UPLOAD_MAX } from "../../limits";
import { accountOf, routes, type ApiParts, type Routes } from "../api";
import { fromBase64url, toBase64url } from "../base64url";
import { tooOften } from "../caller";
import { etag, hasAlready } from "../etag";
import { answer, body, Id, refusals } from "../schemas";

const Item = z.string().regex(/^[A-Za-z0-9_-]*$/, "base64url without padding");
const Items = z.array(Item).openapi({ description: "Sealed under a key of the door's: whoever carries them reads a header and a length." });
const Bundle = z
  .strictObject({
    property: Id,
    doors: z.array(
      z.strictObject({
        door: Id,
        version: z.int().openapi({ description: "Newest list; 0: none." }),
        whole: z.boolean().openapi({ description: "false: a whole list that the door changes to had no room; ask for the door by itself. Deltas, keysets and leases are never left off for it." }),
        items: Items.max(OFFERED_ITEMS_MAX),
      }),
    ),
  })
  .openapi("CourierBundle");
const Carried = z.strictObject({ items: z.array(Item).min(1).max(COURIER_ITEMS_PER_UPLOAD_MAX) }).openapi("Carried");
const CarriedAnswer = z
  .strictObject({
    accepted: z.int(),
    refused: z.array(z.strictObject({ index: z.int(), code: z.string() })).openapi({ description: "Never to be brought again: altered, of another door, or known already." }),
    items: Items.openapi({ description: "What the door lacks by what was brought, sealed." }),
  })
  .openapi("CarriedAnswer");
const tags = ["couriers"];

const bundle = createRoute({
  method: "get",
  path: "/courier/bundle",
  summary: "What phones carry to the doors of a property, sealed",
  tags,
  request: { query: z.object({ property: Id, door: Id.optional().openapi({ description: "This one alone, with all that it lacks." }) }), headers: z.object({ "if-none-match": z.string().max(1_024).optional() }) },
  responses: { 200: answer(Bundle, "The same for every phone until something changes; `ETag` says so."), 304: { description: "The phone has it." }, ...refusals },
});
const upload = createRoute({
  method: "post",
  path: "/courier/doors/{door}",
  summary: "Bring what a door gave to a phone: its receipts and events, sealed",
  description: "Each is taken as if the door had sent it itself. The same again changes nothing.",
  tags,
  request: { params: z.object({ door: Id }), ...body(Carried) },
  responses: { 200: answer(CarriedAnswer, "Each item was taken or refused for good."), ...refusals },
});

/** X2. Not to be stored by anybody between: whoever may have it has signed in. */
const HEADERS = { "cache-control": "private, no-cache" };

export function courierRoutes(parts: ApiParts): Routes {
  const app = routes();
  app.openapi(bundle, async (c) => {
    const actor = accountOf(c);
    const { property, door } = c.req.valid("query");
    const known = c.req.valid("header")["if-none-match"];
    if (door !== undefined) return c.json({ property, doors: [formatDoor(await parts.couriers.door(actor, property, door))] }, 200, HEADERS);
    const { digest, doors } = await parts.couriers.bundle(actor, property, (tag) => hasAlready(known, tag));
    const headers = { ...HEADERS, etag: etag(digest) };
    return doors === undefined ? c.body(null, 304, headers) : c.json({ property, doors: doors.map(formatDoor) }, 200, headers);
  });
  app.openapi(upload, async (c) => {
    const items = c.req.valid("json").items.map(fromBase64url);
    const taken = await parts.couriers.receive(accountOf(c), c.req.valid("param").door, items);
    if ("wait" in taken) throw tooOften(taken.wait);
    parts.onChanged();
    return c.json({ accepted: taken.accepted, refused: taken.refused, items: taken.items.map(toBase64url) }, 200);
  });
  return app;
}

function formatDoor({ door, version, whole, items }: DoorBundle) {
  return { door, version, whole, items: items.map(toBase64url) };
}
