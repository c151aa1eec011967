import type { Digital, DigitalConstructor, Timers } from "../device";
import { CONTACT_SETTLE_MS } from "../limits";

export interface RequestToExitOptions {
  Digital: DigitalConstructor;
  /** 0 = pressed (pull-up). */
  pin: number;
  timers: Timers;
  onPress(): void;
}

/**
 * The exit button. A press acts at its first edge, with no settling time before it: nobody waits to get out.
 * Then the button must be at rest for a moment before it counts again, so that a bounce is one press.
 */
export class RequestToExit {
  readonly #button: Digital;
  #pressed = false;
  #settling = false;

  constructor({ Digital, pin, timers, onPress }: RequestToExitOptions) {
    const settle = (): void => {
      if (this.#settling) return;
      this.#settling = true;
      timers.set(() => {
        this.#settling = false;
        this.#pressed = this.#button.read() === 0;
      }, CONTACT_SETTLE_MS);
    };
    this.#button = new Digital({
      pin,
      mode: Digital.InputPullUp,
      edge: Digital.Rising | Digital.Falling,
      onReadable: () => {
        const pressed = this.#button.read() === 0;
        if (pressed && !this.#pressed) {
          this.#pressed = true;
          onPress();
        }
        settle();
      },
    });
  }
}
