import { createRoute, z } from "@hono/zod-openapi";
import { toHex, fromHex } from "../../../protocol/bytes";
import { decodeKeysetMessage, type Keyset as SignedKeyset } from "../../../protocol/keyset";
import { ROOT_KEYS_MAX } from "../../../protocol/limits";
import { actorName } from "../../accounts/actor";
import { countDoors, countTaken, doorsBehind, readProgress } from "../../keys/keyset-progress";
import { readRequest, type KeysetRequest as PendingRequest } from "../../keys/keyset-request";
import { fromBase64, RequestFile, toRequestFile } from "../../keys/request-file";
import type { Rotated } from "../../keys/key-rotation";
import { requireSite } from "../../rules/read-standing";
import { actorOf, read, routes, type ApiParts, type Routes } from "../api";
import { formatInstant } from "../people/grant-format";
import { answer, body, Id, Instant, KeysetRequest, nextAfter, page, Paging, refusals } from "../schemas";

const Roots = z.object({ keys: z.array(z.string()).openapi({ description: "Public keys, hexadecimal." }), threshold: z.int() });
const Keyset = z.object({ number: z.int(), epoch: z.int(), issuedAt: Instant, roots: Roots }).openapi("Keyset");
const KeysetAtDoors = Keyset.extend({
  doors: z.int().openapi({ description: "Claimed doors that have shown this keyset, or a later one." }),
  behind: z.int().openapi({ description: "Claimed doors that have not yet." }),
}).openapi("KeysetAtDoors");
const PendingKeyset = Keyset.extend({
  requestedAt: Instant,
  requestedBy: z.string(),
  lacking: z.object({ old: z.int(), new: z.int() }).openapi({ description: "How many more roots must sign, of the keyset before and of this one; one signature may serve both." }),
  request: z.strictObject(RequestFile.shape).openapi("KeysetRequestFile", { description: "What machines with root keys sign, with the signatures so far." }),
}).openapi("PendingKeyset");
const Keysets = z
  .object({
    items: z.array(KeysetAtDoors),
    pending: PendingKeyset.nullable().openapi({ description: "The one that waits for signatures." }),
    ahead: z.int().openapi({ description: "Doors that have a keyset which this database does not know: it is older than they are." }),
  })
  .openapi("Keysets");
const DoorBehind = z.object({ id: Id, name: z.string(), property: Id, keyset: z.int().nullable().openapi({ description: "Number that the door has shown; null: it has said nothing since it was claimed." }), heardAt: Instant.nullable() }).openapi("DoorBehindKeyset");
const SignaturesRequest = z.strictObject({ signatures: RequestFile.shape.signatures.min(1).max(2 * ROOT_KEYS_MAX) }).openapi("KeysetSignaturesRequest");
const tags = ["keysets"];
const rotated = { 201: answer(Keyset, "From now on."), 202: answer(PendingKeyset, "Roots that are not here must sign it first.") };

const rotate = createRoute({ method: "post", path: "/keysets", summary: "Give the site new signing keys", tags, request: body(KeysetRequest), responses: { ...rotated, ...refusals } });
const list = createRoute({
  method: "get",
  path: "/keysets",
  summary: "The site's keysets, and how far they have come",
  tags,
  responses: { 200: answer(Keysets, "By number."), ...refusals },
});
const behind = createRoute({
  method: "get",
  path: "/keysets/{number}/doors",
  summary: "Claimed doors that have not taken a keyset yet",
  tags,
  request: { params: z.object({ number: z.coerce.number().int().min(0) }), query: Paging },
  responses: { 200: answer(page(DoorBehind), "By id."), ...refusals },
});
const withdraw = createRoute({ method: "delete", path: "/keysets/request", summary: "Give up the keyset that waits for signatures", tags, responses: { 204: { description: "There is none any more." }, ...refusals } });
const sign = createRoute({ method: "post", path: "/keysets/request/signatures", summary: "Bring signatures for the keyset that waits for them", tags, request: body(SignaturesRequest), responses: { ...rotated, ...refusals } });

export function keysetRoutes(parts: ApiParts): Routes {
  const app = routes();
  const { keyRotation, database, clock } = parts;
  app.openapi(rotate, async (c) => {
    requireSite(actorOf(c));
    const { newEpoch, roots } = c.req.valid("json");
    const wanted = roots && { roots: roots.keys.map((key) => fromHex(key)!), threshold: roots.threshold };
    const result = await keyRotation.rotate(database, { newEpoch, roots: wanted }, actorName(actorOf(c)), clock.now());
    if (!result.done) return c.json(formatPending(result.request), 202);
    parts.onChanged();
    return c.json(format(result.keyset), 201);
  });
  app.openapi(list, async (c) => {
    requireSite(actorOf(c));
    return c.json(await read(parts, async (unit, now) => {
      const rows = await unit.selectFrom("keysets").select("message").orderBy("number").execute();
      const progress = await readProgress(unit);
      const doors = countDoors(progress);
      const items = rows.map(({ message }) => format(decodeKeysetMessage(message).keyset)).map((keyset) => ({ ...keyset, doors: countTaken(progress, keyset.number), behind: doors - countTaken(progress, keyset.number) }));
      const request = await readRequest(unit, now);
      return { items, pending: request === undefined ? null : formatPending(request), ahead: countTaken(progress, items.length + 1) };
    }), 200);
  });
  app.openapi(behind, async (c) => {
    requireSite(actorOf(c));
    const { after = "", limit } = c.req.valid("query");
    const doors = await read(parts, (unit) => doorsBehind(unit, c.req.valid("param").number, after, limit));
    const items = doors.map(({ id, name, property_id: property, keyset_number, heard_at }) => ({ id, name, property, keyset: keyset_number === 0 ? null : keyset_number, heardAt: heard_at === null ? null : formatInstant(heard_at) }));
    return c.json({ items, next: nextAfter(items, limit) }, 200);
  });
  app.openapi(withdraw, async (c) => {
    requireSite(actorOf(c));
    await keyRotation.withdraw(database, actorName(actorOf(c)), clock.now());
    return c.body(null, 204);
  });
  app.openapi(sign, async (c) => {
    requireSite(actorOf(c));
    const result: Rotated = await keyRotation.sign(database, c.req.valid("json").signatures.map(fromBase64), actorName(actorOf(c)), clock.now());
    if (!result.done) return c.json(formatPending(result.request), 202);
    parts.onChanged();
    return c.json(format(result.keyset), 201);
  });
  return app;
}

function format({ number, epoch, issuedAt, roots, threshold }: SignedKeyset) {
  return { number, epoch, issuedAt: formatInstant(issuedAt), roots: { keys: roots.map(toHex), threshold } };
}

function formatPending(request: PendingRequest) {
  const { keyset, requestedAt, requestedBy, lacking } = request;
  return { ...format(keyset), requestedAt: formatInstant(requestedAt), requestedBy, lacking, request: toRequestFile(request) };
}
