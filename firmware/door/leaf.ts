import type { Digital, DigitalConstructor, Timers } from "../device";
import { CONTACT_SETTLE_MS } from "../limits";

export interface LeafOptions {
  Digital: DigitalConstructor;
  /** Door position switch: 1 = closed. */
  pin: number;
  timers: Timers;
  onChange(open: boolean): void;
}

/** The door's leaf, as its position switch sees it; bounces are smoothed away. */
export class Leaf {
  readonly #contact: Digital;
  #open: boolean;
  #settling = false;

  constructor({ Digital, pin, timers, onChange }: LeafOptions) {
    const settled = (): void => {
      this.#settling = false;
      const open = this.#contact.read() === 0;
      if (open === this.#open) return;
      this.#open = open;
      onChange(open);
    };
    this.#contact = new Digital({
      pin,
      mode: Digital.InputPullUp,
      edge: Digital.Rising | Digital.Falling,
      onReadable: () => {
        if (this.#settling) return;
        this.#settling = true;
        timers.set(settled, CONTACT_SETTLE_MS);
      },
    });
    this.#open = this.#contact.read() === 0;
  }

  get open(): boolean {
    return this.#open;
  }
}
