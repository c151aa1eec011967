import type { Wiegand, WiegandReaderWiring } from "../device";
import type { ReaderDriver, ReaderInput } from "./reader";
import { readWiegand } from "./wiegand";

/**
 * A reader on D0 and D1. Frames are captured below JavaScript and wait there, so neither a key nor a card is lost
 * while a signature is being checked or flash is erased.
 */
export class WiegandReader implements ReaderDriver {
  /** Frames come whole. */
  readonly reading = false;
  readonly #input: ReaderInput;
  readonly #wiegand: Wiegand;

  constructor(wiring: WiegandReaderWiring, input: ReaderInput) {
    this.#input = input;
    const { io: Capture, ...options } = wiring;
    this.#wiegand = new Capture({ ...options, onReadable: () => this.#drain() });
  }

  #drain(): void {
    for (let frame = this.#wiegand.read(); frame !== undefined; frame = this.#wiegand.read()) {
      const reading = readWiegand(frame);
      frame.data.fill(0);
      if (reading.kind === "key") this.#input.key(reading.key);
      else if (reading.kind === "card") this.#input.card(reading.value);
      else this.#input.unreadable();
    }
  }
}
