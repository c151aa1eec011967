import { createRoute, z } from "@hono/zod-openapi";
import { audit } from "../../audit/audit";
import { actorName, type AccountActor } from "../../accounts/actor";
import { countOne, waitFor } from "../../accounts/rate-limit";
import { ENTRY_KINDS, type Occurrence } from "../../notifications/occurrence";
import { Reader } from "../../notifications/reader";
import { addRule, changeRule, parseRule, readRule, removeRule } from "../../notifications/rule";
import type { Unit } from "../../store/store";
import type { NotificationRow } from "../../store/rows/message-rows";
import { accountOf, change, namedFields, read, routes, type ApiParts, type Routes } from "../api";
import { etag, IfMatch, requireVersion } from "../etag";
import { parseWindow } from "../people/grant-format";
import { formatNotification, formatRule, Notification, NotificationChannels, NotificationRule, OccurrenceKinds } from "./notification-format";
import { answer, body, Id, nextAfter, page, Paging, refusals, Windows } from "../schemas";

const terms = { events: OccurrenceKinds, channels: NotificationChannels, quiet: Windows };
const RuleRequest = z
  .strictObject({ property: Id, door: Id.optional(), group: Id.optional(), ...terms, quiet: Windows.default([]) })
  .refine(({ door, group }) => door === undefined || group === undefined, "name a door or a group, not both")
  .openapi("NotificationRuleRequest", { example: { property: "8c1f0e5d2b3a4796", events: ["door-opened", "duress"], channels: ["in-app", "email"], quiet: [{ days: ["saturday", "sunday"], start: "22:00", end: "08:00" }] } });
const RuleChange = z.strictObject(terms).partial().openapi("NotificationRuleChange");
const params = z.object({ rule: Id });
const tags = ["notifications"];

const listRules = createRoute({ method: "get", path: "/account/notification-rules", summary: "Of what one is told", tags, responses: { 200: answer(z.object({ items: z.array(NotificationRule) }), "One's own."), ...refusals } });
const add = createRoute({
  method: "post",
  path: "/account/notification-rules",
  summary: "Be told of what happens at a property, one of its doors or a group's doors, as far as one may see it",
  tags,
  request: body(RuleRequest),
  responses: { 201: answer(NotificationRule, "From now on."), ...refusals },
});
const patch = createRoute({
  method: "patch",
  path: "/account/notification-rules/{rule}",
  summary: "Change of what one is told, how, and when not",
  tags,
  request: { params, headers: IfMatch, ...body(RuleChange) },
  responses: { 200: answer(NotificationRule, "From now on."), ...refusals },
});
const get = createRoute({ method: "get", path: "/account/notification-rules/{rule}", summary: "One rule", tags, request: { params }, responses: { 200: answer(NotificationRule, "The rule, with its ETag."), ...refusals } });
const remove = createRoute({ method: "delete", path: "/account/notification-rules/{rule}", summary: "Be told no more; what waits is not told either", tags, request: { params }, responses: { 204: { description: "Removed." }, ...refusals } });
const list = createRoute({
  method: "get",
  path: "/account/notifications",
  summary: "What one was told in the last 30 days, as far as one may still see it",
  tags,
  request: { query: Paging },
  responses: { 200: answer(page(Notification), "Newest first."), ...refusals },
});
const markRead = createRoute({
  method: "post",
  path: "/account/notifications/read",
  summary: "Mark notifications as read",
  tags,
  request: body(z.strictObject({ until: z.string().regex(/^[0-9]{1,15}$/).openapi({ example: "42", description: "The newest that was seen; it and all before it." }) })),
  responses: { 200: answer(z.object({ unread: z.int() }), "How many are left."), ...refusals },
});

export function notificationRoutes(parts: ApiParts): Routes {
  const app = routes();
  app.openapi(listRules, async (c) => {
    const { account } = accountOf(c);
    const items = await read(parts, async (unit, now) => {
      const rows = await unit.selectFrom("notification_rules").selectAll().where("account_id", "=", account).orderBy("created_at").orderBy("id").execute();
      const reader = new Reader(unit, account, now);
      const found = [];
      // A rule ends with the right that it rests on, also before upkeep has removed it.
      for (const row of rows) if (await reader.listens(parseRule(row).scope)) found.push(formatRule(row));
      return found;
    });
    return c.json({ items }, 200);
  });
  app.openapi(add, async (c) => {
    const { property, door, group, events, channels, quiet } = c.req.valid("json");
    const actor = accountOf(c);
    const rule = await change(parts, async (unit, now) => {
      const id = await addRule(unit, parts.channels, actor, { scope: { property, door, group }, events: unique(events), channels: unique(channels), quiet: parseQuiet(quiet) }, now);
      return formatRule(await readRule(unit, actor.account, id));
    });
    return c.json(rule, 201, { etag: etag(1) });
  });
  app.openapi(get, async (c) => {
    const row = await read(parts, (unit) => readRule(unit, accountOf(c).account, c.req.valid("param").rule));
    return c.json(formatRule(row), 200, { etag: etag(row.version) });
  });
  app.openapi(patch, async (c) => {
    const actor = accountOf(c);
    const { events, channels, quiet } = c.req.valid("json");
    const row = await change(parts, async (unit, now) => {
      const before = await readRule(unit, actor.account, c.req.valid("param").rule);
      requireVersion(c.req.valid("header")["if-match"], before.version);
      await changeRule(unit, parts.channels, actor, before, namedFields({ events: events && unique(events), channels: channels && unique(channels), quiet: quiet && parseQuiet(quiet) }), now);
      return readRule(unit, actor.account, before.id);
    });
    return c.json(formatRule(row), 200, { etag: etag(row.version) });
  });
  app.openapi(remove, async (c) => {
    const actor = accountOf(c);
    await change(parts, async (unit, now) => {
      const { id, account_id, property_id } = await readRule(unit, actor.account, c.req.valid("param").rule);
      await removeRule(unit, { id, account: account_id, property: property_id }, now, actorName(actor));
    });
    return c.body(null, 204);
  });
  app.openapi(list, async (c) => {
    const { after, limit } = c.req.valid("query");
    const actor = accountOf(c);
    const { rows, items, looked } = await read(parts, (unit, now) => readOwn(unit, actor, after !== undefined && /^[0-9]{1,15}$/.test(after) ? Number(after) : undefined, limit, now));
    if (looked.length > 0) await change(parts, (unit, now) => noteLooks(unit, actor, looked, now));
    return c.json({ items, next: nextAfter(rows, limit) }, 200, { "cache-control": "no-store" });
  });
  app.openapi(markRead, async (c) => {
    const { account } = accountOf(c);
    const unread = await change(parts, async (unit, now) => {
      await unit.updateTable("notifications").set({ read_at: now }).where("account_id", "=", account).where("in_app", "=", 1).where("due_at", "<=", now).where("read_at", "is", null).where("id", "<=", Number(c.req.valid("json").until)).execute();
      const { count } = await unit.selectFrom("notifications").where("account_id", "=", account).where("in_app", "=", 1).where("due_at", "<=", now).where("read_at", "is", null).select((eb) => eb.fn.countAll().as("count")).executeTakeFirstOrThrow();
      return Number(count);
    });
    return c.json({ unread }, 200);
  });
  return app;
}

interface OwnNotifications {
  rows: NotificationRow[];
  items: z.output<typeof Notification>[];
  /** Properties at whose others' entries a manager looks here, and has not looked for a while. */
  looked: string[];
}

/** Whoever may not see something any more does not find it here either. */
async function readOwn(unit: Unit, actor: AccountActor, before: number | undefined, limit: number, now: number): Promise<OwnNotifications> {
  let query = unit.selectFrom("notifications").selectAll().where("account_id", "=", actor.account).where("in_app", "=", 1).where("due_at", "<=", now).orderBy("id", "desc").limit(limit);
  if (before !== undefined) query = query.where("id", "<", before);
  const rows = await query.execute();
  const reader = new Reader(unit, actor.account, now);
  const items: z.output<typeof Notification>[] = [];
  const looked = new Set<string>();
  for (const row of rows) {
    const occurrence = JSON.parse(row.content) as Occurrence;
    const sight = await reader.sees(occurrence);
    if (sight === undefined) continue;
    items.push(await formatNotification(unit, row, occurrence, sight));
    if (sight === "property" && ENTRY_KINDS.includes(occurrence.kind) && (await waitFor(unit, lookKey(actor, row.property_id), LOOKS, now)) === 0) looked.add(row.property_id);
  }
  return { rows, items, looked: [...looked] };
}

/** A page asks every few seconds: that others' entries are looked at is noted (O15), not how often. */
const LOOKS = { count: 1, seconds: 3_600 };

function lookKey({ account }: AccountActor, property: string): string {
  return `look/${account}/${property}`;
}

async function noteLooks(unit: Unit, actor: AccountActor, properties: readonly string[], now: number): Promise<void> {
  for (const property of properties) {
    if ((await countOne(unit, lookKey(actor, property), LOOKS, now)) > 0) continue;
    await audit(unit, { at: now, actor: actorName(actor), action: "events.told", subject: `property/${property}`, property, detail: { channel: "in-app" } });
  }
}

/** Quiet is quiet on holidays too. */
function parseQuiet(windows: z.output<typeof Windows>): ReturnType<typeof parseWindow>[] {
  return windows.map((window) => ({ ...parseWindow(window), onHolidays: true }));
}

function unique<T>(items: readonly T[]): T[] {
  return [...new Set(items)];
}
