import { UPKEEP } from "../accounts/actor";
import { audit } from "../audit/audit";
import type { Keystore } from "../keys/keystore";
import { WEBHOOKS_PER_PROPERTY_MAX } from "../limits";
import type { OccurrenceKind } from "../notifications/occurrence";
import { Refusal } from "../refusal";
import { newId } from "../store/ids";
import type { Unit } from "../store/store";
import type { WebhookRow } from "../store/rows/message-rows";
import { giveUp } from "./delivery";
import { newWebhookSecret } from "./signature";

export interface WebhookParts {
  keystore: Pick<Keystore, "sealing">;
}

/**
 * A program that is told by HTTP what happens at a property (X13), from now on.
 * @param url as `parseTarget` gives it.
 * @returns its secret as well: to be shown once.
 * @throws {Refusal} `too-many-webhooks`.
 */
export async function addWebhook(unit: Unit, { keystore }: WebhookParts, wanted: { property: string; url: URL; events: readonly OccurrenceKind[] }, actor: string, now: number): Promise<{ id: string; secret: string }> {
  const { property, url, events } = wanted;
  const { count } = await unit.selectFrom("webhooks").where("property_id", "=", property).select((eb) => eb.fn.countAll().as("count")).executeTakeFirstOrThrow();
  if (Number(count) >= WEBHOOKS_PER_PROPERTY_MAX) throw new Refusal("too-many-webhooks", `A property has at most ${WEBHOOKS_PER_PROPERTY_MAX}.`);
  const id = newId();
  const secret = newWebhookSecret();
  const sealed = keystore.sealing.seal("webhook", id, Buffer.from(secret, "utf8"));
  await unit.insertInto("webhooks").values({ id, property_id: property, url: url.href, secret: sealed, events: JSON.stringify(events), version: 1, created_at: now, created_by: actor }).execute();
  // Paths may hold a secret; hosts say enough of where it goes.
  await audit(unit, { at: now, actor, action: "webhook.add", subject: `webhook/${id}`, property, detail: { host: url.host, events } });
  return { id, secret };
}

export function secretOf({ keystore }: WebhookParts, { id, secret }: Pick<WebhookRow, "id" | "secret">): string {
  return Buffer.from(keystore.sealing.open("webhook", id, secret)).toString("utf8");
}

/** @throws {Refusal} `not-found`. */
export async function readWebhook(unit: Unit, property: string, id: string): Promise<WebhookRow> {
  const row = await unit.selectFrom("webhooks").selectAll().where("id", "=", id).where("property_id", "=", property).executeTakeFirst();
  if (row === undefined) throw new Refusal("not-found", "There is no such webhook.");
  return row;
}

/** What it is told of, or whether it goes on. What was missed while it was paused is lost, and said to be. */
export async function changeWebhook(unit: Unit, webhook: WebhookRow, change: { events?: readonly OccurrenceKind[]; paused?: boolean }, actor: string, now: number): Promise<void> {
  const { id, property_id: property, version } = webhook;
  const { events, paused } = change;
  if (events !== undefined) await unit.updateTable("webhooks").set({ events: JSON.stringify(events) }).where("id", "=", id).execute();
  if (paused === true && webhook.paused_at === null) await pause(unit, webhook, now);
  if (paused === false && webhook.paused_at !== null) await unit.updateTable("webhooks").set({ paused_at: null, failures: 0, failing_since: null, next_at: 0 }).where("id", "=", id).execute();
  await unit.updateTable("webhooks").set({ version: version + 1 }).where("id", "=", id).execute();
  await audit(unit, { at: now, actor, action: "webhook.change", subject: `webhook/${id}`, property, detail: { ...change } });
}

/** After days of failure, or where its receiver says that it is gone. */
export async function pauseFailing(unit: Unit, webhook: WebhookRow, reason: "failing" | "gone", now: number): Promise<void> {
  await pause(unit, webhook, now);
  await unit.updateTable("webhooks").set({ version: webhook.version + 1 }).where("id", "=", webhook.id).execute();
  await audit(unit, { at: now, actor: UPKEEP, action: "webhook.pause", subject: `webhook/${webhook.id}`, property: webhook.property_id, detail: { reason } });
}

async function pause(unit: Unit, webhook: WebhookRow, now: number): Promise<void> {
  await giveUp(unit, webhook, now, "paused");
  await unit.updateTable("webhooks").set({ paused_at: now }).where("id", "=", webhook.id).execute();
}

export async function removeWebhook(unit: Unit, { id, property_id: property }: WebhookRow, actor: string, now: number): Promise<void> {
  await unit.deleteFrom("webhook_deliveries").where("webhook_id", "=", id).execute();
  await unit.deleteFrom("webhooks").where("id", "=", id).execute();
  await audit(unit, { at: now, actor, action: "webhook.remove", subject: `webhook/${id}`, property, detail: {} });
}
