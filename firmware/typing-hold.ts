import { TYPING_HOLD_MAX_MS } from "./limits";

/**
 * Whether work that can wait shall wait for somebody who types: no erase and no long slice then comes between two
 * keys. Nobody stops a revocation by typing for ever: waiting takes from a credit that comes back as fast while work
 * may run, so work gets at least half of the time in the long run.
 */
export class TypingHold {
  readonly #typing: () => boolean;
  readonly #milliseconds: () => number;
  #credit = TYPING_HOLD_MAX_MS;
  #asked = 0;
  #held = false;

  /** @param milliseconds since boot, without wrapping. */
  constructor(typing: () => boolean, milliseconds: () => number) {
    this.#typing = typing;
    this.#milliseconds = milliseconds;
  }

  /** Asked before each slice of work. */
  get holds(): boolean {
    const now = this.#milliseconds();
    const passed = now - this.#asked;
    this.#asked = now;
    this.#credit = this.#held ? this.#credit - passed : Math.min(this.#credit + passed, TYPING_HOLD_MAX_MS);
    this.#held = this.#typing() && this.#credit > 0;
    return this.#held;
  }
}
