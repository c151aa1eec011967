import { createRoute, z } from "@hono/zod-openapi";
import { audit } from "../../audit/audit";
import { languageOf } from "../../households/add-member";
import { changeMember } from "../../households/change-member";
import { removeMember, withdrawMember } from "../../households/remove-member";
import { openInvitation, tellInvitation } from "../../invitations/send-invitation";
import { requireOnMember } from "../../rules/read-standing";
import { actorName } from "../../accounts/actor";
import { actorOf, change, read, routes, type ApiParts, type Routes } from "../api";
import { etag, IfMatch, requireVersion } from "../etag";
import { parseInstant, parseWindow } from "../people/grant-format";
import { readMember } from "./household-format";
import { Member, MemberChange, WithCodes } from "./household-schemas";
import { readRemoval, Removal } from "./removal-format";
import { formatCodes } from "../people/given-codes";
import { answer, body, Id, Language, refusals } from "../schemas";

const params = z.object({ person: Id });
const tags = ["members"];

const get = createRoute({ method: "get", path: "/members/{person}", summary: "Somebody's place in a household", tags, request: { params }, responses: { 200: answer(Member, "With its ETag."), ...refusals } });
const patch = createRoute({
  method: "patch",
  path: "/members/{person}",
  summary: "Change a resident's or a guest's doors, times or name",
  tags,
  request: { params, headers: IfMatch, ...body(MemberChange) },
  responses: { 200: answer(WithCodes, "Changed; doors follow. Codes are for doors at which the old one cannot be used."), ...refusals },
});
const remove = createRoute({
  method: "delete",
  path: "/members/{person}",
  summary: "Remove a resident or a guest: all their access ends at once; again is the same removal",
  tags,
  request: { params },
  responses: { 200: answer(Removal, "Removed. Doors follow: see each."), ...refusals },
});
const resend = createRoute({
  method: "post",
  path: "/members/{person}/invitation",
  summary: "Send the link anew; the one before is dead",
  tags,
  request: { params, ...body(z.strictObject({ language: Language.optional() })) },
  responses: { 200: answer(Member, "Sent."), ...refusals },
});
const withdraw = createRoute({
  method: "delete",
  path: "/members/{person}/invitation",
  summary: "Take an invitation back before it is accepted",
  tags,
  request: { params },
  responses: { 200: answer(Member, "The link is dead."), ...refusals },
});

export function memberRoutes(parts: ApiParts): Routes {
  const app = routes();
  app.openapi(get, async (c) => {
    const member = await read(parts, (unit, now) => readMember(unit, actorOf(c), c.req.valid("param").person, now));
    return c.json(member, 200, { etag: etag(member.version) });
  });
  app.openapi(patch, async (c) => {
    const { person } = c.req.valid("param");
    const { name, doors, windows, start, end } = c.req.valid("json");
    const wanted = { name, doors, windows: windows?.map(parseWindow), start: start === undefined ? undefined : parseInstant(start), end: typeof end === "string" ? parseInstant(end) : end };
    const changed = await change(parts, async (unit, now) => {
      const given = await changeMember(unit, parts, person, wanted, (version) => requireVersion(c.req.valid("header")["if-match"], version), actorOf(c), now);
      return { ...(await readMember(unit, actorOf(c), person, now)), codes: await formatCodes(unit, given, actorOf(c), now) };
    });
    return c.json(changed, 200, { etag: etag(changed.version), "cache-control": "no-store" });
  });
  app.openapi(remove, async (c) => {
    const { person } = c.req.valid("param");
    const removal = await change(parts, async (unit, now) => readRemoval(unit, actorOf(c), await removeMember(unit, parts, person, actorOf(c), now), now));
    return c.json(removal, 200);
  });
  app.openapi(resend, async (c) => {
    const { person } = c.req.valid("param");
    const sent = await change(parts, async (unit, now) => {
      const actor = actorOf(c);
      const { membership } = await requireOnMember(unit, actor, person, "invite", now);
      const invitation = await openInvitation(unit, parts, membership, now);
      await tellInvitation(unit, parts, person, invitation, c.req.valid("json").language ?? (await languageOf(unit, actor)), now);
      await audit(unit, { at: now, actor: actorName(actor), action: "invitation.resend", subject: `person/${person}`, detail: { invitation: invitation.id } });
      return readMember(unit, actor, person, now);
    });
    return c.json(sent, 200);
  });
  app.openapi(withdraw, async (c) => {
    const { person } = c.req.valid("param");
    const member = await change(parts, async (unit, now) => {
      await withdrawMember(unit, person, actorOf(c), now);
      return readMember(unit, actorOf(c), person, now);
    });
    return c.json(member, 200);
  });
  return app;
}
