import type { KeyValue, Timers } from "../../firmware/device";
import { ClockUpkeep } from "../../firmware/trust/clock-upkeep";
import { TrustedClock } from "../../firmware/trust/trusted-clock";
import { Uptime } from "../../firmware/uptime";
import { PowerSupply } from "../../hardware-sim/power-supply";
import { VirtualClock } from "../../hardware-sim/virtual-clock";
import { VirtualKeyValue } from "../../hardware-sim/virtual-key-value";
import { VirtualOscillator } from "../../hardware-sim/virtual-oscillator";
import { VirtualRandom } from "../../hardware-sim/virtual-random";
import { VirtualRealTimeClock } from "../../hardware-sim/virtual-real-time-clock";

export interface ClockBenchOptions {
  rtc?: boolean;
  /** Of the oscillator and of the clock chip. */
  driftPpm?: number;
  chipDriftPpm?: number;
  ticksStart?: number;
}

/** A trusted clock that boots and loses its power at will, beside the true time. */
export class ClockBench {
  readonly world = new VirtualClock();
  readonly rtc: VirtualRealTimeClock | undefined;
  readonly store = new VirtualKeyValue(new PowerSupply());
  readonly keyValue: KeyValue = this.store.open("latchkey");
  readonly #random = new VirtualRandom("clock bench");
  readonly #options: ClockBenchOptions;
  clock!: TrustedClock;
  leaps = 0;
  /** What an unsigned time server says; undefined = it does not answer. */
  sntp: () => number | undefined = () => undefined;
  asked = 0;
  online = false;
  #session = 0;

  constructor(options: ClockBenchOptions = {}) {
    this.#options = options;
    this.rtc = options.rtc === true ? new VirtualRealTimeClock(this.world, options.chipDriftPpm ?? 0) : undefined;
    this.boot();
  }

  /** The power comes back, after it was away for so long. */
  boot(awayMs = 0): void {
    const session = ++this.#session;
    this.world.advance(awayMs);
    const { driftPpm = 0, ticksStart = 0x7fff_0000 } = this.#options;
    const oscillator = new VirtualOscillator(this.world, { driftPpm, ticksStart });
    const uptime = new Uptime(() => oscillator.ticks());
    const timers: Timers = {
      set: (callback, milliseconds) => this.world.set(() => session === this.#session && callback(), oscillator.trueDelay(milliseconds)),
      clear: (handle) => this.world.clear(handle as never),
    };
    this.clock = new TrustedClock({ uptime, keyValue: this.keyValue, rtc: this.rtc, randomBytes: (length) => this.#random.bytes(length), onLeap: () => (this.leaps += 1) });
    const sntp = {
      request: (onTime: (unixMs: number | undefined) => void): void => {
        this.asked += 1;
        timers.set(() => onTime(this.sntp()), 200);
      },
    };
    new ClockUpkeep({ timers, sntp, clock: this.clock, online: () => this.online }).start();
  }

  /** True Unix time, seconds. */
  get truth(): number {
    return Math.floor(this.world.unixMs / 1_000);
  }

  /** The cloud signs the time, and its answer takes so long. */
  sign(delayMs = 0): void {
    const nonce = this.clock.ask();
    const time = this.truth;
    this.world.advance(delayMs);
    this.clock.acceptSigned({ nonce, time });
  }

  /** Seconds by which the clock is late; negative where it is early. */
  get late(): number {
    return this.truth - this.clock.wallTime()!;
  }
}
