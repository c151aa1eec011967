/**
 * Milliseconds since boot that do not wrap, from a counter of 32 bits that does. Whoever asks at least once in
 * 24 days (the controller's hourly work does) gets the truth.
 */
export class Uptime {
  readonly #ticks: () => number;
  #last: number;
  #milliseconds = 0;

  /** @param ticks monotonic 32-bit milliseconds. */
  constructor(ticks: () => number) {
    this.#ticks = ticks;
    this.#last = ticks();
  }

  get milliseconds(): number {
    const now = this.#ticks();
    this.#milliseconds += (now - this.#last) >>> 0;
    this.#last = now;
    return this.#milliseconds;
  }
}
