import type { RealTimeClock } from "../firmware/device";
import type { BoardSession } from "./board-session";
import type { VirtualClock } from "./virtual-clock";

/** A battery-backed clock chip: survives power cuts, is as wrong as somebody set it, and may lose its battery. */
export class VirtualRealTimeClock implements RealTimeClock {
  #clock: VirtualClock;
  #rate: number;
  /** What it read at which instant of the world; undefined once its battery was out. */
  #set: { at: number; time: number } | undefined;

  /** @param driftPpm how much faster than true time it runs. It starts out right. */
  constructor(clock: VirtualClock, driftPpm = 0) {
    this.#clock = clock;
    this.#rate = 1 + driftPpm / 1e6;
    this.#set = { at: clock.now, time: clock.unixMs };
  }

  /** ms since 1970 UTC, whole seconds as clock chips keep them. */
  get time(): number | undefined {
    const set = this.#set;
    if (!set) return undefined;
    return Math.floor((set.time + (this.#clock.now - set.at) * this.#rate) / 1000) * 1000;
  }
  set time(value: number | undefined) {
    this.#set = value === undefined ? undefined : { at: this.#clock.now, time: value };
  }

  /** The chip as the firmware of one power-on has it. */
  attach(session: BoardSession): RealTimeClock {
    const chip = this;
    return {
      get time(): number | undefined {
        session.need();
        return chip.time;
      },
      set time(value: number | undefined) {
        session.need();
        chip.time = value;
      },
    };
  }

  /** The battery is taken out. */
  lose(): void {
    this.#set = undefined;
  }
}
