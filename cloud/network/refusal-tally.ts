import type { Logger } from "pino";
import { REFUSAL_LOG_MS } from "../limits";

/**
 * Says in the log what was turned away: the first of a kind at once, and while there are more a number now and then.
 * Whoever floods must not fill the disk with the news of it.
 */
export class RefusalTally {
  /** How often since the start, by reason: for whoever measures. */
  readonly counts: Record<string, number> = Object.create(null) as Record<string, number>;
  readonly #log: Logger;
  readonly #waiting = new Map<string, { more: number; timer: NodeJS.Timeout }>();

  constructor(log: Logger) {
    this.#log = log;
  }

  /** @param reason one of a few fixed texts. @param detail of the one that is logged; no secrets. */
  count(reason: string, detail: object): void {
    this.counts[reason] = (this.counts[reason] ?? 0) + 1;
    const waiting = this.#waiting.get(reason);
    if (waiting !== undefined) {
      waiting.more += 1;
      return;
    }
    this.#log.warn(detail, reason);
    this.#pause(reason);
  }

  #pause(reason: string): void {
    const timer = setTimeout(() => {
      const more = this.#waiting.get(reason)!.more;
      this.#waiting.delete(reason);
      if (more === 0) return;
      this.#log.warn({ more, seconds: REFUSAL_LOG_MS / 1_000 }, `${reason}: and others`);
      this.#pause(reason);
    }, REFUSAL_LOG_MS);
    timer.unref();
    this.#waiting.set(reason, { more: 0, timer });
  }

  stop(): void {
    for (const { timer } of this.#waiting.values()) clearTimeout(timer);
    this.#waiting.clear();
  }
}
