import { readU16, readU32, writeU16, writeU32 } from "../../protocol/bytes";
import type { KeyValue } from "../device";
import { HELD_EVENTS_MAX, HELD_EXACTLY_MAX, HELD_STEP } from "../limits";
import { NONE } from "./event-log-state";
import type { NewEvent } from "./new-event";

const KEY = "event-held";
const RECORD_BYTES = 16;

/**
 * Starts and refusals that are counted while the log is crowded, so that they take no place from grants.
 *
 * Kept under `event-held`, 16 bytes: enrolment ‖ number of the record that is being written (u32 each; 0xffffffff
 * none) ‖ starts (u16) ‖ why the last one was (u8) ‖ 0 ‖ refusals (u32). The number goes there before the record is
 * written: whatever stands under that number afterwards is that record, so no cut counts anything twice or not at
 * all. Starts go before refusals. Past 256, and past the first 16 since the board started, only every 16th refusal is
 * kept: a flood does not wear the flash, and a power cut loses at most 15 of it.
 */
export class HeldEvents {
  readonly #keyValue: KeyValue;
  readonly #enrolment: number;
  #announced = NONE;
  #starts = 0;
  #cause = 0;
  #refusals = 0;
  /** Refusals that this boot has counted. */
  #fresh = 0;

  /** @param next number of the log's next event. */
  constructor(keyValue: KeyValue, enrolment: number, next: number) {
    this.#keyValue = keyValue;
    this.#enrolment = enrolment;
    const kept = keyValue.read(KEY);
    if (kept === undefined || kept.byteLength !== RECORD_BYTES) return;
    const record = new Uint8Array(kept);
    if (readU32(record, 0) !== enrolment) return;
    this.#announced = readU32(record, 4);
    this.#starts = readU16(record, 8);
    this.#cause = record[10];
    this.#refusals = readU32(record, 12);
    this.#settle(next);
  }

  /** Whether an event is one that may be counted only. */
  static takes({ type, reason }: NewEvent): boolean {
    return type === "boot" || (type === "decision" && reason !== "granted");
  }

  /** Neither count can grow any more. */
  get full(): boolean {
    return this.#starts >= HELD_EVENTS_MAX || this.#refusals >= HELD_EVENTS_MAX;
  }

  /** @param next as above. @returns whether a record is owed. */
  owes(next: number): boolean {
    this.#settle(next);
    return this.#starts > 0 || this.#refusals > 0;
  }

  /** Counts an event in place of writing it down. */
  hold(event: NewEvent, next: number): void {
    this.#settle(next);
    this.#announced = NONE;
    if (event.type === "boot") {
      this.#starts += 1;
      this.#cause = (event.count ?? 0) & 0xff;
      return this.#keep();
    }
    this.#refusals += 1;
    this.#fresh += 1;
    if (this.#refusals <= HELD_EXACTLY_MAX || this.#fresh <= HELD_STEP || this.#refusals % HELD_STEP === 0) this.#keep();
  }

  /** The record that must come at `next`, announced durably; undefined where none is owed. */
  due(next: number): NewEvent | undefined {
    if (!this.owes(next)) return undefined;
    if (this.#announced !== next) this.#announce(next);
    return this.#starts > 0 ? { type: "boot", count: this.#cause | ((this.#starts - 1) << 8) } : { type: "denials-folded", count: this.#refusals };
  }

  /** Another record takes number `next`. */
  makeWay(next: number): void {
    this.#settle(next);
    if (this.#announced !== NONE) this.#announce(NONE);
  }

  /** What was announced below `next` is written. */
  #settle(next: number): void {
    if (this.#announced === NONE || next <= this.#announced) return;
    this.#announced = NONE;
    if (this.#starts > 0) this.#starts = 0;
    else this.#refusals = 0;
  }

  #announce(sequence: number): void {
    this.#announced = sequence;
    this.#keep();
  }

  #keep(): void {
    const record = new Uint8Array(RECORD_BYTES);
    writeU32(record, 0, this.#enrolment);
    writeU32(record, 4, this.#announced);
    writeU16(record, 8, this.#starts);
    record[10] = this.#cause;
    writeU32(record, 12, this.#refusals);
    this.#keyValue.write(KEY, record);
  }
}
