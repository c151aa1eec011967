import Time from "time";
import Timer from "timer";
import type { IoGuard } from "../../firmware/esp32/io-guard";
import { VirtualClock, type VirtualTimer } from "../virtual-clock";

/** A VirtualClock whose time is the PC's, told by Moddable's timers: it cannot be advanced, it passes. */
export class ModdableClock extends VirtualClock {
  #last = Time.ticks;
  #now = 0;

  readonly #guard: IoGuard;

  constructor(guard: IoGuard) {
    super(Date.now());
    this.#guard = guard;
  }

  override get now(): number {
    const ticks = Time.ticks;
    this.#now += (ticks - this.#last) >>> 0;
    this.#last = ticks;
    return this.#now;
  }

  override set(callback: () => void, milliseconds: number): VirtualTimer {
    const timer: VirtualTimer = { due: this.now + milliseconds, callback, order: 0 };
    const fire = this.#guard.own(() => {
      const due = timer.callback;
      timer.callback = undefined;
      due?.();
    });
    Timer.set(() => fire(), milliseconds);
    return timer;
  }
}
