import { concat, equalBytes } from "../../protocol/bytes";
import { CredentialKind } from "../../protocol/credential";
import type { Timers, TimerHandle } from "../device";
import { CARD_ABSENT_MS, DIGIT_TIMEOUT_MS, SECOND_PIN_MS } from "../limits";
import { KeyEntry, type Entry, type EntryRules } from "./key-entry";
import type { ReaderListener, ReaderPort } from "./reader-port";
import type { ReaderSignal } from "./reader-signal";

/** What a driver has read at its reader. */
export interface ReaderInput {
  /** @param key ASCII `0`–`9`, `*` or `#`. */
  key(key: number): void;
  /** @param value the bytes of its number, wiped when this returns. */
  card(value: Uint8Array): void;
  unreadable(): void;
}

/** What reads a reader's wires. */
export interface ReaderDriver {
  /** It is in the middle of a key or of a frame. */
  readonly reading: boolean;
}

export interface ReaderOptions {
  index: number;
  outputs: number;
  signal: ReaderSignal;
  timers: Timers;
  /** What the list in force says. */
  rules(): EntryRules;
  listener: ReaderListener;
}

const UNIT_SEPARATOR = Uint8Array.of(0x2a);

/**
 * One reader: makes credentials of keys and cards, with an entry, a prompt and a signal of its own. Nothing of an
 * entry that was cleared, left or garbled remains, so that half of it never counts as a wrong PIN.
 */
export class Reader implements ReaderPort, ReaderInput {
  readonly index: number;
  readonly outputs: number;
  readonly signal: ReaderSignal;
  readonly #options: ReaderOptions;
  readonly #entry = new KeyEntry();
  /** Runs from the first key of an entry, anew with each. */
  #entryTimer: TimerHandle | undefined;
  /** Runs while a second PIN is waited for. */
  #prompt: TimerHandle | undefined;
  /** The card that lies at the reader, until it has not been seen for a while. */
  #card: Uint8Array | undefined;
  #cardTimer: TimerHandle | undefined;
  #unreadable = 0;

  constructor(options: ReaderOptions) {
    this.#options = options;
    this.index = options.index;
    this.outputs = options.outputs;
    this.signal = options.signal;
  }

  /** Somebody is typing. */
  get entering(): boolean {
    return this.#entry.underway;
  }

  get engaged(): boolean {
    return this.#entry.underway || this.#prompt !== undefined;
  }

  /** What came that nobody could read, since boot. */
  get unreadableCount(): number {
    return this.#unreadable;
  }

  promptSecond(): void {
    this.#endPrompt();
    this.#prompt = this.#options.timers.set(() => this.#begin(), SECOND_PIN_MS);
    this.signal.prompt();
  }

  key(key: number): void {
    const rules = this.#options.rules();
    const step = this.#entry.press(key, this.#prompt === undefined ? rules : { ...rules, unitNumbers: false });
    this.#restartEntryTimer();
    if (typeof step === "object") return this.#entered(step);
    switch (step) {
      case "unit":
        return this.signal.prompt();
      case "cleared":
        if (this.#prompt !== undefined) return this.#giveUpSecond();
        return this.signal.rest();
      case "overlong":
        return this.signal.error();
      case "nothing":
      case "more":
        return;
    }
  }

  /** Readers repeat a card's number for as long as it lies there: that is one presentation, and one use of it. */
  card(value: Uint8Array): void {
    const repeated = this.#card !== undefined && equalBytes(this.#card, value);
    this.#keepCard(value);
    if (!repeated) {
      this.#forgetEntry();
      this.#endPrompt();
      this.#options.listener.onCredential(this, { kind: CredentialKind.card, value });
    }
    value.fill(0);
  }

  /** Also what was typed so far goes: a key may have been lost. */
  unreadable(): void {
    this.#unreadable += 1;
    this.#begin();
  }

  /** Tells the person to begin again. */
  #begin(): void {
    this.#forgetEntry();
    if (this.#prompt !== undefined) this.#giveUpSecond();
    this.signal.error();
  }

  #entered({ digits, unit }: Entry): void {
    const { listener } = this.#options;
    let value = digits;
    try {
      if (this.#prompt !== undefined) {
        this.#endPrompt();
        listener.onSecondPin(this, digits);
      } else if (unit === undefined) {
        listener.onCredential(this, { kind: CredentialKind.pin, value });
      } else {
        value = concat(unit, UNIT_SEPARATOR, digits);
        listener.onCredential(this, { kind: CredentialKind.unitPin, value, unit });
      }
    } finally {
      value.fill(0);
      digits.fill(0);
    }
  }

  #giveUpSecond(): void {
    this.#endPrompt();
    this.#forgetEntry();
    this.signal.rest();
    this.#options.listener.onSecondPin(this, undefined);
  }

  #endPrompt(): void {
    if (this.#prompt !== undefined) this.#options.timers.clear(this.#prompt);
    this.#prompt = undefined;
  }

  #forgetEntry(): void {
    this.#entry.forget();
    this.#restartEntryTimer();
  }

  #restartEntryTimer(): void {
    const { timers } = this.#options;
    if (this.#entryTimer !== undefined) timers.clear(this.#entryTimer);
    this.#entryTimer = this.#entry.underway ? timers.set(() => this.#begin(), DIGIT_TIMEOUT_MS) : undefined;
  }

  #keepCard(value: Uint8Array): void {
    const { timers } = this.#options;
    this.#card?.fill(0);
    this.#card = value.slice();
    if (this.#cardTimer !== undefined) timers.clear(this.#cardTimer);
    this.#cardTimer = timers.set(() => {
      this.#card?.fill(0);
      this.#card = undefined;
      this.#cardTimer = undefined;
    }, CARD_ABSENT_MS);
  }
}
