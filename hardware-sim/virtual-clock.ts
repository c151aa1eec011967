/** Callbacks that one instant may run before we call it a livelock: real firmware never comes near. */
const CALLBACKS_PER_INSTANT = 1_000_000;

export interface VirtualTimer {
  readonly due: number;
  /** Emptied when it has run or is cleared. */
  callback: (() => void) | undefined;
  readonly order: number;
}

/**
 * The true time of a simulated world, in whole milliseconds from 0, and everything that is to happen in it.
 * Nothing moves but by `advance` and its relatives; what is due at one instant runs in the order it was set.
 */
export class VirtualClock {
  /** Unix time in ms at instant 0. */
  readonly startUnixMs: number;
  /** Called when a timer is set that is due before all others: whoever drives the clock in real time wakes earlier. */
  onEarlier: (() => void) | undefined;
  #now = 0;
  #order = 0;
  #heap: VirtualTimer[] = [];
  #sameInstant = 0;

  /** @param startUnixMs default 2026-01-01T00:00:00Z, a Thursday. */
  constructor(startUnixMs = 1_767_225_600_000) {
    this.startUnixMs = startUnixMs;
  }

  /** Milliseconds since the world began. */
  get now(): number {
    return this.#now;
  }

  /** True wall time, ms since 1970 UTC. What a door believes is another matter. */
  get unixMs(): number {
    return this.startUnixMs + this.now;
  }

  /** Runs `callback` in `milliseconds` (0: at this instant, after what is already due). */
  set(callback: () => void, milliseconds: number): VirtualTimer {
    const delay = milliseconds > 0 ? Math.ceil(milliseconds) : 0;
    const timer: VirtualTimer = { due: this.now + delay, callback, order: this.#order++ };
    this.#push(timer);
    if (this.#heap[0] === timer) this.onEarlier?.();
    return timer;
  }

  clear(timer: VirtualTimer | undefined): void {
    if (timer) timer.callback = undefined;
  }

  /** When the next callback is due, in world time; undefined when nothing is. */
  get nextDue(): number | undefined {
    const heap = this.#heap;
    while (heap.length > 0 && !heap[0].callback) this.#pop();
    return heap.length > 0 ? heap[0].due : undefined;
  }

  /** Lets `milliseconds` pass and runs what comes due, in order. An error of a callback comes out here. */
  advance(milliseconds: number): void {
    this.advanceTo(this.#now + milliseconds);
  }

  advanceTo(instant: number): void {
    while (this.step(instant));
    if (instant > this.#now) this.#now = instant;
  }

  /**
   * Runs the next callback if it is due by `until`, and moves time to it.
   * @returns whether there was one.
   */
  step(until: number): boolean {
    const due = this.nextDue;
    if (due === undefined || due > until) return false;
    if (due > this.#now) {
      this.#now = due;
      this.#sameInstant = 0;
    } else if (++this.#sameInstant > CALLBACKS_PER_INSTANT) {
      throw new Error(`virtual clock: timers keep setting each other at instant ${this.#now}`);
    }
    const timer = this.#pop();
    const callback = timer.callback as () => void;
    timer.callback = undefined;
    callback();
    return true;
  }

  /**
   * Lets time pass until `condition` holds.
   * @returns whether it came to hold within `limitMs`; time stands at that instant, or at the limit.
   */
  runUntil(condition: () => boolean, limitMs: number): boolean {
    const limit = this.#now + limitMs;
    while (!condition()) {
      if (!this.step(limit)) {
        this.#now = Math.max(this.#now, limit);
        return condition();
      }
    }
    return true;
  }

  /**
   * Lets time pass until nothing is due within the next `quietMs` (a controller always has some timer far off).
   * @throws Error after `limitMs` without such a pause.
   */
  runUntilIdle(quietMs = 1_000, limitMs = 600_000): void {
    const limit = this.#now + limitMs;
    for (;;) {
      const due = this.nextDue;
      if (due === undefined || due > this.#now + quietMs) return;
      if (due > limit) throw new Error(`virtual clock: not idle within ${limitMs} ms`);
      this.step(due);
    }
  }

  #before(a: VirtualTimer, b: VirtualTimer): boolean {
    return a.due < b.due || (a.due === b.due && a.order < b.order);
  }

  #push(timer: VirtualTimer): void {
    const heap = this.#heap;
    let at = heap.length;
    heap.push(timer);
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (!this.#before(timer, heap[parent])) break;
      heap[at] = heap[parent];
      at = parent;
    }
    heap[at] = timer;
  }

  #pop(): VirtualTimer {
    const heap = this.#heap;
    const top = heap[0];
    const last = heap.pop() as VirtualTimer;
    const length = heap.length;
    if (length > 0) {
      let at = 0;
      for (;;) {
        let child = 2 * at + 1;
        if (child >= length) break;
        if (child + 1 < length && this.#before(heap[child + 1], heap[child])) child += 1;
        if (!this.#before(heap[child], last)) break;
        heap[at] = heap[child];
        at = child;
      }
      heap[at] = last;
    }
    return top;
  }
}
