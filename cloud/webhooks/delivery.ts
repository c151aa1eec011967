import { WEBHOOK_DELIVERIES_KEPT_SECONDS, WEBHOOK_WAITING_MAX } from "../limits";
import type { Occurrence } from "../notifications/occurrence";
import { newId } from "../store/ids";
import type { Unit } from "../store/store";
import type { WebhookRow } from "../store/rows/message-rows";

/** What a receiver is sent: ids, and no names; a program asks for those with a token of its own. */
interface Payload {
  type: string;
  /** When it happened, or where a door had no clock, when it was heard of. */
  timestamp: string;
  data: Record<string, unknown>;
}

/**
 * Queues deliveries in the transaction of what they tell of; they are sent after the commit. Of one webhook so many
 * wait at most; what is dropped is counted, and the next delivery says so.
 */
export class DeliveryQueue {
  readonly #unit: Unit;
  readonly #now: number;
  /** How many wait, and how many were missed, by webhook. */
  readonly #known = new Map<string, { waiting: number; missed: number }>();

  constructor(unit: Unit, now: number) {
    this.#unit = unit;
    this.#now = now;
  }

  async add(webhook: WebhookRow, occurrence: Occurrence): Promise<void> {
    const known = await this.#know(webhook);
    if (webhook.paused_at !== null || known.waiting >= WEBHOOK_WAITING_MAX) return this.#miss(webhook.id, known);
    await insertDelivery(this.#unit, webhook.id, payloadOf(occurrence, known.missed, this.#now), this.#now);
    known.waiting += 1;
    if (known.missed > 0) await this.#unit.updateTable("webhooks").set({ missed: 0 }).where("id", "=", webhook.id).execute();
    known.missed = 0;
  }

  async #know(webhook: WebhookRow): Promise<{ waiting: number; missed: number }> {
    const known = this.#known.get(webhook.id) ?? { waiting: await countWaiting(this.#unit, webhook.id), missed: webhook.missed };
    this.#known.set(webhook.id, known);
    return known;
  }

  async #miss(webhook: string, known: { missed: number }): Promise<void> {
    known.missed += 1;
    await this.#unit.updateTable("webhooks").set({ missed: known.missed }).where("id", "=", webhook).execute();
  }
}

/** A delivery that shows whether its receiver gets what is sent. @returns its id. */
export async function queueTest(unit: Unit, webhook: WebhookRow, now: number): Promise<string> {
  return insertDelivery(unit, webhook.id, { type: "test", timestamp: instant(now), data: { property: webhook.property_id, webhook: webhook.id } }, now);
}

/**
 * Gives up what waits for a webhook, all of it or what was queued by then. It is missed, with what it would have said
 * was missed before it.
 */
export async function giveUp(unit: Unit, webhook: Pick<WebhookRow, "id" | "missed">, now: number, problem?: string, queuedUntil = now): Promise<void> {
  const waiting = await unit.selectFrom("webhook_deliveries").select(["id", "content"]).where("webhook_id", "=", webhook.id).where("delivered_at", "is", null).where("failed_at", "is", null).where("created_at", "<=", queuedUntil).execute();
  if (waiting.length === 0) return;
  await unit
    .updateTable("webhook_deliveries")
    .set({ failed_at: now, content: null, ...(problem !== undefined && { problem }) })
    .where("webhook_id", "=", webhook.id)
    .where("delivered_at", "is", null)
    .where("failed_at", "is", null)
    .where("created_at", "<=", queuedUntil)
    .execute();
  const missed = waiting.reduce((sum, { content }) => sum + 1 + Number((JSON.parse(content!) as Payload).data.missed ?? 0), webhook.missed);
  await unit.updateTable("webhooks").set({ missed }).where("id", "=", webhook.id).execute();
}

/** Nobody is to be asked for what was sent long ago. */
export async function forgetOldDeliveries(unit: Unit, now: number): Promise<void> {
  await unit.deleteFrom("webhook_deliveries").where("created_at", "<", now - WEBHOOK_DELIVERIES_KEPT_SECONDS).execute();
}

async function insertDelivery(unit: Unit, webhook: string, payload: Payload, now: number): Promise<string> {
  const id = newId();
  await unit.insertInto("webhook_deliveries").values({ id, webhook_id: webhook, type: payload.type, content: JSON.stringify(payload), created_at: now, next_at: now, attempts: 0 }).execute();
  return id;
}

async function countWaiting(unit: Unit, webhook: string): Promise<number> {
  const { count } = await unit.selectFrom("webhook_deliveries").where("webhook_id", "=", webhook).where("delivered_at", "is", null).where("failed_at", "is", null).select((eb) => eb.fn.countAll().as("count")).executeTakeFirstOrThrow();
  return Number(count);
}

function payloadOf({ property, door, person, kind, at, late, detail }: Occurrence, missed: number, now: number): Payload {
  const data = { property, door: door ?? null, person: person ?? null, at: at === null ? null : instant(at), late, ...detail, ...(missed > 0 && { missed }) };
  return { type: kind, timestamp: instant(at ?? now), data };
}

function instant(unixSeconds: number): string {
  return new Date(unixSeconds * 1_000).toISOString().replace(".000Z", "Z");
}
