import { Temporal } from "temporal-polyfill";
import { UTC_OFFSETS_MAX } from "../../protocol/limits";
import { encodeUtcOffsets } from "../../protocol/utc-offsets";
import { offsetsAgree } from "./door-surroundings";

const HOUR_SECONDS = 3_600;
const DAY_SECONDS = 86_400;
/** How far a door can look ahead. */
const HORIZON_SECONDS = 2 * 366 * DAY_SECONDS;

interface OffsetChange {
  since: number;
  offsetSeconds: number;
}

/** The UTC offset of a zone at `from` and its changes until `to` (Unix seconds). */
function offsetChanges(timeZone: string, from: number, to: number): OffsetChange[] {
  let at = Temporal.Instant.fromEpochMilliseconds(from * 1_000).toZonedDateTimeISO(timeZone);
  const changes = [{ since: 0, offsetSeconds: at.offsetNanoseconds / 1e9 }];
  while (changes.length < UTC_OFFSETS_MAX) {
    const next = at.getTimeZoneTransition("next");
    if (next === null || next.epochMilliseconds >= to * 1_000) break;
    changes.push({ since: next.epochMilliseconds / 1_000, offsetSeconds: next.offsetNanoseconds / 1e9 });
    at = next;
  }
  return changes;
}

/** Tables of the newest hour, by zone: a site's doors share one or two zones, and working one out takes a millisecond. */
const newest = { hour: 0, tables: new Map<string, Uint8Array>() };

/**
 * The table that a door needs to know its wall clock for two years (X5), as of the hour.
 * @param timeZone an IANA zone. @param now Unix seconds.
 */
export function utcOffsetTable(timeZone: string, now: number): Uint8Array {
  const hour = now - (now % HOUR_SECONDS);
  if (newest.hour !== hour) {
    newest.hour = hour;
    newest.tables.clear();
  }
  const known = newest.tables.get(timeZone) ?? encodeUtcOffsets(offsetChanges(timeZone, hour - DAY_SECONDS, hour + HORIZON_SECONDS));
  newest.tables.set(timeZone, known);
  return known;
}

/** Whether a table that a door has still says the same as the zone's rules, for the next year. */
export function tableServes(table: Uint8Array, timeZone: string, now: number): boolean {
  return offsetsAgree(table, utcOffsetTable(timeZone, now), now);
}
