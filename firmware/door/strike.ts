import type { Digital, DigitalConstructor, Timers, TimerHandle } from "../device";

export interface StrikeOptions {
  Digital: DigitalConstructor;
  pin: number;
  timers: Timers;
  ticks: () => number;
  /** The relay has fallen. */
  onLocked(): void;
}

/**
 * The relay of a fail-secure lock: energised is open. It is secure from the moment the pin is opened, through
 * every exception (`secure`), and when a pulse's time is over; the pull-down does the rest while there is no power.
 */
export class Strike {
  readonly #relay: Digital;
  readonly #options: StrikeOptions;
  #timer: TimerHandle | undefined;
  #start = 0;
  #length = 0;
  #held = false;
  #open = false;

  constructor(options: StrikeOptions) {
    this.#options = options;
    this.#relay = new options.Digital({ pin: options.pin, mode: options.Digital.Output });
    this.#relay.write(0);
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
    this.#arm();
    this.#update();
  }

  /** Open for as long as a manager wants it (X12). */
  hold(held: boolean): void {
    this.#held = held;
    this.#update();
  }

  /** Ends a pulse before its time. */
  endPulse(): void {
    this.#disarm();
    this.#length = 0;
    this.#update();
  }

  /** To the secure state, whatever was wanted: for whoever catches an exception or is about to restart. */
  secure(): void {
    this.#held = false;
    this.endPulse();
    this.#relay.write(0);
  }

  #remaining(): number {
    // A difference of ticks, so that their wrap does not matter.
    return this.#length === 0 ? 0 : this.#length - ((this.#options.ticks() - this.#start) | 0);
  }

  #arm(): void {
    this.#disarm();
    this.#timer = this.#options.timers.set(() => {
      this.#timer = undefined;
      // A timer may fire early by a rounding, never late by more than the longest slice of work.
      if (this.#remaining() > 0) this.#arm();
      else this.endPulse();
    }, Math.max(this.#remaining(), 1));
  }

  #disarm(): void {
    if (this.#timer !== undefined) this.#options.timers.clear(this.#timer);
    this.#timer = undefined;
  }

  #update(): void {
    const open = this.#held || this.#length > 0;
    if (open === this.#open) return;
    this.#open = open;
    this.#relay.write(open ? 1 : 0);
    if (!open) this.#options.onLocked();
  }
}
