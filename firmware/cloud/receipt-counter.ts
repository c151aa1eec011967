import { readU32, writeU32 } from "../../protocol/bytes";
import type { KeyValue } from "../device";
import { RECEIPT_COUNTER_STEP } from "../limits";

/**
 * Numbers for receipts that never repeat, across power cuts too: a ceiling is kept ahead of use, so that not
 * every receipt costs a write. Kept under `receipts`: enrolment (u32) ‖ ceiling (u32).
 */
export class ReceiptCounter {
  readonly #keyValue: KeyValue;
  readonly #enrolment: number;
  #next: number;
  #ceiling: number;

  constructor(keyValue: KeyValue, enrolment: number) {
    this.#keyValue = keyValue;
    this.#enrolment = enrolment;
    const kept = keyValue.read(KEY);
    const record = kept !== undefined && kept.byteLength === 8 ? new Uint8Array(kept) : undefined;
    this.#next = this.#ceiling = record !== undefined && readU32(record, 0) === enrolment ? readU32(record, 4) : 1;
  }

  next(): number {
    if (this.#next >= this.#ceiling) {
      this.#ceiling = this.#next + RECEIPT_COUNTER_STEP;
      const record = new Uint8Array(8);
      writeU32(record, 0, this.#enrolment);
      writeU32(record, 4, this.#ceiling);
      this.#keyValue.write(KEY, record);
    }
    return this.#next++;
  }
}

const KEY = "receipts";
