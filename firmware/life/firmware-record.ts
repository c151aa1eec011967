import { readU32, writeU32 } from "../../protocol/bytes";
import type { KeyValue } from "../device";

/** What a door remembers of images. Kept under `firmware`, 12 bytes: format 1 ‖ 0 0 0 ‖ minimum ‖ failed (u32 each). */
export interface FirmwareRecord {
  /** Largest minimum version of all images that were ever taken: anti-rollback. */
  minimum: number;
  /** The version that failed its trial last; 0 = none. */
  failed: number;
}

const KEY = "firmware";
const FORMAT = 1;
const RECORD_BYTES = 12;

export function loadFirmwareRecord(keyValue: KeyValue): FirmwareRecord {
  const kept = keyValue.read(KEY);
  if (kept === undefined || kept.byteLength !== RECORD_BYTES) return { minimum: 0, failed: 0 };
  const record = new Uint8Array(kept);
  return { minimum: readU32(record, 4), failed: readU32(record, 8) };
}

export function keepFirmwareRecord(keyValue: KeyValue, { minimum, failed }: FirmwareRecord): void {
  const record = new Uint8Array(RECORD_BYTES);
  record[0] = FORMAT;
  writeU32(record, 4, minimum);
  writeU32(record, 8, failed);
  keyValue.write(KEY, record);
}
