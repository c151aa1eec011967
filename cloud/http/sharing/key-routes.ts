import { createRoute, z } from "@hono/zod-openapi";
import { fromHex } from "../../../protocol/bytes";
import type { Actor } from "../../accounts/actor";
import { languageOf } from "../../households/add-member";
import { NAME_CHARACTERS_MAX } from "../../limits";
import { Refusal } from "../../refusal";
import { findGiver } from "../../rules/find-giver";
import { changeKey, type KeyChange as Change } from "../../sharing/change-key";
import { chooseContact } from "../../sharing/choose-contact";
import { giveKey, type NewKey as Wanted } from "../../sharing/give-key";
import { keysFor } from "../../sharing/list-keys";
import type { KeyUser } from "../../sharing/key-user";
import { removeKey } from "../../sharing/remove-key";
import type { Unit } from "../../store/store";
import { actorOf, change, read, routes, type ApiParts, type Routes } from "../api";
import { etag, IfMatch, requireVersion } from "../etag";
import { formatInstant, parseInstant, parseWindow } from "../people/grant-format";
import { formatCodes } from "../people/given-codes";
import { formatKey, showKey } from "./key-format";
import { ChangedKey, Key, KeyChange, KeyRequest, NewKey } from "./key-schemas";
import { identifierIn } from "../asked-identifier";
import { answer, body, Id, nextAfter, page, Paging, refusals } from "../schemas";

const params = z.object({ key: Id });
const tags = ["keys"];
const NO_STORE = { "cache-control": "no-store" };

const list = createRoute({
  method: "get",
  path: "/keys",
  summary: "Keys that one may see: one's own, those one has given or looks after, those of properties that one manages",
  tags,
  request: {
    query: Paging.extend({
      property: Id.optional(),
      person: Id.optional(),
      state: z.enum(["pending", "active", "ended"]).optional(),
      mine: z.enum(["true", "false"]).optional().openapi({ description: "Only those that whoever asks has accepted, or only others; without it, all." }),
      search: z.string().trim().min(1).max(NAME_CHARACTERS_MAX).optional().openapi({ description: "Part of the key's name, or of its user's." }),
    }),
  },
  responses: { 200: answer(page(Key), "By id; pending ones too."), ...refusals },
});
const give = createRoute({
  method: "post",
  path: "/keys",
  summary: "Give somebody a key: for the app by a link or QR code, a PIN to pass on or by message, a card, or a button of a fob",
  tags,
  request: body(KeyRequest),
  responses: { 201: answer(NewKey, "Given. Link and codes are shown this once."), ...refusals },
});
const get = createRoute({ method: "get", path: "/keys/{key}", summary: "One key", tags, request: { params }, responses: { 200: answer(Key, "With its ETag."), ...refusals } });
const patch = createRoute({
  method: "patch",
  path: "/keys/{key}",
  summary: "Change a key: it stays the same one",
  tags,
  request: { params, headers: IfMatch, ...body(KeyChange) },
  responses: { 200: answer(ChangedKey, "Changed. Doors follow: see each."), ...refusals },
});
const remove = createRoute({ method: "delete", path: "/keys/{key}", summary: "Remove a key, a pending one too; again is the same removal", tags, request: { params }, responses: { 200: answer(Key, "Ended. Doors follow: see `truth`."), ...refusals } });

/**
 * Keys (S1–S5, S9–S11, N10). What people were given otherwise, by POST /people, /staff, leases and invitations, are
 * credentials without a key: those routes stay, and a person may have both.
 */
export function keyRoutes(parts: ApiParts): Routes {
  const app = routes();
  app.openapi(list, async (c) => {
    const { after = "", limit, mine, ...filter } = c.req.valid("query");
    const { rows, items } = await read(parts, async (unit, now) => {
      const { rows, seen } = await keysFor(unit, actorOf(c), { ...filter, mine: mine === undefined ? undefined : mine === "true", after, limit }, now);
      const items: z.output<typeof Key>[] = [];
      for (const { key, can } of seen) items.push(await formatKey(unit, actorOf(c), key, can, now));
      return { rows, items };
    });
    return c.json({ items, next: nextAfter(rows, limit) }, 200);
  });
  app.openapi(give, async (c) => {
    const request = c.req.valid("json");
    const actor = actorOf(c);
    const given = await change(parts, async (unit, now) => {
      const giver = await findGiver(unit, actor, { property: request.property, doors: request.doors, household: request.household }, now);
      const { key, codes, link } = await giveKey(unit, parts, giver, await parseKey(unit, parts, request, actor), now);
      const shown = link === undefined ? null : { url: link.url, qr: link.url, expiresAt: formatInstant(link.expiresAt) };
      return { ...(await showKey(unit, actor, key, now)), link: shown, codes: await formatCodes(unit, codes, actor, now) };
    });
    return c.json(given, 201, { ...NO_STORE, etag: etag(given.version) });
  });
  app.openapi(get, async (c) => {
    const key = await read(parts, (unit, now) => showKey(unit, actorOf(c), c.req.valid("param").key, now));
    return c.json(key, 200, { etag: etag(key.version) });
  });
  app.openapi(patch, async (c) => {
    const { key } = c.req.valid("param");
    const wanted = parseChange(c.req.valid("json"));
    const changed = await change(parts, async (unit, now) => {
      const codes = await changeKey(unit, parts, key, wanted, (version) => requireVersion(c.req.valid("header")["if-match"], version), actorOf(c), now);
      return { ...(await showKey(unit, actorOf(c), key, now)), codes: await formatCodes(unit, codes, actorOf(c), now) };
    });
    return c.json(changed, 200, { ...NO_STORE, etag: etag(changed.version) });
  });
  app.openapi(remove, async (c) => {
    const { key } = c.req.valid("param");
    const removed = await change(parts, async (unit, now) => {
      await removeKey(unit, key, actorOf(c), now);
      return showKey(unit, actorOf(c), key, now);
    });
    return c.json(removed, 200);
  });
  return app;
}

async function parseKey(unit: Unit, parts: ApiParts, request: z.output<typeof KeyRequest>, actor: Actor): Promise<Wanted> {
  const { property, kind, name, user, profile, doors, notBefore, notAfter, windows, uses, usesTogether, number, fob, language } = request;
  // S1: reserved until something reads it.
  if (kind === "fingerprint") throw new Refusal("kind-without-reader", `There is no reader for keys of kind ${kind} yet.`);
  return {
    ...{ property, kind, name, doors, usesTogether },
    user: parseUser(user, parts),
    role: profile === "admin" ? "admin" : "user",
    blocked: profile === "blocked",
    profile: profile === null || profile === "admin" || profile === "blocked" ? undefined : profile,
    start: notBefore === undefined ? undefined : parseInstant(notBefore),
    end: notAfter === undefined ? undefined : parseInstant(notAfter),
    windows: windows?.map(parseWindow),
    uses: uses ?? 0,
    card: number === undefined ? undefined : fromHex(number)!,
    fob,
    language: language ?? (await languageOf(unit, actor)),
  };
}

function parseUser(user: z.output<typeof KeyRequest>["user"], { region, channels }: ApiParts): KeyUser {
  if ("person" in user) return user;
  const { name, identifier } = "contact" in user ? chooseContact(user.contact, channels, region) : { name: user.name, identifier: identifierIn(user, region) };
  const about = "contact" in user ? { holderClass: undefined, unit: undefined } : { holderClass: user.class, unit: user.unit };
  return { name, email: identifier?.kind === "email" ? identifier.value : undefined, phone: identifier?.kind === "phone" ? identifier.value : undefined, ...about };
}

function parseChange({ notBefore, notAfter, windows, ...change }: z.output<typeof KeyChange>): Change {
  const instant = (text: string | null | undefined) => (typeof text === "string" ? parseInstant(text) : text);
  return { ...change, windows: windows?.map(parseWindow), start: instant(notBefore), end: instant(notAfter) };
}
