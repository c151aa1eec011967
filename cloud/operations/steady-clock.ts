import type { Logger } from "pino";
import type { Clock, Timer } from "../clock";
import { CLOCK_DOUBT_SECONDS, CLOCK_STEP_SECONDS } from "../limits";
import type { Meters } from "./meters";

/**
 * This machine's clock, without its leaps: what is signed with a time of next year cannot be taken back, and makes
 * doors refuse whoever's right ends before. While the clock goes as the monotonic one does it is believed. When it is
 * found elsewhere, time goes on as before for CLOCK_DOUBT_SECONDS; a glitch is over by then. What has lasted that long
 * is taken for true, and said.
 */
export class SteadyClock implements Clock {
  readonly #parts: SteadyClockParts;
  /** What must be added to the monotonic clock to get the time. */
  #offset: number;
  /** Another offset that the clock has shown, and since when by the monotonic one. */
  #doubt: { offset: number; since: number } | undefined;
  /** A time that has certainly been. */
  #known = 0;

  constructor(parts: SteadyClockParts) {
    this.#parts = parts;
    this.#offset = parts.clock.now() - parts.monotonicSeconds();
  }

  now(): number {
    const { clock, monotonicSeconds } = this.#parts;
    const monotonic = monotonicSeconds();
    const offset = clock.now() - monotonic;
    if (Math.abs(offset - this.#offset) < CLOCK_STEP_SECONDS) {
      if (this.#doubt !== undefined) this.#parts.log.warn("the clock of this machine is back where it was: its leap has changed nothing");
      this.#doubt = undefined;
      this.#offset = offset;
    } else this.#leapt(offset, monotonic);
    return Math.floor(monotonic + this.#offset);
  }

  after(seconds: number, callback: () => void): Timer {
    return this.#parts.clock.after(seconds, callback);
  }

  /**
   * Something was noted at this time: a clock that is behind it is behind, and is believed as soon as it is not.
   * @param time Unix seconds; 0 = nothing is known.
   */
  hasBeen(time: number): void {
    this.#known = time;
    const behind = time - this.now();
    if (behind < CLOCK_STEP_SECONDS) return;
    this.#parts.log.error({ seconds: behind }, "the clock of this machine is behind what the database has noted: doors get no leases until it is right");
  }

  #leapt(offset: number, monotonic: number): void {
    const { log, meters } = this.#parts;
    const seconds = Math.round(offset - this.#offset);
    const catchesUp = seconds > 0 && monotonic + this.#offset < this.#known;
    if (!catchesUp && (this.#doubt === undefined || Math.abs(this.#doubt.offset - offset) >= CLOCK_STEP_SECONDS)) {
      this.#doubt = { offset, since: monotonic };
      meters.clockJumps.inc({ direction: seconds > 0 ? "forward" : "back" });
      log.error({ seconds }, `the clock of this machine has leapt: for ${CLOCK_DOUBT_SECONDS} s time goes on as before`);
      return;
    }
    if (!catchesUp && monotonic - this.#doubt!.since < CLOCK_DOUBT_SECONDS) return;
    log.error({ seconds }, "the clock of this machine was set, and is believed from now on: where it is wrong, stop the cloud and set it right");
    this.#doubt = undefined;
    this.#offset = offset;
  }
}

export interface SteadyClockParts {
  /** As the machine has it. */
  clock: Clock;
  /** Seconds that only ever go on, from anywhere. */
  monotonicSeconds(): number;
  log: Logger;
  meters: Pick<Meters, "clockJumps">;
}
