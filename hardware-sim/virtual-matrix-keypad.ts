import type { DigitalBank, DigitalBankConstructor } from "../firmware/device";
import type { BoardSession } from "./board-session";
import type { VirtualClock } from "./virtual-clock";
import type { VirtualReader } from "./virtual-reader";

const INPUT_PULL_UP = 1;
const OUTPUT = 8;
const OUTPUT_OPEN_DRAIN = 9;

const KEYS = "123456789*0#";
const COLUMNS = 3;
/** How long a finger stays on a key, and from one key to the next where nobody says. */
const HOLD_MS = 90;
const GAP_MS = 160;
/** A contact opens and closes for so long before it rests. */
const BOUNCE_MS = 4;

type Input = { pins: number; falls: number; levels: number; pending: number; open: boolean; onReadable: ((triggers: number) => void) | undefined };

/** Pins of the board that the keypad hangs on; all below 32, one bank. */
export const MATRIX_PINS = { rows: [4, 5, 6, 7], columns: [8, 9, 10] } as const;

/**
 * Twelve keys without diodes, each joining a row to a column while it is down. Rows are driven, columns pulled up:
 * what firmware sees follows from what it drives, keys that nobody touches included.
 */
export class VirtualMatrixKeypad implements VirtualReader {
  onKey: ((key: string) => void) | undefined;
  #clock: VirtualClock;
  /** Keys that make contact. */
  #down = new Set<number>();
  /** Levels that the rows are driven to: 0 or 1; undefined = released. */
  #rows: (0 | 1 | undefined)[] = MATRIX_PINS.rows.map(() => undefined);
  #inputs: Input[] = [];
  #tell: ((input: Input) => void) | undefined;

  constructor(clock: VirtualClock) {
    this.#clock = clock;
  }

  type(keys: string, gapMs = GAP_MS): void {
    for (let i = 0; i < keys.length; i++) {
      const begin = i * (gapMs || GAP_MS);
      this.#clock.set(() => this.onKey?.(keys[i]), begin);
      this.press(keys[i], begin);
    }
  }

  presentCard(): never {
    throw new Error("matrix keypad: it takes no cards");
  }

  /** @param afterMs when it goes down. @param heldMs how long it stays down, bouncing at both ends. */
  press(key: string, afterMs = 0, heldMs = HOLD_MS): void {
    const number = KEYS.indexOf(key);
    if (number < 0) throw new Error(`matrix keypad: no key ${key}`);
    const contact = (at: number, down: boolean): void => void this.#clock.set(() => this.#contact(number, down), at);
    for (let at = 0; at <= BOUNCE_MS; at++) {
      contact(afterMs + at, at % 2 === 0);
      contact(afterMs + heldMs + at, at % 2 === 1);
    }
  }

  /** The DigitalBank class of one power-on, of these pins alone. */
  attach(session: BoardSession): DigitalBankConstructor {
    this.#inputs = [];
    this.#rows.fill(undefined);
    this.#tell = (input) => {
      this.#clock.set(() => {
        session.run(() => {
          const triggers = input.pending;
          input.pending = 0;
          if (input.open && triggers !== 0) input.onReadable?.(triggers);
        });
      }, 0);
    };
    session.onEnd(() => {
      this.#tell = undefined;
      this.#inputs = [];
      this.#rows.fill(undefined);
    });
    const keypad = this;
    return class VirtualDigitalBank implements DigitalBank {
      static readonly InputPullUp = INPUT_PULL_UP;
      static readonly Output = OUTPUT;
      static readonly OutputOpenDrain = OUTPUT_OPEN_DRAIN;
      #pins: number;
      #mode: number;
      #input: Input | undefined;
      constructor({ pins, mode, bank = 0, falls = 0, onReadable }: { pins: number; mode: number; bank?: number | string; falls?: number; onReadable?(triggers: number): void }) {
        session.need();
        if (pins === 0 || bank !== 0) throw new Error("matrix keypad: no such pins");
        if (onReadable && falls === 0) throw new Error("matrix keypad: onReadable without an edge");
        this.#pins = pins;
        this.#mode = mode;
        if (mode === INPUT_PULL_UP) {
          this.#input = { pins, falls, levels: 0, pending: 0, open: true, onReadable: onReadable && ((triggers) => onReadable.call(this, triggers)) };
          this.#input.levels = keypad.#levels() & pins;
          keypad.#inputs.push(this.#input);
        } else if (mode === OUTPUT || mode === OUTPUT_OPEN_DRAIN) {
          this.write(0);
        } else {
          throw new Error(`matrix keypad: mode ${mode}`);
        }
      }
      read(): number {
        session.need();
        if (!this.#input) throw new Error("matrix keypad: outputs cannot be read");
        return keypad.#levels() & this.#pins;
      }
      write(value: number): void {
        session.need();
        if (this.#input) throw new Error("matrix keypad: inputs cannot be written");
        MATRIX_PINS.rows.forEach((pin, row) => {
          if (((this.#pins >> pin) & 1) === 0) return;
          const high = ((value >> pin) & 1) === 1;
          keypad.#rows[row] = high ? (this.#mode === OUTPUT_OPEN_DRAIN ? undefined : 1) : 0;
        });
        keypad.#settle();
      }
      close(): void {
        if (this.#input) this.#input.open = false;
      }
    };
  }

  #contact(key: number, down: boolean): void {
    if (down) this.#down.add(key);
    else this.#down.delete(key);
    this.#settle();
  }

  /** Tells what has fallen. */
  #settle(): void {
    const levels = this.#levels();
    for (const input of this.#inputs) {
      const fallen = input.levels & ~levels & input.falls;
      input.levels = levels & input.pins;
      if (fallen === 0) continue;
      if (input.pending === 0) this.#tell?.(input);
      input.pending |= fallen;
    }
  }

  /**
   * Levels of the columns as bits of the bank: low is what a chain of closed keys joins to a row that is driven low.
   * @throws Error where two rows are driven against each other: a short circuit, and a bug.
   */
  #levels(): number {
    const low = new Set<string>();
    const reach = (net: string): void => {
      if (low.has(net)) return;
      low.add(net);
      for (const key of this.#down) {
        const ends = [`row ${Math.floor(key / COLUMNS)}`, `column ${key % COLUMNS}`];
        if (ends.includes(net)) ends.forEach(reach);
      }
    };
    this.#rows.forEach((level, row) => level === 0 && reach(`row ${row}`));
    if (this.#rows.some((level, row) => level === 1 && low.has(`row ${row}`))) throw new Error("matrix keypad: short circuit between rows");
    return MATRIX_PINS.columns.reduce((levels, pin, column) => (low.has(`column ${column}`) ? levels : levels | (1 << pin)), 0);
  }
}
