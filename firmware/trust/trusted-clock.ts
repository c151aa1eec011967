import { equalBytes, readU32, writeU32 } from "../../protocol/bytes";
import { CLOCK_DRIFT_PPM, NONCE_BYTES, TIME_NONCE_MS } from "../../protocol/limits";
import { ProtocolError } from "../../protocol/protocol-error";
import type { SignedTime } from "../../protocol/signed-time";
import type { KeyValue, RealTimeClock } from "../device";
import { CLOCK_CHIP_AHEAD_MAX_MS, CLOCK_CHIP_BEHIND_MAX_MS, UNSIGNED_SECONDS_MAX, UNSIGNED_STEP_MIN_MS } from "../limits";
import type { Uptime } from "../uptime";

export interface TrustedClockParts {
  uptime: Uptime;
  keyValue: KeyValue;
  rtc: RealTimeClock | undefined;
  randomBytes: (length: number) => Uint8Array;
  /** The clock shows another time than what has passed, or has become known or unknown. */
  onLeap?: () => void;
}

const KEY = "clock";
const FORMAT = 1;
const RECORD_BYTES = 16;

/**
 * Wall time that nobody can turn back (X5): set by signed answers to the door's own nonces, carried by the monotonic
 * clock, never below a floor that survives power cuts.
 *
 * - The **floor** is what it certainly is by now: the latest of everything signed, and the time that this board has
 *   been on since, less what its oscillator may be fast. Nothing unsigned raises it, so a clock chip that runs wild or a
 *   lying time server spoils nothing for good.
 * - After a power cut a **clock chip** carries on if it is plausible: not behind the floor and not more than a year
 *   before it. Whoever gets at the chip while the board is without power can still hold time back to the floor; nothing
 *   here could tell. Without a chip the time is unknown until the cloud has signed it.
 * - **Unsigned time** moves the clock 15 minutes in all since the last signed time, both directions counted and across
 *   power cuts, and neither ends "time unknown" nor goes below the floor.
 *
 * Kept under `clock`, 16 bytes: format 1 ‖ 0 0 0 ‖ floor ‖ last signed time ‖ seconds that unsigned time has moved
 * the clock since (u32 each).
 */
export class TrustedClock {
  readonly #uptime: Uptime;
  readonly #keyValue: KeyValue;
  readonly #rtc: RealTimeClock | undefined;
  readonly #randomBytes: (length: number) => Uint8Array;
  readonly #onLeap: () => void;
  /** Unix ms that it was at an uptime. */
  #certain = { time: 0, at: 0 };
  #kept = new Uint8Array(RECORD_BYTES);
  #lastSigned = 0;
  #signedSinceBoot = 0;
  #unsignedSeconds = 0;
  /** Unix ms at uptime 0; undefined while the time is unknown. */
  #epochMs: number | undefined;
  #asked: { nonce: Uint8Array; at: number } | undefined;

  constructor(parts: TrustedClockParts) {
    this.#uptime = parts.uptime;
    this.#keyValue = parts.keyValue;
    this.#rtc = parts.rtc;
    this.#randomBytes = parts.randomBytes;
    this.#onLeap = parts.onLeap ?? (() => {});
    const kept = this.#keyValue.read(KEY);
    if (kept !== undefined && kept.byteLength === RECORD_BYTES) {
      this.#kept = new Uint8Array(kept);
      this.#certain = { time: readU32(this.#kept, 4) * 1_000, at: this.#uptime.milliseconds };
      this.#lastSigned = readU32(this.#kept, 8);
      this.#unsignedSeconds = readU32(this.#kept, 12);
    }
    const chip = this.#rtc?.time;
    // Chips keep whole seconds: rather one early than late, since a lease must not end late.
    if (chip !== undefined && this.#isPlausible(chip)) this.#epochMs = chip + 999 - this.#uptime.milliseconds;
  }

  /** Unix seconds (integer), or undefined while unknown. Never below the floor. */
  wallTime(): number | undefined {
    if (this.#epochMs === undefined) return undefined;
    return Math.max(this.floor, Math.floor((this.#epochMs + this.#uptime.milliseconds) / 1_000));
  }

  /** Unix seconds: it is certainly not earlier. */
  get floor(): number {
    const { time, at } = this.#certain;
    return time === 0 ? 0 : Math.floor((time + (this.#uptime.milliseconds - at) * (1 - CLOCK_DRIFT_PPM / 1e6)) / 1_000);
  }

  /** The last signed time since boot, Unix seconds; 0 = none. */
  get signedSinceBoot(): number {
    return this.#signedSinceBoot;
  }

  /** Seconds since the last signed time, by this clock; undefined while the time is unknown. */
  get signedAge(): number | undefined {
    const now = this.wallTime();
    return now === undefined ? undefined : now - this.#lastSigned;
  }

  /** A new question: the nonce that the answer must repeat. The one before is forgotten. */
  ask(): Uint8Array {
    this.#asked = { nonce: this.#randomBytes(NONCE_BYTES), at: this.#uptime.milliseconds };
    return this.#asked.nonce;
  }

  /**
   * The open question, while its answer can still set the clock; else a new one. Phones that ask within one minute ask
   * the same, so that none of them takes the answer from another.
   */
  question(): Uint8Array {
    const asked = this.#asked;
    return asked !== undefined && this.#uptime.milliseconds - asked.at < TIME_NONCE_MS ? asked.nonce : this.ask();
  }

  /** An answer is waited for. */
  get asking(): boolean {
    return this.#asked !== undefined;
  }

  /** Whether a signed time answers the open question: looked at before its signature costs anything. */
  expects(signed: SignedTime): boolean {
    return this.#asked !== undefined && equalBytes(this.#asked.nonce, signed.nonce);
  }

  /**
   * Takes a signed time whose signature holds. Later than 60 s after the question it only raises the floor:
   * whoever delays answers cannot make the door's clock slow.
   * @throws {ProtocolError} `unknown-nonce`.
   */
  acceptSigned(signed: SignedTime): void {
    if (!this.expects(signed)) throw new ProtocolError("unknown-nonce");
    const inTime = this.#uptime.milliseconds - this.#asked!.at <= TIME_NONCE_MS;
    this.#asked = undefined;
    if (inTime) {
      this.#epochMs = signed.time * 1_000 - this.#uptime.milliseconds;
      this.#lastSigned = this.#signedSinceBoot = signed.time;
      this.#unsignedSeconds = 0;
    }
    this.#raise(signed.time);
    this.keep();
    if (!inTime) return;
    if (this.#rtc !== undefined) this.#rtc.time = this.wallTime()! * 1_000;
    this.#onLeap();
  }

  /**
   * Takes what an unsigned time server says, where it lies within what such a server may still move.
   * @returns whether the clock moved.
   */
  acceptUnsigned(unixMs: number): boolean {
    if (this.#epochMs === undefined || !Number.isFinite(unixMs)) return false;
    // Whole seconds, as a clock chip takes them.
    const target = Math.ceil(unixMs / 1_000) * 1_000;
    const shift = target - this.#uptime.milliseconds - this.#epochMs;
    const moved = this.#unsignedSeconds + Math.ceil(Math.abs(shift) / 1_000);
    if (Math.abs(shift) < UNSIGNED_STEP_MIN_MS || moved > UNSIGNED_SECONDS_MAX || target < this.floor * 1_000) return false;
    // Counted before it counts: a power cut in between only leaves less to move.
    this.#unsignedSeconds = moved;
    this.keep();
    this.#epochMs += shift;
    if (this.#rtc !== undefined) this.#rtc.time = target;
    this.#onLeap();
    return true;
  }

  /** @param time Unix seconds of something signed: a manifest, a lease. */
  raiseFloor(time: number): void {
    const now = this.wallTime();
    if (!this.#raise(time)) return;
    this.keep();
    if (now !== undefined && time > now) this.#onLeap();
  }

  /**
   * Sets the floor, down as well: a new keyset may say that what a stolen key signed was never true. The time is
   * then unknown until it is signed anew.
   * @param time the keyset's issued-at, Unix seconds.
   */
  resetFloor(time: number): void {
    if (time < this.floor) {
      this.#epochMs = undefined;
      this.#signedSinceBoot = 0;
      this.#lastSigned = 0;
      if (this.#rtc !== undefined) this.#rtc.time = undefined;
    }
    this.#certain = { time: time * 1_000, at: this.#uptime.milliseconds };
    this.keep();
    this.#onLeap();
  }

  /** Makes the floor and what unsigned time moved survive a power cut; writes where either has changed. */
  keep(): void {
    const record = new Uint8Array(RECORD_BYTES);
    record[0] = FORMAT;
    writeU32(record, 4, this.floor);
    writeU32(record, 8, this.#lastSigned);
    writeU32(record, 12, this.#unsignedSeconds);
    if (this.floor === 0 || equalBytes(record, this.#kept)) return;
    this.#keyValue.write(KEY, record);
    this.#kept = record;
  }

  #raise(time: number): boolean {
    if (time <= this.floor) return false;
    this.#certain = { time: time * 1_000, at: this.#uptime.milliseconds };
    return true;
  }

  /** Without a floor nothing was ever signed: a clock that nobody set proves nothing. */
  #isPlausible(chip: number): boolean {
    const { time } = this.#certain;
    return time > 0 && chip >= time - CLOCK_CHIP_BEHIND_MAX_MS && chip <= time + CLOCK_CHIP_AHEAD_MAX_MS;
  }
}
