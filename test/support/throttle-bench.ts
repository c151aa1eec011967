import { PinThrottle } from "../../firmware/admission/pin-throttle";
import type { KeyValue, Timers } from "../../firmware/device";
import { Uptime } from "../../firmware/uptime";
import { PowerSupply } from "../../hardware-sim/power-supply";
import { VirtualClock } from "../../hardware-sim/virtual-clock";
import { VirtualKeyValue } from "../../hardware-sim/virtual-key-value";
import { VirtualOscillator } from "../../hardware-sim/virtual-oscillator";
import { ascii } from "../../protocol/bytes";

const HOUR = 3_600_000;
/** Tags of two people. */
export const ROW_A = new Uint8Array([1, 2, 3, 4, 5]);
export const ROW_B = new Uint8Array([1, 2, 3, 4, 6]);

/** A throttle that boots and loses its power at will. */
export class ThrottleBench {
  readonly clock = new VirtualClock();
  readonly store = new VirtualKeyValue(new PowerSupply());
  readonly keyValue: KeyValue = this.store.open("latchkey");
  throttle!: PinThrottle;
  #session = 0;

  constructor(readonly ticksStart = 0xffff_0000) {
    this.boot();
  }

  boot(): void {
    const session = ++this.#session;
    const timers: Timers = {
      set: (callback, milliseconds) => this.clock.set(() => session === this.#session && callback(), milliseconds),
      clear: (handle) => this.clock.clear(handle as never),
    };
    const oscillator = new VirtualOscillator(this.clock, { ticksStart: this.ticksStart });
    const uptime = new Uptime(() => oscillator.ticks());
    // The controller's hourly work asks for the uptime too.
    const hourly = (): void => void (uptime.milliseconds, timers.set(hourly, HOUR));
    hourly();
    this.throttle = new PinThrottle({ keyValue: this.keyValue, timers, uptime });
  }

  /** Attempts until the keypad waits. */
  guess(most: number, unit?: string): number {
    let made = 0;
    while (made < most && this.throttle.charge(unit === undefined ? undefined : ascii(unit))) made += 1;
    return made;
  }

  /** What one good PIN does. @returns whether it was compared. */
  good(tag: Uint8Array = ROW_A, unit?: string): boolean {
    const compared = this.throttle.charge(unit === undefined ? undefined : ascii(unit));
    if (compared) this.throttle.takeBack(tag);
    return compared;
  }

  /** ms that a unit waits. */
  waitOf(unit: string): number {
    return this.throttle.waitMs(ascii(unit));
  }
}

export interface Guessing {
  /** He guesses only while fewer failures than this are counted. */
  most?: number;
  before?(bench: ThrottleBench): void;
  after?(bench: ThrottleBench): void;
}

/** Guesses one after the other for so long, as fast as the throttle lets. @returns how many were compared. */
export function guesses(bench: ThrottleBench, forMs: number, { most = Infinity, before, after }: Guessing = {}): number {
  let made = 0;
  for (const end = bench.clock.now + forMs; bench.clock.now < end; ) {
    before?.(bench);
    if (bench.throttle.count < most && bench.guess(1) === 1) {
      made += 1;
      bench.clock.advance(1_000);
      after?.(bench);
      continue;
    }
    const wait = bench.throttle.waitMs();
    bench.clock.advance(wait > 0 && wait <= HOUR ? wait : HOUR / 2);
  }
  return made;
}
