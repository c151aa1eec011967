import type { Device, Digital, ReaderWiring, TimerHandle } from "../device";
import { DECISION_LED_MS } from "../limits";
import type { Signal } from "./reader-port";

/** How long it lasts in ms, whether the LED is green, whether the buzzer sounds. */
type Step = readonly [milliseconds: number, led: 0 | 1, buzzer: 0 | 1];

const BEEP_MS = 100;
const ERROR_BEEP_MS = 400;
const CHIRP_MS = 50;
const BLINK_MS = 250;

/** The patterns of firmware/README.md, "What a reader shows". */
const GRANTED: readonly Step[] = [[BEEP_MS, 1, 1], [DECISION_LED_MS - BEEP_MS, 1, 0]];
const DENIED: readonly Step[] = [[BEEP_MS, 0, 1], [BEEP_MS, 0, 0], [BEEP_MS, 0, 1], [BEEP_MS, 0, 0], [BEEP_MS, 0, 1]];
const WAIT: readonly Step[] = [[DECISION_LED_MS, 0, 1]];
const ERROR: readonly Step[] = [[ERROR_BEEP_MS, 0, 1], [BEEP_MS, 0, 0], [ERROR_BEEP_MS, 0, 1]];
const PROMPT: readonly Step[] = [[CHIRP_MS, 1, 1], [CHIRP_MS, 0, 0], [CHIRP_MS, 1, 1], [BLINK_MS - CHIRP_MS, 1, 0]];
const BLINK: readonly Step[] = [[BLINK_MS, 0, 0], [BLINK_MS, 1, 0]];

/** What a person at the reader sees and hears. */
export class ReaderSignal implements Signal {
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
    this.#play(GRANTED);
  }

  denied(): void {
    this.#play(DENIED);
  }

  wait(): void {
    this.#play(WAIT);
  }

  error(): void {
    this.#play(ERROR);
  }

  /** Something more is to be typed: blinks until another pattern comes, or `rest`. */
  prompt(): void {
    this.#play(PROMPT, BLINK);
  }

  /** Dark and silent. */
  rest(): void {
    this.#play([]);
  }

  /** @param endless follows and repeats. */
  #play(steps: readonly Step[], endless?: readonly Step[], index = 0): void {
    const { timer } = this.#device;
    if (this.#timer !== undefined) timer.clear(this.#timer);
    this.#timer = undefined;
    if (index >= steps.length && endless !== undefined) return this.#play(endless, endless);
    const [milliseconds, led, buzzer] = index < steps.length ? steps[index] : OVER;
    this.#led?.write(led);
    this.#buzzer?.write(buzzer);
    if (index < steps.length) this.#timer = timer.set(() => this.#play(steps, endless, index + 1), milliseconds);
  }
}

const OVER: Step = [0, 0, 0];

function output({ io: { Digital } }: Pick<Device, "io">, pin: number | undefined): Digital | undefined {
  if (pin === undefined) return undefined;
  const opened = new Digital({ pin, mode: Digital.Output });
  opened.write(0);
  return opened;
}
