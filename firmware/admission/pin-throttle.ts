import { readU32, toHex, writeU32 } from "../../protocol/bytes";
import { UNIT_DIGITS_MAX } from "../../protocol/limits";
import type { KeyValue, TimerHandle, Timers } from "../device";
import {
  FORGIVEN_ROWS_MAX,
  FREE_PIN_ATTEMPTS,
  KEYPAD_ATTEMPTS_MAX,
  KEYPAD_DECAY_MS,
  KEYPAD_FREE_ATTEMPTS,
  KEYPAD_WAIT_MAX_MS,
  PIN_ATTEMPTS_MAX,
  PIN_DECAY_MS,
  PIN_FORGIVE_AFTER_BOOT_MS,
  PIN_FORGIVE_MS,
  PIN_WAIT_MAX_MS,
  PIN_WAIT_MS,
  UNITS_COUNTED_MAX,
} from "../limits";
import type { Uptime } from "../uptime";
import { FailureCount, type Pace } from "./failure-count";

const KEY = "pin-throttle";
const FORMAT = 1;
const HEAD_BYTES = 8;
const UNIT_BYTES = 4;
const DAY_MS = 86_400_000;
/** What unreadable bytes count as: the longest wait, which time heals. */
const UNREADABLE_COUNT = 12;

const STRICT: Pace = { free: FREE_PIN_ATTEMPTS, waitMs: PIN_WAIT_MS, waitMaxMs: PIN_WAIT_MAX_MS, most: PIN_ATTEMPTS_MAX, stops: true, decayMs: PIN_DECAY_MS };
const WIDE: Pace = { free: KEYPAD_FREE_ATTEMPTS, waitMs: PIN_WAIT_MS, waitMaxMs: KEYPAD_WAIT_MAX_MS, most: KEYPAD_ATTEMPTS_MAX, stops: false, decayMs: KEYPAD_DECAY_MS };

/**
 * Slows guessing of PINs (X8, DESIGN §5): five free attempts, then 30 s, doubling up to 1 h, and a hard stop at
 * 100. Each attempt is charged, durably, before its PIN is compared, and the wait starts anew at boot: cutting the
 * power gains nothing.
 *
 * A known PIN takes back its own charge and nothing more, so an insider's PIN between guesses gains nothing; a
 * granted one takes back one mistyping of the last 60 s besides, once per row and day and never in the first day
 * after boot: an advance on what time takes back, one per 6 h of uptime. Neither leads away from the hard stop.
 *
 * PINs typed after a unit number are counted by unit, so that a vandal locks out nobody but the unit whose number he
 * types; a wider count of the keypad, which never stops for good, slows whoever walks over the units. Of units with
 * failures at most 32 are kept: one more takes the place of that with the fewest, and from then on every unit that
 * is not kept counts as having failed as often as the worst of those given up. So no unit is ever counted more mildly than
 * if all were kept.
 *
 * Kept under `pin-throttle`: format 1 ‖ count ‖ count of the keypad over all units ‖ count of units that are not
 * kept (u8 each) ‖ number of the last reset from the cloud (u32) ‖ for each unit kept: 1 and its digits read as a
 * decimal number (u24) ‖ count (u8).
 */
export class PinThrottle {
  readonly #keyValue: KeyValue;
  readonly #timers: Timers;
  readonly #uptime: Uptime;
  /** Of PINs without a unit number. */
  #alone: FailureCount;
  #keypad: FailureCount;
  /** Of every unit that is not in `#units`. */
  #others: FailureCount;
  #units = new Map<number, FailureCount>();
  #reset = 0;
  #charges = 0;
  #undo: (() => FailureCount[]) | undefined;
  #decay: TimerHandle | undefined;
  /** Tags in hexadecimal → uptime of the failure that was taken back for them. */
  readonly #forgiven = new Map<string, number>();

  constructor(parts: { keyValue: KeyValue; timers: Timers; uptime: Uptime }) {
    this.#keyValue = parts.keyValue;
    this.#timers = parts.timers;
    this.#uptime = parts.uptime;
    const kept = this.#keyValue.read(KEY);
    const record = kept === undefined ? new Uint8Array(HEAD_BYTES).fill(FORMAT, 0, 1) : new Uint8Array(kept);
    const readable = isReadable(record);
    const now = this.#uptime.milliseconds;
    this.#alone = new FailureCount(STRICT, readable ? record[1] : UNREADABLE_COUNT, now);
    this.#keypad = new FailureCount(WIDE, readable ? record[2] : KEYPAD_ATTEMPTS_MAX, now);
    this.#others = new FailureCount(STRICT, readable ? record[3] : UNREADABLE_COUNT, now);
    if (readable) {
      this.#reset = readU32(record, 4);
      for (let at = HEAD_BYTES; at < record.length; at += UNIT_BYTES) {
        const entry = readU32(record, at);
        this.#units.set(entry >>> 8, new FailureCount(STRICT, entry & 0xff, now));
      }
    }
    this.#decayLater();
  }

  /** Failures without a unit number, charged and not taken back. */
  get count(): number {
    return this.#alone.count;
  }

  /** Attempts charged since boot: whoever logs a refusal to wait does so once until this changes. */
  get charges(): number {
    return this.#charges;
  }

  /** Whether PINs without a unit number, or those of all units, wait: what the door's state shows. */
  get lockedOut(): boolean {
    return this.waitMs() > 0 || this.#keypad.waitMs(this.#uptime.milliseconds) > 0;
  }

  /**
   * ms until the next attempt is compared; 0 = now, Infinity = the hard stop.
   * @param unit ASCII digits of the unit number that comes before the PIN; none where PINs stand alone.
   */
  waitMs(unit?: Uint8Array): number {
    const now = this.#uptime.milliseconds;
    if (unit === undefined) return this.#alone.waitMs(now);
    return Math.max(this.#keypad.waitMs(now), (this.#units.get(unitKey(unit)) ?? this.#others).waitMs(now));
  }

  /**
   * Charges an attempt, to be called before its PIN is compared with anything.
   * @param unit as for `waitMs`.
   * @returns false where the keypad or the unit waits: then nothing is charged and nothing may be compared.
   */
  charge(unit?: Uint8Array): boolean {
    if (this.waitMs(unit) > 0) return false;
    this.#undo = unit === undefined ? this.#chargeAlone() : this.#chargeUnit(unitKey(unit));
    this.#keep();
    this.#charges += 1;
    this.#decayLater();
    return true;
  }

  /**
   * The PIN just charged was a known one: it takes its own charge back.
   * @param grantedTag its tag, where it opened.
   */
  takeBack(grantedTag?: Uint8Array): void {
    const charged = this.#undo?.();
    this.#undo = undefined;
    if (charged === undefined) return;
    const now = this.#uptime.milliseconds;
    // The first is the strict count: its failure must be recent, the wider one goes with it.
    if (grantedTag !== undefined && charged[0]?.failedWithin(PIN_FORGIVE_MS, now) && this.#forgives(grantedTag, now)) for (const count of charged) count.forgive(now);
    this.#keep();
    this.#decayLater();
  }

  /** Lifts every wait where `number` (`delta.throttleReset`) is greater than the last one: state, so it cannot be replayed. */
  resetFromCloud(number: number): void {
    if (number <= this.#reset) return;
    this.#reset = number;
    const now = this.#uptime.milliseconds;
    this.#alone = new FailureCount(STRICT, 0, now);
    this.#keypad = new FailureCount(WIDE, 0, now);
    this.#others = new FailureCount(STRICT, 0, now);
    this.#units = new Map();
    this.#undo = undefined;
    this.#keep();
  }

  /** @returns what takes the charge back, and then gives the counts that it had been on. */
  #chargeAlone(): () => FailureCount[] {
    const alone = this.#alone;
    const before = alone.mark();
    alone.charge(this.#uptime.milliseconds);
    return () => {
      alone.restore(before);
      return [alone];
    };
  }

  #chargeUnit(key: number): () => FailureCount[] {
    const now = this.#uptime.milliseconds;
    const [keypad, others] = [this.#keypad, this.#others];
    const [keypadBefore, othersBefore] = [keypad.mark(), others.mark()];
    const known = this.#units.get(key);
    const unit = known ?? new FailureCount(STRICT, others.count, now);
    const before = unit.mark();
    const evicted = known === undefined && this.#units.size >= UNITS_COUNTED_MAX ? this.#mildest() : undefined;
    if (evicted !== undefined) {
      this.#units.delete(evicted.key);
      others.takeOver(evicted.unit, now);
    }
    this.#units.set(key, unit);
    unit.charge(now);
    keypad.charge(now);
    return () => {
      keypad.restore(keypadBefore);
      others.restore(othersBefore);
      unit.restore(before);
      if (known === undefined) this.#units.delete(key);
      if (evicted !== undefined) this.#units.set(evicted.key, evicted.unit);
      return known === undefined ? [] : [unit, keypad];
    };
  }

  /** The unit with the fewest failures, of those the one that failed longest ago. */
  #mildest(): { key: number; unit: FailureCount } {
    let mildest: { key: number; unit: FailureCount } | undefined;
    for (const [key, unit] of this.#units) {
      if (mildest === undefined || unit.count < mildest.unit.count || (unit.count === mildest.unit.count && unit.since < mildest.unit.since)) mildest = { key, unit };
    }
    return mildest!;
  }

  #forgives(tag: Uint8Array, now: number): boolean {
    if (now < PIN_FORGIVE_AFTER_BOOT_MS) return false;
    for (const [other, at] of this.#forgiven) if (now - at >= DAY_MS) this.#forgiven.delete(other);
    const row = toHex(tag);
    if (this.#forgiven.has(row) || this.#forgiven.size >= FORGIVEN_ROWS_MAX) return false;
    this.#forgiven.set(row, now);
    return true;
  }

  #counts(): FailureCount[] {
    return [this.#alone, this.#keypad, this.#others, ...this.#units.values()];
  }

  /** One timer for whatever time changes next. */
  #decayLater(): void {
    if (this.#decay !== undefined) this.#timers.clear(this.#decay);
    this.#decay = undefined;
    let next = Infinity;
    for (const count of this.#counts()) next = Math.min(next, count.decaysAt ?? Infinity);
    if (next === Infinity) return;
    this.#decay = this.#timers.set(() => {
      this.#decay = undefined;
      const now = this.#uptime.milliseconds;
      for (const count of this.#counts()) if ((count.decaysAt ?? Infinity) <= now) count.decay();
      this.#keep();
      this.#decayLater();
    }, Math.max(0, next - this.#uptime.milliseconds));
  }

  #keep(): void {
    for (const [key, unit] of this.#units) if (unit.count === 0 && unit.decaysAt === undefined) this.#units.delete(key);
    const record = new Uint8Array(HEAD_BYTES + UNIT_BYTES * this.#units.size);
    record.set([FORMAT, this.#alone.count, this.#keypad.count, this.#others.count]);
    writeU32(record, 4, this.#reset);
    let at = HEAD_BYTES;
    for (const [key, unit] of this.#units) {
      writeU32(record, at, key * 0x100 + unit.count);
      at += UNIT_BYTES;
    }
    this.#keyValue.write(KEY, record);
  }
}

function isReadable(record: Uint8Array): boolean {
  const units = (record.length - HEAD_BYTES) / UNIT_BYTES;
  if (!Number.isInteger(units) || units < 0 || units > UNITS_COUNTED_MAX || record[0] !== FORMAT) return false;
  if (record[1] > PIN_ATTEMPTS_MAX || record[2] > KEYPAD_ATTEMPTS_MAX || record[3] > PIN_ATTEMPTS_MAX) return false;
  for (let at = HEAD_BYTES; at < record.length; at += UNIT_BYTES) if (record[at + 3] > PIN_ATTEMPTS_MAX) return false;
  return true;
}

/** A 1 before the digits: unit 01 is not unit 1. */
function unitKey(unit: Uint8Array): number {
  if (unit.length === 0 || unit.length > UNIT_DIGITS_MAX) throw new Error("unit number");
  let key = 1;
  for (let i = 0; i < unit.length; i++) key = key * 10 + unit[i] - 0x30;
  return key;
}
