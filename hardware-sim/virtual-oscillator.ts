import type { VirtualClock } from "./virtual-clock";

export interface OscillatorOptions {
  /** How much faster than true time the board counts; 100 is 0.01 %. Default 0. */
  driftPpm?: number;
  /** What `ticks()` reads at power-on, any u32. Default: one minute before the sign changes. */
  ticksStart?: number;
}

/** One minute before 2^31, where a comparison of signed ticks goes wrong. 2^32 - 60_000 is the other place. */
const DEFAULT_TICKS_START = 0x8000_0000 - 60_000;

/** A board's own idea of passing time: drifts against the world, starts anew at each power-on, and wraps. */
export class VirtualOscillator {
  #clock: VirtualClock;
  #origin: number;
  #rate: number;
  #ticksStart: number;

  constructor(clock: VirtualClock, options: OscillatorOptions = {}) {
    this.#clock = clock;
    this.#origin = clock.now;
    this.#rate = 1 + (options.driftPpm ?? 0) / 1e6;
    this.#ticksStart = options.ticksStart ?? DEFAULT_TICKS_START;
  }

  /** Milliseconds since power-on as this board counts them. */
  get elapsed(): number {
    return this.#elapsedAt(this.#clock.now);
  }

  /** 32 bits, signed as Moddable's Time.ticks is; only differences modulo 2^32 mean anything. */
  ticks(): number {
    return (this.#ticksStart + this.elapsed) | 0;
  }

  /** How long in true time until this board has counted `milliseconds` more. */
  trueDelay(milliseconds: number): number {
    const now = this.#clock.now;
    if (this.#rate === 1) return milliseconds > 0 ? Math.ceil(milliseconds) : 0;
    const target = this.elapsed + Math.ceil(milliseconds);
    let instant = Math.max(now, this.#origin + Math.floor(target / this.#rate) - 1);
    while (this.#elapsedAt(instant) < target) instant += 1;
    return instant - now;
  }

  #elapsedAt(instant: number): number {
    return Math.floor((instant - this.#origin) * this.#rate);
  }
}
