import type { Digital, TimerHandle } from "../firmware/device";
import type { FobDevice } from "./fob-device";
import { BLINK_MS, LIGHT_MS } from "./limits";

/**
 * What the two lights say. `busy`: it looks for the door; `opened`; `pin`: now a PIN at the keypad (X12); `refused`: the
 * door says no; `nothing`: no door answered, or the button has no assignment; `editing`; `staged`: hold 2 and 4 once
 * more; `committed`.
 */
export type FobSignal = "dark" | "busy" | "opened" | "pin" | "refused" | "nothing" | "editing" | "staged" | "committed";

/** Green and red, step by step; the last step is followed by the first where it goes on. */
const PATTERNS: Readonly<Record<FobSignal, { steps: readonly (readonly [green: 0 | 1, red: 0 | 1])[]; goesOn: boolean; milliseconds: number }>> = {
  dark: { steps: [[0, 0]], goesOn: true, milliseconds: LIGHT_MS },
  busy: { steps: [[1, 0], [0, 0]], goesOn: true, milliseconds: BLINK_MS },
  opened: { steps: [[1, 0]], goesOn: false, milliseconds: LIGHT_MS },
  pin: { steps: [[1, 0], [0, 1], [1, 0], [0, 1], [1, 0], [0, 1]], goesOn: false, milliseconds: BLINK_MS },
  refused: { steps: [[0, 1]], goesOn: false, milliseconds: LIGHT_MS },
  nothing: { steps: [[0, 1], [0, 0], [0, 1], [0, 0], [0, 1]], goesOn: false, milliseconds: BLINK_MS },
  editing: { steps: [[1, 1], [0, 0]], goesOn: true, milliseconds: LIGHT_MS / 2 },
  staged: { steps: [[1, 1], [0, 0]], goesOn: true, milliseconds: BLINK_MS },
  committed: { steps: [[1, 0], [0, 0], [1, 0], [0, 0], [1, 0]], goesOn: false, milliseconds: BLINK_MS },
};

export class FobLights {
  #device: FobDevice;
  #green: Digital;
  #red: Digital;
  #next: TimerHandle | undefined;

  constructor(device: FobDevice) {
    const { Digital } = device.io;
    this.#device = device;
    this.#green = new Digital({ pin: device.pin.green, mode: Digital.Output });
    this.#red = new Digital({ pin: device.pin.red, mode: Digital.Output });
  }

  /** Takes the place of what they said before. */
  show(signal: FobSignal): void {
    this.#device.trace(`light: ${signal}`);
    this.#step(signal, 0);
  }

  #step(signal: FobSignal, at: number): void {
    const { steps, goesOn, milliseconds } = PATTERNS[signal];
    if (this.#next !== undefined) this.#device.timer.clear(this.#next);
    this.#next = undefined;
    const [green, red] = at < steps.length ? steps[at] : [0, 0];
    this.#green.write(green as 0 | 1);
    this.#red.write(red as 0 | 1);
    if (at >= steps.length || (goesOn && steps.length === 1)) return;
    const next = goesOn ? (at + 1) % steps.length : at + 1;
    this.#next = this.#device.timer.set(() => {
      this.#next = undefined;
      this.#step(signal, next);
    }, milliseconds);
  }
}
