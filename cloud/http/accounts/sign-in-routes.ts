import { createRoute, z } from "@hono/zod-openapi";
import type { Context } from "hono";
import { parseIdentifier } from "../../accounts/identifier";
import { canHavePasskeys } from "../../accounts/passkeys";
import { endSession } from "../../accounts/session";
import { requestSignIn, signIn } from "../../accounts/sign-in";
import { CODE_SECONDS } from "../../limits";
import { sendsTexts } from "../../messages/channels";
import { Refusal } from "../../refusal";
import type { Unit } from "../../store/store";
import { actorIfAny, change, routes, type ApiEnvironment, type ApiParts, type Routes } from "../api";
import { giveCookie, takeCookie } from "../authenticate";
import { callerOf, languageOf, requirePatience, tooOften } from "../caller";
import { formatInstant } from "../people/grant-format";
import { answer, body, Code, CodeSent, Id, IdentifierText, Language, Name, refusals } from "../schemas";

export const SignedIn = z.strictObject({ account: Id, isNew: z.boolean().openapi({ description: "This was the first time: the account was made just now." }) }).openapi("SignedIn");
const tags = ["sign-in"];
const open: Record<string, never>[] = [{}];

const Ways = z
  .strictObject({
    textMessages: z.boolean().openapi({ description: "false: this site sends none; codes go by e-mail." }),
    passkeys: z.boolean().openapi({ description: "false: browsers make none for this site's address." }),
  })
  .openapi("WaysToSignIn");

const ways = createRoute({ method: "get", path: "/sign-in", summary: "How one can sign in here", tags, security: open, responses: { 200: answer(Ways, "The same for everybody."), ...refusals } });
const codes = createRoute({
  method: "post",
  path: "/sign-in/codes",
  summary: "Have a code sent by e-mail or text message; the answer is the same whether an account exists or not",
  tags,
  security: open,
  request: body(z.strictObject({ identifier: IdentifierText, language: Language.optional() })),
  responses: { 202: answer(CodeSent, "It is on its way."), ...refusals },
});
const enterWithCode = createRoute({
  method: "post",
  path: "/sign-in",
  summary: "Sign in with a code; the first time this makes the account",
  tags,
  security: open,
  request: body(z.strictObject({ identifier: IdentifierText, code: Code, name: Name.optional(), language: Language.optional() })),
  responses: { 200: answer(SignedIn, "Signed in; the cookie is the session."), ...refusals },
});
const signOut = createRoute({
  method: "post",
  path: "/sign-out",
  summary: "End this session",
  tags,
  security: open,
  request: body(z.strictObject({})),
  responses: { 204: { description: "Nobody is signed in here any more." }, ...refusals },
});

export function signInRoutes(parts: ApiParts): Routes {
  const app = routes();
  app.openapi(ways, (c) => c.json({ textMessages: sendsTexts(parts.channels), passkeys: canHavePasskeys(parts.publicUrl()) }, 200));
  app.openapi(codes, async (c) => {
    const { identifier, language = languageOf(c) } = c.req.valid("json");
    const wanted = parseIdentifier(identifier, parts.region);
    const { wait, now } = await change(parts, async (unit, now) => ({ wait: await requestSignIn(unit, parts, wanted, language, callerOf(parts, c), now), now }));
    requirePatience(wait);
    return c.json({ expiresAt: formatInstant(now + CODE_SECONDS) }, 202);
  });
  app.openapi(enterWithCode, async (c) => {
    const { identifier, code, name, language = languageOf(c) } = c.req.valid("json");
    const request = { identifier: parseIdentifier(identifier, parts.region), code, name, language };
    const outcome = await change(parts, async (unit, now) => {
      const outcome = await signIn(unit, parts, request, callerOf(parts, c), now);
      if ("account" in outcome) await leaveSession(unit, c, now);
      return outcome;
    });
    if ("wrong" in outcome) throw new Refusal("wrong-code");
    if ("wait" in outcome) throw tooOften(outcome.wait);
    giveCookie(parts, c, outcome.token);
    return c.json({ account: outcome.account, isNew: outcome.isNew }, 200, { "cache-control": "no-store" });
  });
  app.openapi(signOut, async (c) => {
    await change(parts, (unit, now) => leaveSession(unit, c, now));
    takeCookie(parts, c);
    return c.body(null, 204);
  });
  return app;
}

/** Whoever signs in again in the same browser, or out, leaves no session behind that nobody holds. */
export async function leaveSession(unit: Unit, c: Context<ApiEnvironment>, now: number): Promise<void> {
  const actor = actorIfAny(c);
  if (actor?.kind === "account") await endSession(unit, actor.account, actor.session, now);
}
