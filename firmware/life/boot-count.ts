import { readU32, writeU32 } from "../../protocol/bytes";
import type { KeyValue } from "../device";

/** Kept under `boots`: how often this board has started, u32. */
const KEY = "boots";

/** Counts this start. @returns the count. */
export function countBoot(keyValue: KeyValue): number {
  const kept = keyValue.read(KEY);
  const boots = ((kept !== undefined && kept.byteLength === 4 ? readU32(new Uint8Array(kept), 0) : 0) + 1) >>> 0;
  const record = new Uint8Array(4);
  writeU32(record, 0, boots);
  keyValue.write(KEY, record);
  return boots;
}
