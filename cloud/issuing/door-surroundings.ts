import { readU16 } from "../../protocol/bytes";
import type { Manifest } from "../../protocol/manifest";

/** What a manifest says of a door's place and time: only a new base can change it. */
export interface DoorSurroundings {
  /** As of protocol/utc-offsets.ts, for two years. */
  utcOffsets: Uint8Array;
  /** As of protocol/schedule.ts. */
  holidays: Uint8Array;
}

const DAY_SECONDS = 86_400;
/** How much of a table of UTC offsets must be left, or the door gets a new one with its next list. */
const RESERVE_SECONDS = 366 * DAY_SECONDS;

/** Whether a manifest that a door has needs no replacement on account of its surroundings. @param now Unix seconds. */
export function manifestServes(manifest: Manifest, wanted: DoorSurroundings, now: number): boolean {
  return holidaysFrom(manifest.holidays, now) === holidaysFrom(wanted.holidays, now) && offsetsAgree(manifest.utcOffsets, wanted.utcOffsets, now);
}

/** Whether two tables of UTC offsets say the same for the next year. */
export function offsetsAgree(table: Uint8Array, fresh: Uint8Array, now: number): boolean {
  const from = now - DAY_SECONDS;
  const to = now + RESERVE_SECONDS;
  return changesWithin(table, from, to) === changesWithin(fresh, from, to);
}

/** The day before today anywhere on Earth, since 1970-01-01: a night's window may have begun then. */
export function yesterday(now: number): number {
  return Math.floor(now / DAY_SECONDS) - 2;
}

function holidaysFrom(holidays: Uint8Array, now: number): string {
  const days: number[] = [];
  for (let at = 0; at < holidays.length; at += 2) {
    const day = readU16(holidays, at);
    if (day >= yesterday(now)) days.push(day);
  }
  return days.join();
}

/** Entries as text: the offset that holds at `from`, then those of the changes until `to`. */
function changesWithin(table: Uint8Array, from: number, to: number): string {
  const view = new DataView(table.buffer, table.byteOffset, table.byteLength);
  let first = "";
  const later: string[] = [];
  for (let at = 0; at < table.length; at += 5) {
    const since = view.getUint32(at);
    const offset = view.getInt8(at + 4);
    if (since <= from) first = String(offset);
    else if (since < to) later.push(`${since}:${offset}`);
  }
  return [first, ...later].join(" ");
}
