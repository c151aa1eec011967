import type { Digital, DigitalConstructor, Timers, TimerHandle } from "../device";
import { CONTACT_SETTLE_MS, EXIT_STUCK_MS } from "../limits";

export interface RequestToExitOptions {
  Digital: DigitalConstructor;
  /** 0 = pressed (pull-up). */
  pin: number;
  timers: Timers;
  onPress(): void;
  /** It has been down for EXIT_STUCK_MS: nobody's finger, and no further press can be seen. */
  onStuck(): void;
}

/**
 * The exit button. A press acts at its first edge, with no settling time before it: nobody waits to get out.
 * Then the button must be at rest for a moment before it counts again, so that a bounce is one press, and so is a
 * button that is held or wedged: it opens once, for the lock's time. One that stays down is told, once.
 */
export class RequestToExit {
  readonly #options: RequestToExitOptions;
  readonly #button: Digital;
  #pressed = false;
  #settling = false;
  #stuckTimer: TimerHandle | undefined;

  constructor(options: RequestToExitOptions) {
    this.#options = options;
    const { Digital, pin } = options;
    this.#button = new Digital({ pin, mode: Digital.InputPullUp, edge: Digital.Rising | Digital.Falling, onReadable: () => this.#edge() });
    // Down since before this boot: no press, or a wedged button would open the door with every power cut.
    if (this.#button.read() === 0) this.#down();
  }

  #edge(): void {
    this.#settle();
    if (this.#button.read() === 0) this.#press();
  }

  #press(): void {
    if (this.#pressed) return;
    this.#down();
    this.#options.onPress();
  }

  #settle(): void {
    if (this.#settling) return;
    this.#settling = true;
    this.#options.timers.set(() => {
      this.#settling = false;
      if (this.#button.read() === 0) return this.#press();
      this.#pressed = false;
      if (this.#stuckTimer !== undefined) this.#options.timers.clear(this.#stuckTimer);
      this.#stuckTimer = undefined;
    }, CONTACT_SETTLE_MS);
  }

  #down(): void {
    this.#pressed = true;
    if (this.#stuckTimer !== undefined) this.#options.timers.clear(this.#stuckTimer);
    this.#stuckTimer = this.#options.timers.set(() => {
      this.#stuckTimer = undefined;
      this.#options.onStuck();
    }, EXIT_STUCK_MS);
  }
}
