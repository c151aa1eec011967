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

  /**
   * @param reason one of a few fixed texts.
   * @param detail of the one that is logged; no secrets.
   * @param kind what counts as the same; of these there are as many as doors at most. Default: all of that reason.
   */
  count(reason: string, detail: object, kind = reason): void {
    this.counts[reason] = (this.counts[reason] ?? 0) + 1;
    const waiting = this.#waiting.get(kind);
    if (waiting !== undefined) {
      waiting.more += 1;
      return;
    }
    this.#log.warn(detail, reason);
    this.#pause(reason, detail, kind);
  }

  #pause(reason: string, detail: object, kind: string): void {
    const timer = setTimeout(() => {
      const more = this.#waiting.get(kind)!.more;
      this.#waiting.delete(kind);
      if (more === 0) return;
      this.#log.warn({ ...detail, more, seconds: REFUSAL_LOG_MS / 1_000 }, `${reason}, and again`);
      this.#pause(reason, detail, kind);
    }, REFUSAL_LOG_MS);
    timer.unref();
    this.#waiting.set(kind, { more: 0, timer });
  }

  stop(): void {
    for (const { timer } of this.#waiting.values()) clearTimeout(timer);
    this.#waiting.clear();
  }
}
