import type { Device, Digital, ReaderWiring, TimerHandle } from "../device";
import { DECISION_LED_MS } from "../limits";

const BEEP_MS = 100;
const DENIED_BEEPS = 3;

/**
 * What a person at the reader sees and hears: granted = green and one beep, denied = three beeps, wait = one long
 * beep. All refusals are alike, so that nobody learns at the door why.
 */
export class ReaderSignal {
  readonly #device: Pick<Device, "timer">;
  readonly #led: Digital | undefined;
  readonly #buzzer: Digital | undefined;
  #timer: TimerHandle | undefined;

  constructor(device: Pick<Device, "io" | "timer">, place: Pick<ReaderWiring, "led" | "buzzer">) {
    this.#device = device;
    this.#led = output(device, place.led);
    this.#buzzer = output(device, place.buzzer);
  }

  granted(): void {
    this.#led?.write(1);
    this.#play([BEEP_MS, DECISION_LED_MS - BEEP_MS]);
  }

  denied(): void {
    this.#led?.write(0);
    this.#play(Array.from({ length: 2 * DENIED_BEEPS }, () => BEEP_MS));
  }

  wait(): void {
    this.#led?.write(0);
    this.#play([DECISION_LED_MS]);
  }

  /** Times for which the buzzer is on, off, on … */
  #play(times: number[], index = 0): void {
    if (this.#timer !== undefined) this.#device.timer.clear(this.#timer);
    const over = index >= times.length;
    this.#buzzer?.write(!over && index % 2 === 0 ? 1 : 0);
    if (over) this.#led?.write(0);
    this.#timer = over ? undefined : this.#device.timer.set(() => this.#play(times, index + 1), times[index]);
  }
}

function output({ io: { Digital } }: Pick<Device, "io">, pin: number | undefined): Digital | undefined {
  if (pin === undefined) return undefined;
  const opened = new Digital({ pin, mode: Digital.Output });
  opened.write(0);
  return opened;
}
