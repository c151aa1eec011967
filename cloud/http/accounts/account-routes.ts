import { createRoute, z } from "@hono/zod-openapi";
import { changeAccount, identifiersOf, readAccount } from "../../accounts/account";
import { addIdentifier, removeIdentifier, requireRoomForIdentifier } from "../../accounts/account-identifiers";
import type { AccountActor } from "../../accounts/actor";
import { eraseAccount } from "../../accounts/erase-account";
import { parseIdentifier } from "../../accounts/identifier";
import { requireRecent } from "../../accounts/session";
import { CODE_SECONDS, RECENT_AUTHENTICATION_SECONDS } from "../../limits";
import { sendsTexts } from "../../messages/channels";
import { countUnread, UNREAD_COUNTED } from "../../notifications/unread";
import { managedProperties } from "../../rules/read-standing";
import type { Unit } from "../../store/store";
import { accountOf, change, read, routes, type ApiParts, type Routes } from "../api";
import { takeCookie } from "../authenticate";
import { sendCodeTo, withCode } from "./code-steps";
import { formatInstant } from "../people/grant-format";
import { answer, body, Code, CodeSent, Id, IdentifierText, Instant, Language, Name, refusals } from "../schemas";

const IdentifierItem = z.strictObject({ id: Id, kind: z.enum(["email", "phone"]), value: z.string(), verifiedAt: Instant }).openapi("Identifier");
const Account = z
  .strictObject({
    id: Id,
    name: z.string(),
    language: Language,
    identifiers: z.array(IdentifierItem),
    manages: z.array(Id).openapi({ description: "Properties." }),
    recentUntil: Instant.openapi({ description: "Until then PINs can be seen and contacts changed without proving again who one is." }),
    textMessages: z.boolean().openapi({ description: "false: this site sends none, and an e-mail address suffices." }),
    unread: z.int().min(0).max(UNREAD_COUNTED).openapi({ description: `Notifications that have not been read, as far as one may still see them: of the newest ${UNREAD_COUNTED} that wait.` }),
  })
  .openapi("Account");
const tags = ["account"];

const get = createRoute({ method: "get", path: "/account", summary: "Who is signed in", tags, responses: { 200: answer(Account, "The account."), ...refusals } });
const patch = createRoute({
  method: "patch",
  path: "/account",
  summary: "Change one's name or language",
  tags,
  request: body(z.strictObject({ name: Name.optional(), language: Language.optional() })),
  responses: { 200: answer(Account, "Changed."), ...refusals },
});
const erase = createRoute({
  method: "delete",
  path: "/account",
  summary: "Erase one's account; places in households stay, for those to end who may",
  tags,
  responses: { 204: { description: "Erased; all sessions have ended." }, ...refusals },
});
const addCode = createRoute({
  method: "post",
  path: "/account/identifiers",
  summary: "Have a code sent to another e-mail address or phone number of one's own",
  tags,
  request: body(z.strictObject({ identifier: IdentifierText })),
  responses: { 202: answer(CodeSent, "It is on its way, whoever may have this identifier already."), ...refusals },
});
const verify = createRoute({
  method: "post",
  path: "/account/identifiers/verify",
  summary: "Add the e-mail address or phone number that the code went to",
  tags,
  request: body(z.strictObject({ identifier: IdentifierText, code: Code })),
  responses: { 200: answer(Account, "It is the account's."), ...refusals },
});
const remove = createRoute({
  method: "delete",
  path: "/account/identifiers/{identifier}",
  summary: "Remove an e-mail address or phone number; it is told, and so are the others",
  tags,
  request: { params: z.object({ identifier: Id }) },
  responses: { 200: answer(Account, "Removed."), ...refusals },
});

/** A person's account and the addresses that are proved to be theirs. */
export function accountRoutes(parts: ApiParts): Routes {
  const app = routes();
  app.openapi(get, async (c) => c.json(await read(parts, (unit, now) => formatAccount(parts, unit, accountOf(c), now)), 200));
  app.openapi(patch, async (c) => {
    const actor = accountOf(c);
    const account = await change(parts, async (unit, now) => {
      await changeAccount(unit, actor.account, c.req.valid("json"), now);
      return formatAccount(parts, unit, actor, now);
    });
    return c.json(account, 200);
  });
  app.openapi(erase, async (c) => {
    const actor = accountOf(c);
    await change(parts, async (unit, now) => {
      requireRecent(actor, now);
      await eraseAccount(unit, parts, actor.account, now);
    });
    takeCookie(parts, c);
    return c.body(null, 204);
  });
  app.openapi(addCode, async (c) => {
    const actor = accountOf(c);
    const identifier = parseIdentifier(c.req.valid("json").identifier, parts.region);
    const now = await sendCodeTo(parts, actor, { purpose: "identifier", identifier }, async (unit, now) => {
      requireRecent(actor, now);
      await requireRoomForIdentifier(unit, actor.account);
    });
    return c.json({ expiresAt: formatInstant(now + CODE_SECONDS) }, 202);
  });
  app.openapi(verify, async (c) => {
    const actor = accountOf(c);
    const { identifier: text, code } = c.req.valid("json");
    const identifier = parseIdentifier(text, parts.region);
    const account = await withCode(parts, actor, { purpose: "identifier", identifier }, code, async (unit, now) => {
      await addIdentifier(unit, parts, actor.account, identifier, now);
      return formatAccount(parts, unit, actor, now);
    });
    return c.json(account, 200);
  });
  app.openapi(remove, async (c) => {
    const actor = accountOf(c);
    const account = await change(parts, async (unit, now) => {
      requireRecent(actor, now);
      await removeIdentifier(unit, parts, actor.account, c.req.valid("param").identifier, now);
      return formatAccount(parts, unit, actor, now);
    });
    return c.json(account, 200);
  });
  return app;
}

async function formatAccount(parts: ApiParts, unit: Unit, actor: AccountActor, now: number): Promise<z.output<typeof Account>> {
  const { id, name, language } = await readAccount(unit, actor.account);
  const identifiers = (await identifiersOf(unit, id)).map((row) => ({ id: row.id, kind: row.kind, value: row.value, verifiedAt: formatInstant(row.verified_at) }));
  const manages = await managedProperties(unit, actor);
  return {
    ...{ id, name, language, identifiers, manages: manages === "all" ? [] : manages },
    recentUntil: formatInstant(actor.authenticatedAt + RECENT_AUTHENTICATION_SECONDS),
    textMessages: sendsTexts(parts.channels),
    unread: await countUnread(unit, id, now),
  };
}
