import { createRoute, z } from "@hono/zod-openapi";
import { identifiersOf } from "../../accounts/account";
import type { AccountActor } from "../../accounts/actor";
import type { Identifier } from "../../accounts/identifier";
import { endSession, endSessions, listSessions, renewAuthentication } from "../../accounts/session";
import { CODE_SECONDS, RECENT_AUTHENTICATION_SECONDS } from "../../limits";
import { Refusal } from "../../refusal";
import type { Unit } from "../../store/store";
import { accountOf, change, read, routes, type ApiParts, type Routes } from "../api";
import { sendCodeTo, withCode } from "./code-steps";
import { formatInstant } from "../people/grant-format";
import { answer, body, Code, CodeSent, Id, Instant, refusals } from "../schemas";

const Session = z.strictObject({ id: Id, agent: z.string(), current: z.boolean(), createdAt: Instant, seenAt: Instant }).openapi("Session");
export const Recent = z.strictObject({ recentUntil: Instant }).openapi("Recent", { description: "Until then PINs can be seen and contacts changed." });
const OwnIdentifier = Id.optional().openapi({ description: "Id of one of the account's; none: the oldest e-mail address." });
const tags = ["account"];

const list = createRoute({ method: "get", path: "/account/sessions", summary: "Where one is signed in", tags, responses: { 200: answer(z.strictObject({ items: z.array(Session) }), "Newest first."), ...refusals } });
const endOne = createRoute({
  method: "delete",
  path: "/account/sessions/{session}",
  summary: "End a session",
  tags,
  request: { params: z.object({ session: Id }) },
  responses: { 204: { description: "Ended." }, ...refusals },
});
const endOthers = createRoute({ method: "delete", path: "/account/sessions", summary: "End all sessions but this one", tags, responses: { 204: { description: "Ended." }, ...refusals } });
const authenticateCode = createRoute({
  method: "post",
  path: "/account/authenticate/codes",
  summary: "Have a code sent, to prove anew who one is",
  tags,
  request: body(z.strictObject({ identifier: OwnIdentifier })),
  responses: { 202: answer(CodeSent, "It is on its way."), ...refusals },
});
const authenticateAgain = createRoute({
  method: "post",
  path: "/account/authenticate",
  summary: "Prove anew who one is, with the code that was sent",
  tags,
  request: body(z.strictObject({ code: Code, identifier: OwnIdentifier })),
  responses: { 200: answer(Recent, "Proved."), ...refusals },
});

/** Where somebody is signed in (A1), and proofs of who they are. */
export function sessionRoutes(parts: ApiParts): Routes {
  const app = routes();
  app.openapi(list, async (c) => {
    const actor = accountOf(c);
    const rows = await read(parts, (unit, now) => listSessions(unit, actor.account, now));
    const items = rows.map(({ id, agent, created_at, seen_at }) => ({ id, agent, current: id === actor.session, createdAt: formatInstant(created_at), seenAt: formatInstant(seen_at) }));
    return c.json({ items }, 200);
  });
  app.openapi(endOne, async (c) => {
    await change(parts, (unit, now) => endSession(unit, accountOf(c).account, c.req.valid("param").session, now));
    return c.body(null, 204);
  });
  app.openapi(endOthers, async (c) => {
    const actor = accountOf(c);
    await change(parts, (unit, now) => endSessions(unit, actor.account, now, actor.session));
    return c.body(null, 204);
  });
  app.openapi(authenticateCode, async (c) => {
    const actor = accountOf(c);
    const identifier = await read(parts, (unit) => ownIdentifier(unit, actor, c.req.valid("json").identifier));
    const now = await sendCodeTo(parts, actor, { purpose: "authenticate", identifier });
    return c.json({ expiresAt: formatInstant(now + CODE_SECONDS) }, 202);
  });
  app.openapi(authenticateAgain, async (c) => {
    const actor = accountOf(c);
    const { code, identifier: id } = c.req.valid("json");
    const identifier = await read(parts, (unit) => ownIdentifier(unit, actor, id));
    const now = await withCode(parts, actor, { purpose: "authenticate", identifier }, code, async (unit, now) => {
      await renewAuthentication(unit, actor.session, now);
      return now;
    });
    return c.json({ recentUntil: formatInstant(now + RECENT_AUTHENTICATION_SECONDS) }, 200);
  });
  return app;
}

async function ownIdentifier(unit: Unit, { account }: AccountActor, id: string | undefined): Promise<Identifier> {
  const own = await identifiersOf(unit, account);
  const found = id === undefined ? (own.find(({ kind }) => kind === "email") ?? own[0]) : own.find((row) => row.id === id);
  if (found === undefined) throw new Refusal("not-found", "The account has no such e-mail address or phone number.");
  return { kind: found.kind, value: found.value };
}
