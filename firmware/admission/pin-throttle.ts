import { readU32, toHex, writeU32 } from "../../protocol/bytes";
import type { KeyValue, TimerHandle, Timers } from "../device";
import { FORGIVEN_ROWS_MAX, FREE_PIN_ATTEMPTS, PIN_ATTEMPTS_MAX, PIN_DECAY_MS, PIN_FORGIVE_AFTER_BOOT_MS, PIN_FORGIVE_MS, PIN_WAIT_MAX_MS, PIN_WAIT_MS } from "../limits";
import type { Uptime } from "../uptime";

const KEY = "pin-throttle";
const FORMAT = 1;
const RECORD_BYTES = 8;
const DAY_MS = 86_400_000;
/** What unreadable bytes count as: the longest wait, which time heals. */
const UNREADABLE_COUNT = 12;

/**
 * Slows guessing of PINs (X8, DESIGN §5): five free attempts, then 30 s, doubling up to 1 h, and a hard stop at
 * 100. Each attempt is charged, durably, before its PIN is compared, and the wait starts anew at boot: cutting the
 * power gains nothing.
 *
 * A known PIN takes back its own charge and nothing more, so an insider's PIN between guesses gains nothing; a
 * granted one takes back one mistyping of the last 60 s besides, once per row and day and never in the first day
 * after boot. Time takes back one per 6 h of uptime, but never from the hard stop.
 *
 * Kept under `pin-throttle`, 8 bytes: format 1 ‖ count (u8) ‖ 0 0 ‖ number of the last reset from the cloud (u32).
 */
export class PinThrottle {
  readonly #keyValue: KeyValue;
  readonly #timers: Timers;
  readonly #uptime: Uptime;
  #count = 0;
  #reset = 0;
  /** Uptime of the attempt from which the wait counts. */
  #since: number;
  /** What `takeBack` returns to. */
  #sinceBefore: number;
  #lastFailure: number | undefined;
  #failureBefore: number | undefined;
  #decay: TimerHandle | undefined;
  /** Tags in hexadecimal → uptime of the failure that was taken back for them. */
  readonly #forgiven = new Map<string, number>();

  constructor(parts: { keyValue: KeyValue; timers: Timers; uptime: Uptime }) {
    this.#keyValue = parts.keyValue;
    this.#timers = parts.timers;
    this.#uptime = parts.uptime;
    const kept = this.#keyValue.read(KEY);
    if (kept !== undefined) {
      const record = new Uint8Array(kept);
      const readable = record.length === RECORD_BYTES && record[0] === FORMAT && record[1] <= PIN_ATTEMPTS_MAX;
      this.#count = readable ? record[1] : UNREADABLE_COUNT;
      this.#reset = readable ? readU32(record, 4) : 0;
    }
    this.#since = this.#sinceBefore = this.#uptime.milliseconds;
    this.#decayLater();
  }

  /** Failures charged and not taken back. */
  get count(): number {
    return this.#count;
  }

  /** ms until the next attempt is compared; 0 = now, Infinity = the hard stop. */
  get waitMs(): number {
    if (this.#count < FREE_PIN_ATTEMPTS) return 0;
    if (this.#count >= PIN_ATTEMPTS_MAX) return Infinity;
    const whole = Math.min(PIN_WAIT_MS * 2 ** (this.#count - FREE_PIN_ATTEMPTS), PIN_WAIT_MAX_MS);
    return Math.max(0, this.#since + whole - this.#uptime.milliseconds);
  }

  /**
   * Charges an attempt, to be called before its PIN is compared with anything.
   * @returns false where the keypad waits: then nothing is charged and nothing may be compared.
   */
  charge(): boolean {
    if (this.waitMs > 0) return false;
    this.#keep(this.#count + 1);
    this.#sinceBefore = this.#since;
    this.#failureBefore = this.#lastFailure;
    this.#since = this.#lastFailure = this.#uptime.milliseconds;
    this.#decayLater();
    return true;
  }

  /**
   * The PIN just charged was a known one: it takes its own charge back.
   * @param grantedTag its tag, where it opened.
   */
  takeBack(grantedTag?: Uint8Array): void {
    this.#since = this.#sinceBefore;
    this.#lastFailure = this.#failureBefore;
    const own = Math.max(0, this.#count - 1);
    this.#keep(grantedTag !== undefined && own > 0 && this.#forgives(grantedTag) ? own - 1 : own);
  }

  /** Lifts every wait where `number` (`delta.throttleReset`) is greater than the last one: state, so it cannot be replayed. */
  resetFromCloud(number: number): void {
    if (number <= this.#reset) return;
    this.#reset = number;
    this.#lastFailure = undefined;
    this.#keep(0);
  }

  #forgives(tag: Uint8Array): boolean {
    const now = this.#uptime.milliseconds;
    if (now < PIN_FORGIVE_AFTER_BOOT_MS || this.#lastFailure === undefined || now - this.#lastFailure > PIN_FORGIVE_MS) return false;
    for (const [other, at] of this.#forgiven) if (now - at >= DAY_MS) this.#forgiven.delete(other);
    const row = toHex(tag);
    if (this.#forgiven.has(row) || this.#forgiven.size >= FORGIVEN_ROWS_MAX) return false;
    this.#forgiven.set(row, now);
    this.#lastFailure = undefined;
    return true;
  }

  /** A cut in the middle of six hours starts them anew: that only makes the throttle stricter. */
  #decayLater(): void {
    if (this.#decay !== undefined || this.#count === 0) return;
    this.#decay = this.#timers.set(() => {
      this.#decay = undefined;
      if (this.#count > 0 && this.#count < PIN_ATTEMPTS_MAX) this.#keep(this.#count - 1);
      this.#decayLater();
    }, PIN_DECAY_MS);
  }

  #keep(count: number): void {
    const record = new Uint8Array(RECORD_BYTES);
    record[0] = FORMAT;
    record[1] = count;
    writeU32(record, 4, this.#reset);
    this.#keyValue.write(KEY, record);
    this.#count = count;
  }
}
