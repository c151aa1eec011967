import { createRoute, z } from "@hono/zod-openapi";
import { actorName } from "../../accounts/actor";
import { decodeKeysetMessage, type Keyset as SignedKeyset } from "../../../protocol/keyset";
import { requireSite } from "../../rules/read-standing";
import { actorOf, read, routes, type ApiParts, type Routes } from "../api";
import { formatInstant } from "../people/grant-format";
import { answer, body, Instant, KeysetRequest, refusals } from "../schemas";

const Keyset = z.object({ number: z.int(), epoch: z.int(), issuedAt: Instant }).openapi("Keyset");
const tags = ["keysets"];

const rotate = createRoute({ method: "post", path: "/keysets", summary: "Give the site new signing keys", tags, request: body(KeysetRequest), responses: { 201: answer(Keyset, "From now on."), ...refusals } });
const list = createRoute({ method: "get", path: "/keysets", summary: "The site's keysets", tags, responses: { 200: answer(z.object({ items: z.array(Keyset) }), "By number."), ...refusals } });

export function keysetRoutes(parts: ApiParts): Routes {
  const app = routes();
  app.openapi(rotate, async (c) => {
    requireSite(actorOf(c));
    const keyset = await parts.keyRotation.rotate(parts.database, c.req.valid("json").newEpoch, actorName(actorOf(c)), parts.clock.now());
    parts.onChanged();
    return c.json(format(keyset), 201);
  });
  app.openapi(list, async (c) => {
    requireSite(actorOf(c));
    const rows = await read(parts, (unit) => unit.selectFrom("keysets").select("message").orderBy("number").execute());
    return c.json({ items: rows.map(({ message }) => format(decodeKeysetMessage(message).keyset)) }, 200);
  });
  return app;
}

function format({ number, epoch, issuedAt }: SignedKeyset) {
  return { number, epoch, issuedAt: formatInstant(issuedAt) };
}
