import { createRoute, z } from "@hono/zod-openapi";
import type { AuthenticationResponseJSON, RegistrationResponseJSON } from "@simplewebauthn/server";
import { addPasskey, authenticationOptions, checkPasskey, passkeysOf, registrationOptions, removePasskey } from "../../accounts/passkeys";
import { countOne } from "../../accounts/rate-limit";
import { renewAuthentication, requireRecent } from "../../accounts/session";
import { addressKey, enter } from "../../accounts/sign-in";
import { CHALLENGES_PER_ADDRESS, PASSKEY_CHARACTERS_MAX, RECENT_AUTHENTICATION_SECONDS } from "../../limits";
import type { PasskeyRow } from "../../store/rows/account-rows";
import { accountOf, change, read, routes, type ApiParts, type Routes } from "../api";
import { giveCookie } from "../authenticate";
import { callerOf, requirePatience } from "../caller";
import { formatInstant } from "../people/grant-format";
import { answer, body, Id, Instant, Name, refusals } from "../schemas";
import { Recent } from "./session-routes";
import { leaveSession, SignedIn } from "./sign-in-routes";

const Base64Url = z.string().regex(/^[A-Za-z0-9_-]+$/, "base64url");
const PasskeyId = Base64Url.max(PASSKEY_CHARACTERS_MAX);
const Passkey = z.strictObject({ id: PasskeyId, name: z.string(), createdAt: Instant, usedAt: Instant.nullable() }).openapi("Passkey");
const Options = z.strictObject({ challenge: Id.openapi({ description: "Comes back with the answer." }), options: z.looseObject({}).openapi({ description: "For navigator.credentials, after parseCreationOptionsFromJSON or parseRequestOptionsFromJSON." }) }).openapi("PasskeyOptions");
const credential = { id: PasskeyId, rawId: PasskeyId, type: z.literal("public-key"), clientExtensionResults: z.looseObject({}), authenticatorAttachment: z.string().optional() };
const Attestation = z.strictObject({ ...credential, response: z.looseObject({ clientDataJSON: Base64Url, attestationObject: Base64Url, transports: z.array(z.string()).max(10).optional() }) });
const Assertion = z.strictObject({ ...credential, response: z.looseObject({ clientDataJSON: Base64Url, authenticatorData: Base64Url, signature: Base64Url, userHandle: Base64Url.nullish() }) });
const AssertionRequest = z.strictObject({ challenge: Id, response: Assertion }).openapi("PasskeyAnswer", { description: "What the browser's credential says in toJSON()." });
const empty = body(z.strictObject({}));
const open: Record<string, never>[] = [{}];

const signInOptions = createRoute({ method: "post", path: "/sign-in/passkey/options", summary: "Begin to sign in with a passkey", tags: ["sign-in"], security: open, request: empty, responses: { 200: answer(Options, "For the browser."), ...refusals } });
const signInWithPasskey = createRoute({ method: "post", path: "/sign-in/passkey", summary: "Sign in with a passkey", tags: ["sign-in"], security: open, request: body(AssertionRequest), responses: { 200: answer(SignedIn, "Signed in; the cookie is the session."), ...refusals } });
const tags = ["account"];
const list = createRoute({ method: "get", path: "/account/passkeys", summary: "One's passkeys", tags, responses: { 200: answer(z.strictObject({ items: z.array(Passkey) }), "Oldest first."), ...refusals } });
const addOptions = createRoute({ method: "post", path: "/account/passkeys/options", summary: "Begin to add a passkey", tags, request: empty, responses: { 200: answer(Options, "For the browser."), ...refusals } });
const add = createRoute({
  method: "post",
  path: "/account/passkeys",
  summary: "Add the passkey that the browser has made",
  tags,
  request: body(z.strictObject({ challenge: Id, name: Name, response: Attestation })),
  responses: { 201: answer(Passkey, "Added."), ...refusals },
});
const remove = createRoute({
  method: "delete",
  path: "/account/passkeys/{passkey}",
  summary: "Remove a passkey",
  tags,
  request: { params: z.object({ passkey: PasskeyId }) },
  responses: { 204: { description: "Removed." }, ...refusals },
});
const authenticateOptions = createRoute({ method: "post", path: "/account/authenticate/passkey/options", summary: "Begin to prove anew who one is, with a passkey", tags, request: empty, responses: { 200: answer(Options, "For the browser."), ...refusals } });
const authenticateAgain = createRoute({ method: "post", path: "/account/authenticate/passkey", summary: "Prove anew who one is, with a passkey", tags, request: body(AssertionRequest), responses: { 200: answer(Recent, "Proved."), ...refusals } });

/** Passkeys: keys in people's phones that sign in without anything to be typed, sent or guessed (WebAuthn). */
export function passkeyRoutes(parts: ApiParts): Routes {
  const app = routes();
  app.openapi(signInOptions, async (c) => {
    const { wait, options } = await change(parts, async (unit, now) => {
      const wait = await countOne(unit, addressKey(parts, "challenges", callerOf(parts, c)), CHALLENGES_PER_ADDRESS, now);
      return { wait, options: wait > 0 ? undefined : await authenticationOptions(unit, parts.publicUrl(), "sign-in", undefined, now) };
    });
    requirePatience(wait);
    return c.json(fit(options!), 200);
  });
  app.openapi(signInWithPasskey, async (c) => {
    const { challenge, response } = c.req.valid("json");
    const { account, token } = await change(parts, async (unit, now) => {
      const owner = await checkPasskey(unit, parts.publicUrl(), { purpose: "sign-in", account: undefined, challenge, response: assertion(response) }, now);
      await leaveSession(unit, c, now);
      return enter(unit, owner, "passkey", callerOf(parts, c), now);
    });
    giveCookie(parts, c, token);
    return c.json({ account, isNew: false }, 200, { "cache-control": "no-store" });
  });
  app.openapi(list, async (c) => {
    const rows = await read(parts, (unit) => passkeysOf(unit, accountOf(c).account));
    return c.json({ items: rows.map(format) }, 200);
  });
  app.openapi(addOptions, async (c) => {
    const actor = accountOf(c);
    const options = await change(parts, (unit, now) => {
      requireRecent(actor, now);
      return registrationOptions(unit, parts.publicUrl(), actor.account, now);
    });
    return c.json(fit(options), 200);
  });
  app.openapi(add, async (c) => {
    const actor = accountOf(c);
    const { challenge, name, response } = c.req.valid("json");
    const row = await change(parts, (unit, now) => {
      requireRecent(actor, now);
      // What the schema says, with the browser's word for the rest: all of it is verified.
      return addPasskey(unit, parts.publicUrl(), actor.account, { challenge, name, response: response as unknown as RegistrationResponseJSON }, now);
    });
    return c.json(format(row), 201);
  });
  app.openapi(remove, async (c) => {
    const actor = accountOf(c);
    await change(parts, (unit, now) => {
      requireRecent(actor, now);
      return removePasskey(unit, actor.account, c.req.valid("param").passkey, now);
    });
    return c.body(null, 204);
  });
  app.openapi(authenticateOptions, async (c) => {
    const { account } = accountOf(c);
    return c.json(fit(await change(parts, (unit, now) => authenticationOptions(unit, parts.publicUrl(), "authenticate", account, now))), 200);
  });
  app.openapi(authenticateAgain, async (c) => {
    const { account, session } = accountOf(c);
    const { challenge, response } = c.req.valid("json");
    const at = await change(parts, async (unit, now) => {
      await checkPasskey(unit, parts.publicUrl(), { purpose: "authenticate", account, challenge, response: assertion(response) }, now);
      await renewAuthentication(unit, session, now);
      return now;
    });
    return c.json({ recentUntil: formatInstant(at + RECENT_AUTHENTICATION_SECONDS) }, 200);
  });
  return app;
}

/** Some browsers say null where there is no user handle. */
function assertion(response: z.output<typeof Assertion>): AuthenticationResponseJSON {
  const { userHandle, ...rest } = response.response;
  return { ...response, response: { ...rest, ...(typeof userHandle === "string" && { userHandle }) } } as unknown as AuthenticationResponseJSON;
}

function fit({ challenge, options }: { challenge: string; options: object }): z.output<typeof Options> {
  return { challenge, options: { ...options } };
}

function format({ id, name, created_at, used_at }: PasskeyRow): z.output<typeof Passkey> {
  return { id, name, createdAt: formatInstant(created_at), usedAt: used_at === null ? null : formatInstant(used_at) };
}
