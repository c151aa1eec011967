import { createRoute, z } from "@hono/zod-openapi";
import { actorName } from "../../accounts/actor";
import { requireRecent } from "../../accounts/session";
import { WEBHOOK_URL_CHARACTERS_MAX } from "../../limits";
import type { OccurrenceKind } from "../../notifications/occurrence";
import { Refusal } from "../../refusal";
import { requireManager } from "../../rules/read-standing";
import type { WebhookDeliveryRow, WebhookRow } from "../../store/rows/message-rows";
import type { Unit } from "../../store/store";
import { queueTest } from "../../webhooks/delivery";
import { parseTarget } from "../../webhooks/target";
import { addWebhook, changeWebhook, readWebhook, removeWebhook } from "../../webhooks/webhook";
import { readActors } from "../actor-format";
import { actorOf, change, namedFields, read, routes, type ApiParts, type Routes } from "../api";
import { etag, IfMatch, requireVersion } from "../etag";
import { formatInstant } from "../people/grant-format";
import { OccurrenceKinds } from "./notification-format";
import { answer, body, Id, Instant, Paging, refusals } from "../schemas";

const Webhook = z
  .looseObject({
    id: Id,
    property: Id,
    url: z.string(),
    events: OccurrenceKinds,
    by: z.string().openapi({ description: "`account/<id>` or `site`." }),
    byName: z.string().nullable().openapi({ description: "Of the account, while it is there." }),
    createdAt: Instant,
    failures: z.int().openapi({ description: "Attempts since the last one that succeeded." }),
    failingSince: Instant.nullable(),
    missed: z.int().openapi({ description: "What was dropped since the last delivery was made; the next one says so." }),
    pausedAt: Instant.nullable().openapi({ description: "After five days of nothing but failures, when its receiver answers 410, or as was asked." }),
  })
  .openapi("Webhook");
const Delivery = z
  .looseObject({
    id: Id.openapi({ description: "The header `webhook-id`, the same at every attempt." }),
    type: z.string(),
    createdAt: Instant,
    state: z.enum(["waiting", "delivered", "failed"]),
    attempts: z.int(),
    nextAt: Instant.nullable(),
    deliveredAt: Instant.nullable(),
    problem: z.string().nullable().openapi({ description: "What went wrong at the last attempt." }),
  })
  .openapi("WebhookDelivery");
const Url = z.string().trim().min(1).max(WEBHOOK_URL_CHARACTERS_MAX).openapi({ example: "https://programs.example/latchkey" });
const params = z.object({ property: Id, webhook: Id });
const ofProperty = z.object({ property: Id });
const tags = ["webhooks"];

const list = createRoute({ method: "get", path: "/properties/{property}/webhooks", summary: "Programs that are told by HTTP what happens", tags, request: { params: ofProperty }, responses: { 200: answer(z.object({ items: z.array(Webhook) }), "Oldest first."), ...refusals } });
const add = createRoute({
  method: "post",
  path: "/properties/{property}/webhooks",
  summary: "Tell a program what happens, by signed HTTP requests; asks for a recent proof of identity",
  tags,
  request: { params: ofProperty, ...body(z.strictObject({ url: Url, events: OccurrenceKinds })) },
  responses: { 201: answer(Webhook.extend({ secret: z.string().openapi({ description: "`whsec_…`: requests are signed with it." }) }), "The secret is shown this once."), ...refusals },
});
const get = createRoute({ method: "get", path: "/properties/{property}/webhooks/{webhook}", summary: "One webhook, and how it fares", tags, request: { params }, responses: { 200: answer(Webhook, "With its ETag."), ...refusals } });
const patch = createRoute({
  method: "patch",
  path: "/properties/{property}/webhooks/{webhook}",
  summary: "Change of what a program is told; pause it, or let it go on",
  tags,
  request: { params, headers: IfMatch, ...body(z.strictObject({ events: OccurrenceKinds, paused: z.boolean() }).partial()) },
  responses: { 200: answer(Webhook, "Changed."), ...refusals },
});
const remove = createRoute({ method: "delete", path: "/properties/{property}/webhooks/{webhook}", summary: "Tell a program no more", tags, request: { params }, responses: { 204: { description: "Removed." }, ...refusals } });
const test = createRoute({
  method: "post",
  path: "/properties/{property}/webhooks/{webhook}/test",
  summary: "Send a delivery of type `test`; the list of deliveries says how it went",
  tags,
  request: { params, ...body(z.strictObject({})) },
  responses: { 202: answer(z.object({ delivery: Id }), "On its way."), ...refusals },
});
const deliveries = createRoute({
  method: "get",
  path: "/properties/{property}/webhooks/{webhook}/deliveries",
  summary: "What a program was sent, or will be",
  tags,
  request: { params, query: Paging.pick({ limit: true }) },
  responses: { 200: answer(z.object({ items: z.array(Delivery) }), "The newest first, of the last 30 days."), ...refusals },
});

export function webhookRoutes(parts: ApiParts): Routes {
  const app = routes();
  app.openapi(list, async (c) => {
    const { property } = c.req.valid("param");
    const items = await read(parts, async (unit) => {
      await requireManager(unit, actorOf(c), property, "issue-tokens");
      return formatWebhooks(unit, await unit.selectFrom("webhooks").selectAll().where("property_id", "=", property).orderBy("created_at").orderBy("id").execute());
    });
    return c.json({ items }, 200);
  });
  app.openapi(add, async (c) => {
    const actor = actorOf(c);
    const { property } = c.req.valid("param");
    const { url, events } = c.req.valid("json");
    const { webhook, version, secret } = await change(parts, async (unit, now) => {
      await requireManager(unit, actor, property, "issue-tokens");
      requireRecent(actor, now);
      const { id, secret } = await addWebhook(unit, parts, { property, url: parseTarget(url, parts.privateWebhooks), events: [...new Set(events)] }, actorName(actor), now);
      return { ...(await readFormatted(unit, property, id)), secret };
    });
    return c.json({ ...webhook, secret }, 201, { "cache-control": "no-store", etag: etag(version) });
  });
  app.openapi(get, async (c) => {
    const { property, webhook } = c.req.valid("param");
    const found = await read(parts, async (unit) => {
      await requireManager(unit, actorOf(c), property, "issue-tokens", "webhook");
      return readFormatted(unit, property, webhook);
    });
    return c.json(found.webhook, 200, { etag: etag(found.version) });
  });
  app.openapi(patch, async (c) => {
    const { property, webhook } = c.req.valid("param");
    const { events, paused } = c.req.valid("json");
    const changed = await change(parts, async (unit, now) => {
      await requireManager(unit, actorOf(c), property, "issue-tokens", "webhook");
      const before = await readWebhook(unit, property, webhook);
      requireVersion(c.req.valid("header")["if-match"], before.version);
      await changeWebhook(unit, before, namedFields({ events: events && [...new Set(events)], paused }), actorName(actorOf(c)), now);
      return readFormatted(unit, property, webhook);
    });
    return c.json(changed.webhook, 200, { etag: etag(changed.version) });
  });
  app.openapi(remove, async (c) => {
    const { property, webhook } = c.req.valid("param");
    await change(parts, async (unit, now) => {
      await requireManager(unit, actorOf(c), property, "issue-tokens", "webhook");
      await removeWebhook(unit, await readWebhook(unit, property, webhook), actorName(actorOf(c)), now);
    });
    return c.body(null, 204);
  });
  app.openapi(test, async (c) => {
    const { property, webhook } = c.req.valid("param");
    const delivery = await change(parts, async (unit, now) => {
      await requireManager(unit, actorOf(c), property, "issue-tokens", "webhook");
      const row = await readWebhook(unit, property, webhook);
      if (row.paused_at !== null) throw new Refusal("webhook-paused", "Let it go on first.");
      return queueTest(unit, row, now);
    });
    return c.json({ delivery }, 202);
  });
  app.openapi(deliveries, async (c) => {
    const { property, webhook } = c.req.valid("param");
    const { limit } = c.req.valid("query");
    const rows = await read(parts, async (unit) => {
      await requireManager(unit, actorOf(c), property, "issue-tokens", "webhook");
      await readWebhook(unit, property, webhook);
      return unit.selectFrom("webhook_deliveries").selectAll().where("webhook_id", "=", webhook).orderBy("created_at", "desc").orderBy("id", "desc").limit(limit).execute();
    });
    return c.json({ items: rows.map(formatDelivery) }, 200);
  });
  return app;
}

async function readFormatted(unit: Unit, property: string, id: string): Promise<{ webhook: z.output<typeof Webhook>; version: number }> {
  const row = await readWebhook(unit, property, id);
  const [webhook] = await formatWebhooks(unit, [row]);
  return { webhook, version: row.version };
}

async function formatWebhooks(unit: Unit, rows: readonly WebhookRow[]): Promise<z.output<typeof Webhook>[]> {
  const actors = await readActors(unit, rows.map((row) => row.created_by));
  return rows.map((row) => {
    const { id, property_id, url, created_by, failures, missed } = row;
    return {
      ...{ id, property: property_id, url, events: JSON.parse(row.events) as OccurrenceKind[], by: created_by, byName: actors.get(created_by)?.name ?? null },
      ...{ createdAt: formatInstant(row.created_at), failures, failingSince: row.failing_since === null ? null : formatInstant(row.failing_since) },
      ...{ missed, pausedAt: row.paused_at === null ? null : formatInstant(row.paused_at) },
    };
  });
}

function formatDelivery(row: WebhookDeliveryRow): z.output<typeof Delivery> {
  const { id, type, attempts, problem } = row;
  const state = row.failed_at !== null ? "failed" : row.delivered_at !== null ? "delivered" : "waiting";
  return {
    ...{ id, type, createdAt: formatInstant(row.created_at), state, attempts },
    nextAt: state === "waiting" ? formatInstant(row.next_at) : null,
    deliveredAt: row.delivered_at === null ? null : formatInstant(row.delivered_at),
    problem,
  };
}
