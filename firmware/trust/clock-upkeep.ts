import type { Sntp, TimerHandle, Timers } from "../device";
import { FLOOR_KEEP_FIRST_MS, TIME_FLOOR_INTERVAL_MS, UNSIGNED_AFTER_SECONDS, UNSIGNED_ASK_MS } from "../limits";
import type { TrustedClock } from "./trusted-clock";

export interface ClockUpkeepParts {
  timers: Timers;
  /** A board without one asks nobody. */
  sntp: Sntp | undefined;
  clock: Pick<TrustedClock, "keep" | "acceptUnsigned" | "signedAge">;
  /** Whether the cloud is in reach: then it signs the time. */
  online(): boolean;
}

/**
 * What the clock needs from time to time (X5). The floor is kept one minute after boot, then in pauses that double up
 * to ten minutes: whoever cuts the power again and again makes the door forget at most half of the time that it was
 * on, if that is more than a minute at a time. An unsigned time server is asked only once the last signed time is a
 * day old, and only while the cloud is out of reach.
 */
export class ClockUpkeep {
  readonly #parts: ClockUpkeepParts;
  #keeping: TimerHandle | undefined;
  #asking: TimerHandle | undefined;

  constructor(parts: ClockUpkeepParts) {
    this.#parts = parts;
  }

  start(): void {
    this.#keepAfter(FLOOR_KEEP_FIRST_MS);
    if (this.#parts.sntp !== undefined) this.#askLater();
  }

  stop(): void {
    for (const timer of [this.#keeping, this.#asking]) if (timer !== undefined) this.#parts.timers.clear(timer);
    this.#keeping = this.#asking = undefined;
  }

  #keepAfter(pause: number): void {
    this.#keeping = this.#parts.timers.set(() => {
      this.#parts.clock.keep();
      this.#keepAfter(Math.min(2 * pause, TIME_FLOOR_INTERVAL_MS));
    }, pause);
  }

  #askLater(): void {
    this.#asking = this.#parts.timers.set(() => {
      this.#ask();
      this.#askLater();
    }, UNSIGNED_ASK_MS);
  }

  #ask(): void {
    if (!this.#wanted()) return;
    this.#parts.sntp!.request((unixMs) => {
      // The cloud may have come back meanwhile.
      if (unixMs !== undefined && this.#wanted()) this.#parts.clock.acceptUnsigned(unixMs);
    });
  }

  #wanted(): boolean {
    const { clock, online } = this.#parts;
    return !online() && (clock.signedAge ?? 0) >= UNSIGNED_AFTER_SECONDS;
  }
}
