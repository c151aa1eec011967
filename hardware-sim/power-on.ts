import type { Timers } from "../firmware/device";
import type { BoardSession } from "./board-session";
import { PowerCut } from "./power-supply";
import type { VirtualClock, VirtualTimer } from "./virtual-clock";
import { VirtualOscillator } from "./virtual-oscillator";

/** A timer of the firmware; what it was set to may come due while JavaScript stands still, and wait. */
interface BoardTimer {
  callback: (() => void) | undefined;
  due: VirtualTimer | undefined;
  /** What it computes takes so long. */
  busyMs: number;
}

export interface PowerOnOptions {
  driftPpm?: number;
  ticksStart?: number;
  /**
   * How long JavaScript stands still for a slice of work, ms, which is what a timer of 0 ms runs. What hardware
   * captures goes on meanwhile. Default 0.
   */
  sliceMs?: number;
}

/** The volatile half of a board, from power-on to power-off. */
export class PowerOn implements BoardSession {
  alive = true;
  #hung = false;
  readonly oscillator: VirtualOscillator;
  readonly timer: Timers;
  #clock: VirtualClock;
  #onException: (error: unknown) => void;
  #ends = new Set<() => void>();
  /** World time until which JavaScript stands still. */
  #stillUntil = 0;

  constructor(clock: VirtualClock, options: PowerOnOptions, onException: (error: unknown) => void) {
    this.#clock = clock;
    this.#onException = onException;
    const { driftPpm = 0, ticksStart, sliceMs = 0 } = options;
    this.oscillator = new VirtualOscillator(clock, { driftPpm, ...(ticksStart !== undefined && { ticksStart }) });
    this.timer = {
      set: (callback, milliseconds) => {
        this.need();
        const timer: BoardTimer = { callback, due: undefined, busyMs: milliseconds === 0 ? sliceMs : 0 };
        this.#arm(timer, milliseconds);
        return timer;
      },
      clear: (handle) => {
        const timer = handle as BoardTimer;
        timer.callback = undefined;
        this.#clock.clear(timer.due);
      },
    };
  }

  need(): void {
    if (!this.alive) throw new PowerCut();
  }

  run(callback: () => void): void {
    if (!this.alive || this.#hung) return;
    if (this.#still > 0) this.#clock.set(() => this.run(callback), this.#still);
    else this.#call(callback);
  }

  #call(callback: () => void): void {
    if (this.#hung) return;
    try {
      callback();
    } catch (error) {
      // Whatever the firmware throws while the power fails under it never happened on a real board.
      if (this.alive) this.#onException(error);
    }
  }

  /** JavaScript is busy for so much longer; whatever is to be told to it waits. */
  standStill(milliseconds: number): void {
    if (milliseconds > 0) this.#stillUntil = Math.max(this.#stillUntil, this.#clock.now) + milliseconds;
  }

  /** How much longer that is, ms. */
  get #still(): number {
    return this.#stillUntil - this.#clock.now;
  }

  /** Whatever sets a timer while it takes its time sets it at its end, after all that came meanwhile. */
  #arm(timer: BoardTimer, milliseconds: number): void {
    if (this.#still > 0) timer.due = this.#clock.set(() => this.#arm(timer, milliseconds), this.#still);
    else timer.due = this.#clock.set(() => this.#due(timer), this.oscillator.trueDelay(milliseconds));
  }

  #due(timer: BoardTimer): void {
    if (!this.alive || this.#hung) return;
    if (this.#still > 0) {
      timer.due = this.#clock.set(() => this.#due(timer), this.#still);
    } else if (timer.callback) {
      this.standStill(timer.busyMs);
      this.#call(timer.callback);
    }
  }

  /** As an endless loop does; outputs stay as they are. */
  hang(): void {
    this.#hung = true;
  }

  onEnd(callback: () => void): () => void {
    this.#ends.add(callback);
    return () => this.#ends.delete(callback);
  }

  end(): void {
    this.alive = false;
    this.#ends.forEach((end) => end());
  }
}
