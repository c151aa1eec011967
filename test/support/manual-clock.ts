import type { Clock, Timer } from "../../cloud/clock";

/** A cloud's time that stands still until a test moves it. */
export class ManualClock implements Clock {
  #now: number;
  #timers: { at: number; callback: () => void }[] = [];

  constructor(now: number) {
    this.#now = now;
  }

  now(): number {
    return this.#now;
  }

  after(seconds: number, callback: () => void): Timer {
    const timer = { at: this.#now + seconds, callback };
    this.#timers.push(timer);
    return { cancel: () => void (this.#timers = this.#timers.filter((other) => other !== timer)) };
  }

  /** Calls back whatever falls due on the way, once each. */
  advance(seconds: number): void {
    this.#now += seconds;
    const due = this.#timers.filter((timer) => timer.at <= this.#now);
    this.#timers = this.#timers.filter((timer) => timer.at > this.#now);
    for (const timer of due) timer.callback();
  }
}
