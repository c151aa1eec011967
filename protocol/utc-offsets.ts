import { readU32, writeU32 } from "./bytes";
import { UTC_OFFSETS_MAX } from "./limits";

/**
 * A door's UTC-offset changes (X5): entries of 5 bytes, since (u32 Unix seconds) ‖ offset (i8 quarter-hours),
 * ascending, the first since 0. A door needs no time-zone rules, only the changes of the next two years.
 */
const ENTRY_BYTES = 5;
const DAY_SECONDS = 86_400;
const QUARTER_HOUR_SECONDS = 900;
const THURSDAY = 3; // 1970-01-01, counted from Monday = 0

/** A wall clock's reading. */
export interface LocalTime {
  /** Days since 1970-01-01 in local reckoning. */
  day: number;
  /** Minutes since local midnight, 0–1439. */
  minute: number;
  /** 0 = Monday … 6 = Sunday. */
  weekday: number;
}

export function encodeUtcOffsets(changes: readonly { since: number; offsetSeconds: number }[]): Uint8Array {
  const bytes = new Uint8Array(changes.length * ENTRY_BYTES);
  changes.forEach(({ since, offsetSeconds }, index) => {
    writeU32(bytes, index * ENTRY_BYTES, since);
    bytes[index * ENTRY_BYTES + 4] = Math.round(offsetSeconds / QUARTER_HOUR_SECONDS);
  });
  if (!isUtcOffsets(bytes)) throw new Error("not a table of UTC offsets");
  return bytes;
}

export function isUtcOffsets(table: Uint8Array): boolean {
  const count = table.length / ENTRY_BYTES;
  if (!Number.isInteger(count) || count < 1 || count > UTC_OFFSETS_MAX || readU32(table, 0) !== 0) return false;
  for (let i = 1; i < count; i++) {
    if (readU32(table, i * ENTRY_BYTES) <= readU32(table, (i - 1) * ENTRY_BYTES)) return false;
  }
  return true;
}

/** @param unixSeconds integer seconds since 1970 UTC. */
export function localTime(table: Uint8Array, unixSeconds: number): LocalTime {
  const entries = new DataView(table.buffer, table.byteOffset, table.length);
  let at = table.length - ENTRY_BYTES;
  while (at > 0 && entries.getUint32(at) > unixSeconds) at -= ENTRY_BYTES;
  const local = unixSeconds + entries.getInt8(at + 4) * QUARTER_HOUR_SECONDS;
  const day = Math.floor(local / DAY_SECONDS);
  return {
    day,
    minute: Math.floor((local - day * DAY_SECONDS) / 60),
    weekday: (((day + THURSDAY) % 7) + 7) % 7,
  };
}
