import type { Serial, SerialReaderWiring, Timers, TimerHandle } from "../device";
import { PIN_DIGITS_MAX } from "../../protocol/limits";
import { DIGIT_TIMEOUT_MS } from "../limits";

const HASH = 0x23;
const STAR = 0x2a;
const ZERO = 0x30;
const NINE = 0x39;

export interface KeypadOptions {
  serial: SerialReaderWiring;
  timers: Timers;
  /** Digits after which an entry is complete without `#`: policy of the list in force. */
  pinDigits(): number | undefined;
  /** A complete entry as ASCII digits; the array is wiped when this returns. */
  onEntry(digits: Uint8Array): void;
}

/**
 * Makes entries of keys: digits, `#` enters, `*` clears, a pause forgets. The serial driver keeps the bytes that
 * arrive while other work has the board, so no digit is lost; here at most one entry is kept.
 */
export class Keypad {
  readonly #options: KeypadOptions;
  readonly #serial: Serial;
  readonly #digits = new Uint8Array(PIN_DIGITS_MAX);
  #count = 0;
  #timer: TimerHandle | undefined;

  constructor(options: KeypadOptions) {
    this.#options = options;
    const { io: SerialPort, ...wiring } = options.serial;
    this.#serial = new SerialPort({ ...wiring, format: "number", onReadable: () => this.#drain() });
  }

  #drain(): void {
    for (let byte = this.#serial.read(); byte !== undefined; byte = this.#serial.read()) this.#press(byte);
  }

  #press(byte: number): void {
    if (byte === STAR) this.#forget();
    else if (byte === HASH) this.#enter();
    else if (byte >= ZERO && byte <= NINE) this.#digit(byte);
    // Anything else is noise on the line.
  }

  #digit(byte: number): void {
    this.#digits[this.#count++] = byte;
    this.#stopTimer();
    const complete = Math.min(this.#options.pinDigits() ?? PIN_DIGITS_MAX, PIN_DIGITS_MAX);
    if (this.#count >= complete) this.#enter();
    else this.#timer = this.#options.timers.set(() => this.#forget(), DIGIT_TIMEOUT_MS);
  }

  /** `#` with no digit before it does nothing: people press it by habit after an entry that was complete. */
  #enter(): void {
    const entry = this.#digits.slice(0, this.#count);
    this.#forget();
    if (entry.length === 0) return;
    try {
      this.#options.onEntry(entry);
    } finally {
      entry.fill(0);
    }
  }

  #forget(): void {
    this.#stopTimer();
    this.#digits.fill(0);
    this.#count = 0;
  }

  #stopTimer(): void {
    if (this.#timer !== undefined) this.#options.timers.clear(this.#timer);
    this.#timer = undefined;
  }
}
