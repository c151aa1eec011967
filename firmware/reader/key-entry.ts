import { PIN_DIGITS_MAX, UNIT_DIGITS_MAX } from "../../protocol/limits";
import { HASH_KEY, isDigit, STAR_KEY } from "./keys";

/** How PINs are typed at this door now: the policy of the list in force. */
export interface EntryRules {
  /** Digits after which a PIN is complete without `#`; undefined: only `#` completes it. */
  pinDigits: number | undefined;
  /** A unit number and `#` come first. */
  unitNumbers: boolean;
}

/** A complete entry; whoever takes it wipes it. */
export interface Entry {
  digits: Uint8Array;
  /** ASCII digits of the unit number, where one was typed. */
  unit: Uint8Array | undefined;
}

/** What a key did. `unit`: the unit number is there, the PIN is next. `overlong`: no unit number is that long. */
export type EntryStep = "nothing" | "more" | "unit" | "cleared" | "overlong" | Entry;

/**
 * Makes entries of keys, without a clock: digits, `#` enters, `*` clears. A PIN is complete at its number of digits;
 * `#` with nothing before it does nothing, because people press it by habit after an entry that was complete.
 */
export class KeyEntry {
  readonly #unit = new Uint8Array(UNIT_DIGITS_MAX);
  readonly #digits = new Uint8Array(PIN_DIGITS_MAX);
  #unitCount = 0;
  #count = 0;

  /** Whether something has been typed that is not entered yet. */
  get underway(): boolean {
    return this.#count > 0 || this.#unitCount > 0;
  }

  /** @param key ASCII `0`–`9`, `*` or `#`. */
  press(key: number, rules: EntryRules): EntryStep {
    if (key === STAR_KEY) {
      this.forget();
      return "cleared";
    }
    const unitIsNext = rules.unitNumbers && this.#unitCount === 0;
    if (key === HASH_KEY) return this.#enter(unitIsNext);
    if (!isDigit(key)) return "nothing";
    if (unitIsNext && this.#count === UNIT_DIGITS_MAX) {
      this.forget();
      return "overlong";
    }
    this.#digits[this.#count++] = key;
    const complete = Math.min(rules.pinDigits ?? PIN_DIGITS_MAX, PIN_DIGITS_MAX);
    return !unitIsNext && this.#count >= complete ? this.#take() : "more";
  }

  /** Nothing of what was typed remains. */
  forget(): void {
    this.#unit.fill(0);
    this.#digits.fill(0);
    this.#unitCount = 0;
    this.#count = 0;
  }

  #enter(unitIsNext: boolean): EntryStep {
    if (this.#count === 0) return "nothing";
    if (!unitIsNext) return this.#take();
    this.#unit.set(this.#digits.subarray(0, this.#count));
    this.#unitCount = this.#count;
    this.#digits.fill(0);
    this.#count = 0;
    return "unit";
  }

  #take(): Entry {
    const digits = this.#digits.slice(0, this.#count);
    const unit = this.#unitCount > 0 ? this.#unit.slice(0, this.#unitCount) : undefined;
    this.forget();
    return { digits, unit };
  }
}
