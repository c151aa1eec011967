import { createRoute, z } from "@hono/zod-openapi";
import { actorName } from "../../accounts/actor";
import { audit } from "../../audit/audit";
import { requireOnKey } from "../../rules/key-standing";
import { acceptKey, declineKey, offeredKey } from "../../sharing/answer-key";
import { openKeyLink } from "../../sharing/key-link";
import { sendTextKey } from "../../sharing/text-key";
import { accountOf, actorIfAny, actorOf, change, read, routes, type ApiParts, type Routes } from "../api";
import { FOR_PEOPLE } from "../api-document";
import { formatInstant } from "../people/grant-format";
import { formatOffer, showKey } from "./key-format";
import { Key, KeyLink, KeyOffer } from "./key-schemas";
import { answer, body, Id, refusals } from "../schemas";

const TokenRequest = z.strictObject({ token: z.string().min(1).max(64).openapi({ description: "The end of the link, after `#`." }) }).openapi("KeyToken");
const Nothing = z.strictObject({});
const Declined = z.object({ declined: z.literal(true) });
const params = z.object({ key: Id });
const tags = ["keys"];
const open: Record<string, never>[] = [{}];

const link = createRoute({
  method: "post",
  path: "/keys/{key}/link",
  summary: "Another link and QR code for a pending app key; the one before is dead. It is sent again where there is an address",
  tags,
  request: { params, ...body(Nothing) },
  responses: { 200: answer(KeyLink, "Shown this once."), ...refusals },
});
const text = createRoute({
  method: "post",
  path: "/keys/{key}/text",
  summary: "Send a pending PIN key's code again",
  tags,
  request: { params, ...body(Nothing) },
  responses: { 200: answer(Key, "On its way; the key is active once it has left."), ...refusals },
});
const look = createRoute({ method: "post", path: "/keys/look", summary: "What a link offers, for whoever has it", tags, security: open, request: body(TokenRequest), responses: { 200: answer(KeyOffer, "It waits for an answer."), ...refusals } });
const accept = createRoute({
  method: "post",
  path: "/keys/accept",
  summary: "Accept a key by its link or QR code, with any account; whoever comes first has it",
  tags,
  security: FOR_PEOPLE,
  request: body(TokenRequest),
  responses: { 200: answer(Key, "Accepted; doors follow."), ...refusals },
});
const decline = createRoute({
  method: "post",
  path: "/keys/decline",
  summary: "Decline a key by its link; without an account too",
  tags,
  security: open,
  request: body(TokenRequest),
  responses: { 200: answer(Declined, "Declined: the key has ended."), ...refusals },
});

/** How keys get to their users (S3, S5, N5). Tokens travel in bodies alone: paths are in logs. */
export function keyLinkRoutes(parts: ApiParts): Routes {
  const app = routes();
  app.openapi(look, async (c) => {
    const offer = await read(parts, async (unit, now) => {
      const { key, link } = await offeredKey(unit, c.req.valid("json").token, now);
      return formatOffer(unit, key, link);
    });
    return c.json(offer, 200, { "cache-control": "no-store" });
  });
  app.openapi(accept, async (c) => {
    const actor = accountOf(c);
    const key = await change(parts, async (unit, now) => showKey(unit, actor, await acceptKey(unit, parts, c.req.valid("json").token, actor.account, now), now));
    return c.json(key, 200);
  });
  app.openapi(decline, async (c) => {
    const actor = actorIfAny(c);
    await change(parts, (unit, now) => declineKey(unit, c.req.valid("json").token, actor?.kind === "account" ? actor.account : undefined, now));
    return c.json({ declined: true as const }, 200);
  });
  app.openapi(link, async (c) => {
    const shown = await change(parts, async (unit, now) => {
      const actor = actorOf(c);
      const { key } = await requireOnKey(unit, actor, c.req.valid("param").key, "send", now);
      const { url, expiresAt } = await openKeyLink(unit, parts, key, now);
      await audit(unit, { at: now, actor: actorName(actor), action: "key.link", subject: `key/${key.id}`, detail: { property: key.property_id } });
      return { url, qr: url, expiresAt: formatInstant(expiresAt) };
    });
    return c.json(shown, 200, { "cache-control": "no-store" });
  });
  app.openapi(text, async (c) => {
    const sent = await change(parts, async (unit, now) => {
      const actor = actorOf(c);
      const { key } = await requireOnKey(unit, actor, c.req.valid("param").key, "send", now);
      await sendTextKey(unit, parts, key, now);
      await audit(unit, { at: now, actor: actorName(actor), action: "key.text", subject: `key/${key.id}`, detail: { property: key.property_id } });
      return showKey(unit, actor, key.id, now);
    });
    return c.json(sent, 200);
  });
  return app;
}
