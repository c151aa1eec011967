import { equalBytes, readU32, writeU32 } from "../../protocol/bytes";
import { NONCE_BYTES, TIME_NONCE_MS } from "../../protocol/limits";
import { ProtocolError } from "../../protocol/protocol-error";
import type { SignedTime } from "../../protocol/signed-time";
import type { KeyValue, RealTimeClock } from "../device";
import type { Uptime } from "../uptime";

/**
 * Wall time that nobody can turn back (X5): set by signed answers to the door's own nonces, carried by the
 * monotonic clock, never below a floor that survives power cuts. After a cut a real-time clock that stands
 * above the floor carries on; without one the time is unknown until the cloud answers.
 *
 * Kept under `clock`, 16 bytes: format 1 ‖ 0 0 0 ‖ floor (u32) ‖ last signed time (u32) ‖ seconds that unsigned
 * time has moved the clock since (i32, 0 until a board asks SNTP).
 */
export class TrustedClock {
  readonly #uptime: Uptime;
  readonly #keyValue: KeyValue;
  readonly #rtc: RealTimeClock | undefined;
  readonly #randomBytes: (length: number) => Uint8Array;
  readonly #onLeap: () => void;
  #floor = 0;
  #keptFloor = 0;
  #lastSigned = 0;
  #signedSinceBoot = 0;
  /** Unix ms at uptime 0; undefined while the time is unknown. */
  #epochMs: number | undefined;
  #asked: { nonce: Uint8Array; at: number } | undefined;

  /** @param parts.onLeap the clock shows another time than what has passed, or has become known or unknown. */
  constructor(parts: { uptime: Uptime; keyValue: KeyValue; rtc: RealTimeClock | undefined; randomBytes: (length: number) => Uint8Array; onLeap?: () => void }) {
    this.#uptime = parts.uptime;
    this.#keyValue = parts.keyValue;
    this.#rtc = parts.rtc;
    this.#randomBytes = parts.randomBytes;
    this.#onLeap = parts.onLeap ?? (() => {});
    const kept = this.#keyValue.read(KEY);
    if (kept !== undefined && kept.byteLength === RECORD_BYTES) {
      const record = new Uint8Array(kept);
      this.#floor = this.#keptFloor = readU32(record, 4);
      this.#lastSigned = readU32(record, 8);
    }
    const rtcTime = this.#rtc?.time;
    // Without a floor nothing was ever signed: a clock that nobody set proves nothing.
    if (rtcTime !== undefined && this.#floor > 0 && rtcTime >= this.#floor * 1000) this.#epochMs = rtcTime - this.#uptime.milliseconds;
  }

  /** Unix seconds (integer), or undefined while unknown. Never below the floor. */
  wallTime(): number | undefined {
    if (this.#epochMs === undefined) return undefined;
    return Math.max(this.#floor, Math.floor((this.#epochMs + this.#uptime.milliseconds) / 1000));
  }

  /** Unix seconds: it is certainly not earlier. */
  get floor(): number {
    return this.#floor;
  }

  /** The last signed time since boot, Unix seconds; 0 = none. */
  get signedSinceBoot(): number {
    return this.#signedSinceBoot;
  }

  /** A new question: the nonce that the answer must repeat. The one before is forgotten. */
  ask(): Uint8Array {
    this.#asked = { nonce: this.#randomBytes(NONCE_BYTES), at: this.#uptime.milliseconds };
    return this.#asked.nonce;
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
    const age = this.#uptime.milliseconds - this.#asked!.at;
    this.#asked = undefined;
    if (age <= TIME_NONCE_MS) {
      this.#epochMs = signed.time * 1000 - this.#uptime.milliseconds;
      this.#lastSigned = this.#signedSinceBoot = signed.time;
      if (this.#rtc !== undefined) this.#rtc.time = Math.max(signed.time, this.#floor) * 1000;
    }
    this.raiseFloor(signed.time);
    this.keep();
    if (age <= TIME_NONCE_MS) this.#onLeap();
  }

  /** @param time Unix seconds of something signed: a manifest, a lease. */
  raiseFloor(time: number): void {
    if (time <= this.#floor) return;
    const now = this.wallTime();
    this.#floor = time;
    if (now !== undefined && time > now) this.#onLeap();
  }

  /**
   * Sets the floor, down as well: a new keyset may say that what a stolen key signed was never true. The time is
   * then unknown until it is signed anew.
   * @param time the keyset's issued-at, Unix seconds.
   */
  resetFloor(time: number): void {
    if (time < this.#floor) {
      this.#epochMs = undefined;
      this.#signedSinceBoot = 0;
      this.#lastSigned = 0;
      if (this.#rtc !== undefined) this.#rtc.time = undefined;
    }
    this.#floor = time;
    this.keep();
    this.#onLeap();
  }

  /** Makes the floor survive a power cut; called hourly, and after whatever moved it. */
  keep(): void {
    // A clock chip alone raises no floor: one that ran years ahead would lock people out until the next keyset.
    if (this.#signedSinceBoot > 0) this.raiseFloor(this.wallTime() ?? 0);
    if (this.#floor === this.#keptFloor) return;
    const record = new Uint8Array(RECORD_BYTES);
    record[0] = FORMAT;
    writeU32(record, 4, this.#floor);
    writeU32(record, 8, this.#lastSigned);
    this.#keyValue.write(KEY, record);
    this.#keptFloor = this.#floor;
  }
}

const KEY = "clock";
const FORMAT = 1;
const RECORD_BYTES = 16;
