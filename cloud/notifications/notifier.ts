import type { Logger } from "pino";
import type { Clock } from "../clock";
import { OUTBOX_RETRY_SECONDS } from "../limits";
import type { Database, Unit } from "../store/store";
import { inSnapshot, inTransaction } from "../store/transaction";
import { WakefulTask } from "../wakeful-task";
import { deliverNotifications, type DeliveryParts } from "./deliver-notifications";
import { spreadOccurrences } from "./spread-occurrences";

/**
 * Tells people and programs what has happened (N13, X13): works out who is told, and makes messages of what is due.
 * All that it knows is in the database, so that a crash loses nothing and tells nobody twice.
 */
export class Notifier {
  readonly #parts: NotifierParts;
  readonly #task: WakefulTask;

  constructor(parts: NotifierParts) {
    this.#parts = parts;
    this.#task = new WakefulTask(parts.clock, () => this.#run());
  }

  /** Something may have happened: after a command, after a door has spoken, and at the start. */
  wake(): void {
    this.#task.wake();
  }

  idle(): Promise<void> {
    return this.#task.idle();
  }

  stop(): Promise<void> {
    return this.#task.stop();
  }

  async #run(): Promise<void> {
    const { database, clock, log, onQueued } = this.#parts;
    try {
      // Most commands are told to nobody: looking must not keep writers waiting.
      const { occurred, due } = await inSnapshot(database, readWork);
      if (occurred) await this.#all((unit, now) => spreadOccurrences(unit, now));
      if (occurred || (due !== undefined && due <= clock.now())) await this.#all((unit, now) => deliverNotifications(unit, this.#parts, now));
      if (occurred || due !== undefined) onQueued();
      const next = occurred || due !== undefined ? (await inSnapshot(database, readWork)).due : undefined;
      if (next !== undefined) this.#task.wakeIn(Math.max(1, next - clock.now()));
    } catch (error) {
      log.error({ err: error }, "failed to work out who is told what; it will be tried again");
      this.#task.wakeIn(OUTBOX_RETRY_SECONDS);
    }
  }

  async #all(work: (unit: Unit, now: number) => Promise<boolean>): Promise<void> {
    const { database, clock } = this.#parts;
    while (!this.#task.stopped && (await inTransaction(database, (unit) => work(unit, clock.now()))));
  }
}

export interface NotifierParts extends DeliveryParts {
  database: Database;
  clock: Clock;
  log: Logger;
  /** There may be messages and webhooks to send. */
  onQueued(): void;
}

async function readWork(unit: Unit): Promise<{ occurred: boolean; due: number | undefined }> {
  const occurrence = await unit.selectFrom("occurrences").select("id").limit(1).executeTakeFirst();
  const next = await unit.selectFrom("notifications").where("channels", "<>", "[]").select((eb) => eb.fn.min("next_at").as("at")).executeTakeFirst();
  return { occurred: occurrence !== undefined, due: next?.at === null || next?.at === undefined ? undefined : Number(next.at) };
}
