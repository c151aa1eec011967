import type { Timers, TimerHandle } from "./device";
import { TYPING_HOLD_STEP_MS, WORKS_MAX } from "./limits";

/** Work in slices: each `yield` gives the board back to whoever presses a key. */
export type Work = Sliced<void>;

/** Work in slices that ends in a value. */
export type Sliced<T> = Generator<void, T, void>;

/** Does work in one go, where nobody waits: while the controller starts. */
export function runToEnd<T>(work: Sliced<T>): T {
  for (;;) {
    const slice = work.next();
    if (slice.done === true) return slice.value;
  }
}

/**
 * Runs works one after the other, one slice a timer tick, so that a signature check or a flash write never keeps
 * the keypad waiting. A work that throws ends, the next one begins, and `onError` hears of it. While `held()` says so
 * (somebody types) no slice begins.
 */
export class WorkQueue {
  readonly #timers: Timers;
  readonly #onError: (error: unknown) => void;
  readonly #held: () => boolean;
  readonly #waiting: Work[] = [];
  #timer: TimerHandle | undefined;
  #slices = 0;
  #ended = 0;

  constructor(timers: Timers, onError: (error: unknown) => void, held: () => boolean = () => false) {
    this.#timers = timers;
    this.#onError = onError;
    this.#held = held;
  }

  /** @returns false where too much waits already: the caller drops the work and counts it. */
  add(work: Work): boolean {
    if (this.#waiting.length >= WORKS_MAX) return false;
    this.#waiting.push(work);
    this.#timer ??= this.#timers.set(() => this.#slice(), 0);
    return true;
  }

  get idle(): boolean {
    return this.#waiting.length === 0;
  }

  /** Slices run, and works ended, since boot: what a watchdog looks at. */
  get slices(): number {
    return this.#slices;
  }
  get ended(): number {
    return this.#ended;
  }

  #slice(): void {
    this.#timer = this.#held() ? this.#timers.set(() => this.#slice(), TYPING_HOLD_STEP_MS) : undefined;
    if (this.#timer !== undefined) return;
    this.#slices += 1;
    let done = true;
    try {
      done = this.#waiting[0].next().done === true;
    } catch (error) {
      this.#onError(error);
    } finally {
      if (done) {
        this.#waiting.shift();
        this.#ended += 1;
      }
      // A work may have added another, and with it the timer.
      if (this.#waiting.length > 0) this.#timer ??= this.#timers.set(() => this.#slice(), 0);
    }
  }
}
