import type { Device, Digital, TimerHandle } from "../device";
import { FACTORY_RESET_HOLD_MS, RECLAIM_HOLD_MS } from "../limits";

export interface ServiceButtonOptions {
  device: Pick<Device, "io" | "timer">;
  pin: number;
  /** Pressed while the door ran, and held for 5 s. */
  onHeld(): void;
  /** Held since power-on, for 15 s. */
  onHeldFromStart(): void;
}

/** The button on the board, inside the door's case: 0 = pressed. Letting go before the time is over is as if nobody had pressed. */
export class ServiceButton {
  readonly #options: ServiceButtonOptions;
  readonly #input: Digital;
  #timer: TimerHandle | undefined;

  constructor(options: ServiceButtonOptions) {
    this.#options = options;
    const { Digital } = options.device.io;
    this.#input = new Digital({ pin: options.pin, mode: Digital.InputPullUp, edge: Digital.Rising | Digital.Falling, onReadable: () => this.#moved() });
    if (this.#pressed) this.#wait(FACTORY_RESET_HOLD_MS, () => options.onHeldFromStart());
  }

  get #pressed(): boolean {
    return this.#input.read() === 0;
  }

  /** Bouncing contacts only start the time anew. */
  #moved(): void {
    if (this.#timer !== undefined) this.#options.device.timer.clear(this.#timer);
    this.#timer = undefined;
    if (this.#pressed) this.#wait(RECLAIM_HOLD_MS, () => this.#options.onHeld());
  }

  #wait(milliseconds: number, then: () => void): void {
    this.#timer = this.#options.device.timer.set(() => {
      this.#timer = undefined;
      if (this.#pressed) then();
    }, milliseconds);
  }
}
