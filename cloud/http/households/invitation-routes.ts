import { createRoute, z } from "@hono/zod-openapi";
import { acceptInvitation, declineInvitation, invitationByToken, invitationForAccount } from "../../invitations/answer-invitation";
import { requireOpen } from "../../invitations/invitation-state";
import { accountOf, actorIfAny, change, read, routes, type ApiParts, type Routes } from "../api";
import { formatInvitation, formatPlace, Invitation, OwnPlace, Places, readPlaces } from "./place-format";
import { answer, body, Id, refusals } from "../schemas";

const TokenRequest = z.strictObject({ token: z.string().min(1).max(64).openapi({ description: "The end of the link that was sent, after `#`." }) }).openapi("InvitationToken");
const Declined = z.object({ declined: z.literal(true) });
const params = z.object({ invitation: Id });
const tags = ["invitations"];
const open: Record<string, never>[] = [{}];

const places = createRoute({ method: "get", path: "/account/places", summary: "One's own places, and the invitations that wait for an answer", tags: ["account"], responses: { 200: answer(Places, "Those that have ended come last."), ...refusals } });
const accept = createRoute({
  method: "post",
  path: "/account/invitations/{invitation}/accept",
  summary: "Accept an invitation to an address of one's own; again is the same acceptance",
  tags,
  request: { params, ...body(z.strictObject({})) },
  responses: { 200: answer(OwnPlace, "Accepted: the access is there."), ...refusals },
});
const decline = createRoute({
  method: "post",
  path: "/account/invitations/{invitation}/decline",
  summary: "Decline an invitation to an address of one's own",
  tags,
  request: { params, ...body(z.strictObject({})) },
  responses: { 200: answer(Declined, "Declined."), ...refusals },
});
const look = createRoute({ method: "post", path: "/invitations/look", summary: "What a link offers, for whoever has it", tags, security: open, request: body(TokenRequest), responses: { 200: answer(Invitation, "It waits for an answer."), ...refusals } });
const acceptToken = createRoute({
  method: "post",
  path: "/invitations/accept",
  summary: "Accept an invitation, or link a lease, by the link that was sent; with any account",
  tags,
  request: body(TokenRequest),
  responses: { 200: answer(OwnPlace, "Accepted: the access is there."), ...refusals },
});
const declineToken = createRoute({
  method: "post",
  path: "/invitations/decline",
  summary: "Decline an invitation by the link that was sent; without an account too",
  tags,
  security: open,
  request: body(TokenRequest),
  responses: { 200: answer(Declined, "Declined."), ...refusals },
});

/** Tokens travel in bodies alone: paths are in logs. */
export function invitationRoutes(parts: ApiParts): Routes {
  const app = routes();
  app.openapi(places, async (c) => c.json(await read(parts, (unit, now) => readPlaces(unit, accountOf(c), now)), 200));
  app.openapi(accept, async (c) => {
    const actor = accountOf(c);
    const place = await change(parts, async (unit, now) => {
      const invitation = await invitationForAccount(unit, c.req.valid("param").invitation, actor.account, now);
      return formatPlace(unit, actor, await acceptInvitation(unit, parts, invitation, actor.account, now), now);
    });
    return c.json(place, 200);
  });
  app.openapi(decline, async (c) => {
    const { account } = accountOf(c);
    await change(parts, async (unit, now) => declineInvitation(unit, await invitationForAccount(unit, c.req.valid("param").invitation, account, now), account, now));
    return c.json({ declined: true as const }, 200);
  });
  app.openapi(look, async (c) => {
    const offer = await read(parts, async (unit, now) => {
      const invitation = await invitationByToken(unit, c.req.valid("json").token);
      requireOpen(invitation, now);
      return formatInvitation(unit, invitation);
    });
    return c.json(offer, 200, { "cache-control": "no-store" });
  });
  app.openapi(acceptToken, async (c) => {
    const actor = accountOf(c);
    const place = await change(parts, async (unit, now) => {
      const invitation = await invitationByToken(unit, c.req.valid("json").token);
      return formatPlace(unit, actor, await acceptInvitation(unit, parts, invitation, actor.account, now), now);
    });
    return c.json(place, 200);
  });
  app.openapi(declineToken, async (c) => {
    const actor = actorIfAny(c);
    await change(parts, async (unit, now) => declineInvitation(unit, await invitationByToken(unit, c.req.valid("json").token), actor?.kind === "account" ? actor.account : undefined, now));
    return c.json({ declined: true as const }, 200);
  });
  return app;
}
