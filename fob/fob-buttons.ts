import type { Digital, TimerHandle } from "../firmware/device";
import { FOB_BUTTONS } from "../protocol/fob-assignment";
import type { FobDevice } from "./fob-device";
import { DEBOUNCE_MS, EDIT_HOLD_MS } from "./limits";

export interface ButtonEvents {
  /** A button was pressed by itself and let go. @param button from 0. */
  onPress(button: number): void;
  /** Buttons 2 and 4 were held together. */
  onEdit(): void;
}

/** Buttons 2 and 4, as a mask. */
const EDIT_MASK = 0b1010;

/**
 * The four buttons. A press counts when it is let go, so that two that go down a moment apart are not two presses;
 * whatever else was down meanwhile, it is none.
 */
export class FobButtons {
  #device: FobDevice;
  #events: ButtonEvents;
  #pins: Digital[] = [];
  /** Mask of those that are down. */
  #down = 0;
  /** Of all that were down since none was. */
  #touched = 0;
  #settling: TimerHandle | undefined;
  #holding: TimerHandle | undefined;

  constructor(device: FobDevice, events: ButtonEvents) {
    this.#device = device;
    this.#events = events;
    const { Digital } = device.io;
    for (let button = 0; button < FOB_BUTTONS; button++) {
      const onReadable = () => this.#settle();
      this.#pins.push(new Digital({ pin: device.pin.buttons[button], mode: Digital.InputPullUp, edge: Digital.Rising | Digital.Falling, onReadable }));
    }
    this.#settle();
  }

  #settle(): void {
    const { timer } = this.#device;
    if (this.#settling !== undefined) timer.clear(this.#settling);
    this.#settling = timer.set(() => {
      this.#settling = undefined;
      this.#look();
    }, DEBOUNCE_MS);
  }

  #look(): void {
    let down = 0;
    for (let button = 0; button < FOB_BUTTONS; button++) if (this.#pins[button].read() === 0) down |= 1 << button;
    if (down === this.#down) return;
    this.#down = down;
    this.#touched |= down;
    this.#hold();
    if (down !== 0) return;
    const touched = this.#touched;
    this.#touched = 0;
    for (let button = 0; button < FOB_BUTTONS; button++) if (touched === 1 << button) this.#events.onPress(button);
  }

  #hold(): void {
    const { timer } = this.#device;
    if (this.#holding !== undefined) timer.clear(this.#holding);
    this.#holding = undefined;
    if (this.#down !== EDIT_MASK || this.#touched !== EDIT_MASK) return;
    this.#holding = timer.set(() => {
      this.#holding = undefined;
      this.#events.onEdit();
    }, EDIT_HOLD_MS);
  }
}
