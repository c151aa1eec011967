import type { Logger } from "pino";
import { backOff } from "../back-off";
import type { Clock } from "../clock";
import { WEBHOOK_CLAIM_SECONDS, WEBHOOK_DELIVERY_SECONDS, WEBHOOK_PAUSE_SECONDS, WEBHOOK_RETRY_SECONDS, WEBHOOK_RETRY_SECONDS_MAX, WEBHOOKS_AT_ONCE } from "../limits";
import type { Database, Unit } from "../store/store";
import { inSnapshot, inTransaction } from "../store/transaction";
import type { WebhookDeliveryRow, WebhookRow } from "../store/rows/message-rows";
import { WakefulTask } from "../wakeful-task";
import { giveUp } from "./delivery";
import { postDelivery, type Answer, type PostOptions } from "./post-delivery";
import { signedHeaders } from "./signature";
import { parseTarget } from "./target";
import { pauseFailing, secretOf, type WebhookParts } from "./webhook";

/**
 * Sends webhooks' deliveries, each webhook's one after the other and several webhooks at once, so that one that hangs
 * holds up no other. After a failure the webhook as a whole waits, ever longer, and so does the delivery, behind the
 * others: one that its receiver never takes stops nothing. A delivery is claimed before it is sent, so that of two
 * processes one sends it; after a crash in between it goes out once more rather than never, under the same id.
 */
export class WebhookSender {
  readonly #parts: WebhookSenderParts;
  readonly #task: WakefulTask;
  /** By webhook. */
  readonly #sending = new Map<string, Promise<void>>();

  constructor(parts: WebhookSenderParts) {
    this.#parts = parts;
    this.#task = new WakefulTask(parts.clock, () => this.#run());
  }

  /** There may be deliveries: after a command or an event, and at the start. */
  wake(): void {
    this.#task.wake();
  }

  /** Resolves when none is being sent. */
  async idle(): Promise<void> {
    do {
      await this.#task.idle();
      await Promise.all(this.#sending.values());
    } while (this.#sending.size > 0);
    await this.#task.idle();
  }

  /** What is being sent is waited for. */
  async stop(): Promise<void> {
    await this.#task.stop();
    await Promise.all(this.#sending.values());
  }

  async #run(): Promise<void> {
    const { database, clock, log } = this.#parts;
    try {
      // Most commands leave nothing to send: looking must not keep writers waiting.
      const waiting = await inSnapshot(database, readWaiting);
      let next: number | undefined;
      for (const { webhook, at } of waiting) {
        if (this.#sending.has(webhook)) continue;
        if (at > clock.now()) next = Math.min(next ?? at, at);
        else if (this.#sending.size < WEBHOOKS_AT_ONCE) this.#begin(webhook);
      }
      if (next !== undefined) this.#task.wakeIn(Math.max(1, next - clock.now()));
    } catch (error) {
      log.error({ err: error }, "failed to work off webhooks; it will be tried again");
      this.#task.wakeIn(WEBHOOK_RETRY_SECONDS);
    }
  }

  #begin(webhook: string): void {
    const { log } = this.#parts;
    const sending = this.#sendAll(webhook)
      .then(() => this.#sent(webhook, 0))
      .catch((error: unknown) => {
        log.error({ webhook, err: error }, "failed to send a webhook; it will be tried again");
        this.#sent(webhook, WEBHOOK_RETRY_SECONDS);
      });
    this.#sending.set(webhook, sending);
  }

  /** @param seconds until there may be more to do: a database that is away must not be asked without a pause. */
  #sent(webhook: string, seconds: number): void {
    this.#sending.delete(webhook);
    if (this.#task.stopped) return;
    if (seconds > 0) this.#task.wakeIn(seconds);
    else this.#task.wake();
  }

  async #sendAll(id: string): Promise<void> {
    while (!this.#task.stopped) {
      const claimed = await this.#inTransaction((unit, now) => claim(unit, id, now));
      if (claimed === undefined) return;
      const { webhook, delivery } = claimed;
      const answer = await this.#send(webhook, delivery);
      await this.#inTransaction((unit, now) => note(unit, webhook.id, delivery, answer, now));
      const said = { webhook: id, delivery: delivery.id, type: delivery.type, attempt: delivery.attempts + 1 };
      if (isTaken(answer)) this.#parts.log.debug(said, "sent a webhook");
      else this.#parts.log.warn({ ...said, problem: problemOf(answer) }, "a webhook could not be sent; it will be tried again");
    }
  }

  async #send(webhook: WebhookRow, { id, content }: WebhookDeliveryRow): Promise<Answer> {
    const { clock, privateAllowed, resolve } = this.#parts;
    const body = content!;
    const headers = { "content-type": "application/json", "user-agent": "Latchkey", ...signedHeaders(secretOf(this.#parts, webhook), id, clock.now(), body) };
    const options: PostOptions = { privateAllowed, ...(resolve && { resolve }) };
    // Set up under another setting it must not get by.
    return isAllowed(webhook.url, privateAllowed) ? postDelivery(new URL(webhook.url), headers, body, options) : { problem: "private address" };
  }

  #inTransaction<T>(work: (unit: Unit, now: number) => Promise<T>): Promise<T> {
    return inTransaction(this.#parts.database, (unit) => work(unit, this.#parts.clock.now()));
  }
}

export interface WebhookSenderParts extends WebhookParts, PostOptions {
  database: Database;
  clock: Clock;
  log: Logger;
}

function isAllowed(url: string, privateAllowed: boolean): boolean {
  try {
    parseTarget(url, privateAllowed);
    return true;
  } catch {
    return false;
  }
}

function undelivered(unit: Unit) {
  return unit.selectFrom("webhook_deliveries as delivery").where("delivery.delivered_at", "is", null).where("delivery.failed_at", "is", null);
}

/** Webhooks with something to send, and when that may go. */
async function readWaiting(unit: Unit): Promise<{ webhook: string; at: number }[]> {
  const rows = await undelivered(unit)
    .innerJoin("webhooks as webhook", "webhook.id", "delivery.webhook_id")
    .where("webhook.paused_at", "is", null)
    .groupBy(["webhook.id", "webhook.next_at"])
    .select((eb) => ["webhook.id", "webhook.next_at", eb.fn.min("delivery.next_at").as("first")])
    .orderBy("first")
    .execute();
  return rows.map(({ id, next_at, first }) => ({ webhook: id, at: Math.max(next_at, Number(first)) }));
}

async function claim(unit: Unit, id: string, now: number): Promise<{ webhook: WebhookRow; delivery: WebhookDeliveryRow } | undefined> {
  const webhook = await unit.selectFrom("webhooks").selectAll().where("id", "=", id).where("paused_at", "is", null).where("next_at", "<=", now).executeTakeFirst();
  if (webhook === undefined) return undefined;
  await giveUp(unit, webhook, now, undefined, now - WEBHOOK_DELIVERY_SECONDS);
  const delivery = await undelivered(unit).selectAll().where("webhook_id", "=", id).where("next_at", "<=", now).orderBy("next_at").orderBy("created_at").orderBy("id").limit(1).executeTakeFirst();
  if (delivery === undefined) return undefined;
  await unit.updateTable("webhook_deliveries").set({ attempts: delivery.attempts + 1, next_at: now + WEBHOOK_CLAIM_SECONDS }).where("id", "=", delivery.id).execute();
  return { webhook, delivery };
}

/** It may have been removed meanwhile, or paused. */
async function note(unit: Unit, id: string, { id: delivery, attempts }: WebhookDeliveryRow, answer: Answer, now: number): Promise<void> {
  const webhook = await unit.selectFrom("webhooks").selectAll().where("id", "=", id).executeTakeFirst();
  if (webhook === undefined) return;
  const row = unit.updateTable("webhook_deliveries").where("id", "=", delivery);
  if (isTaken(answer)) {
    await row.set({ delivered_at: now, failed_at: null, content: null, problem: null }).execute();
    if (webhook.failures > 0) await unit.updateTable("webhooks").set({ failures: 0, failing_since: null, next_at: 0 }).where("id", "=", id).execute();
    return;
  }
  await row.set({ problem: problemOf(answer), next_at: now + backOff(attempts + 1, WEBHOOK_RETRY_SECONDS, WEBHOOK_RETRY_SECONDS_MAX) }).execute();
  const failures = webhook.failures + 1;
  const since = webhook.failing_since ?? now;
  await unit.updateTable("webhooks").set({ failures, failing_since: since, next_at: now + backOff(failures, WEBHOOK_RETRY_SECONDS, WEBHOOK_RETRY_SECONDS_MAX) }).where("id", "=", id).execute();
  if (webhook.paused_at !== null) return;
  // RFC 9110 §15.5.11: whoever answers so wants to hear no more.
  if ("status" in answer && answer.status === 410) await pauseFailing(unit, webhook, "gone", now);
  else if (now - since >= WEBHOOK_PAUSE_SECONDS) await pauseFailing(unit, webhook, "failing", now);
}

function isTaken(answer: Answer): boolean {
  return "status" in answer && answer.status >= 200 && answer.status < 300;
}

function problemOf(answer: Answer): string {
  return "status" in answer ? `http ${answer.status}` : answer.problem;
}
