import type { Digital, DigitalConstructor, OutputWiring, Timers, TimerHandle } from "../device";
import { OUTPUT_OPEN_MIN_MS } from "../limits";

export interface OutputOptions {
  Digital: DigitalConstructor;
  wiring: OutputWiring;
  timers: Timers;
  ticks: () => number;
  /** It has locked again. */
  onLocked?(): void;
}

/**
 * One relay and the lock behind it. A fail-secure lock is open while it has current, a fail-safe one while it has
 * none. It is locked from the moment the pin is opened, through every exception (`secure`), and when a pulse's time
 * is over; without power the pull-down leaves each kind as its name says.
 *
 * Opening is never put off, locking again is: an output that has opened stays open for half a second at least, so
 * that presses, grants and bouncing contacts move the relay twice in that time at the most.
 */
export class Output {
  readonly #relay: Digital;
  readonly #options: OutputOptions;
  /** What the relay is given to lock. */
  readonly #locked: 0 | 1;
  #timer: TimerHandle | undefined;
  /** Of the pulse: ticks at which it began, ms; 0 = none runs. */
  #start = 0;
  #length = 0;
  #held = false;
  #open = false;
  /** Ticks at which it opened. */
  #opened = 0;

  constructor(options: OutputOptions) {
    const { Digital, wiring } = options;
    this.#options = options;
    this.#locked = wiring.lock === "fail-safe" ? 1 : 0;
    this.#relay = new Digital({ pin: wiring.pin, mode: Digital.Output, initialValue: this.#locked });
    this.#relay.write(this.#locked);
  }

  get open(): boolean {
    return this.#open;
  }

  /** Opens for so long; a pulse that already runs is never shortened. */
  pulse(milliseconds: number): void {
    if (milliseconds >= this.#remaining()) {
      this.#start = this.#options.ticks();
      this.#length = milliseconds;
    }
    this.#update();
  }

  /** Open for as long as this is wanted (X12, N16). */
  hold(held: boolean): void {
    this.#held = held;
    this.#update();
  }

  /** Ends a pulse before its time. */
  endPulse(): void {
    this.#length = 0;
    this.#update();
  }

  /** Locked at once, whatever was wanted: for whoever catches an exception or is about to restart. */
  secure(): void {
    this.#held = false;
    this.#length = 0;
    this.#disarm();
    this.#relay.write(this.#locked);
    this.#lock();
  }

  /** ms; a difference of ticks, so that their wrap does not matter. */
  #remaining(): number {
    return this.#length === 0 ? 0 : this.#length - ((this.#options.ticks() - this.#start) | 0);
  }

  #update(): void {
    this.#disarm();
    const remaining = this.#remaining();
    if (remaining <= 0) this.#length = 0;
    if (this.#held || remaining > 0) {
      this.#unlock();
      if (remaining > 0) this.#arm(remaining);
    } else if (this.#open) {
      const settling = OUTPUT_OPEN_MIN_MS - ((this.#options.ticks() - this.#opened) >>> 0);
      if (settling > 0) this.#arm(settling);
      else this.#lock();
    }
  }

  /** A timer may fire early by a rounding, never late by more than the longest slice of work. */
  #arm(milliseconds: number): void {
    this.#timer = this.#options.timers.set(() => {
      this.#timer = undefined;
      this.#update();
    }, milliseconds);
  }

  #disarm(): void {
    if (this.#timer !== undefined) this.#options.timers.clear(this.#timer);
    this.#timer = undefined;
  }

  #unlock(): void {
    if (this.#open) return;
    this.#relay.write(this.#locked === 0 ? 1 : 0);
    this.#open = true;
    this.#opened = this.#options.ticks();
  }

  #lock(): void {
    if (!this.#open) return;
    this.#relay.write(this.#locked);
    this.#open = false;
    this.#options.onLocked?.();
  }
}
