import { join, readU16 } from "../../protocol/bytes";
import { PROFILE_ENTRY_BYTES, RULE_ENTRY_BYTES, type Delta } from "../../protocol/delta";
import { PROFILE_BYTES, ROW_BYTES, SCHEDULE_RULE_BYTES } from "../../protocol/limits";
import { decodeProfile } from "../../protocol/profile";
import { decodeScheduleRule } from "../../protocol/schedule";
import { profileKey } from "../access/door-row";
import { ContentPool, countRows, flagsOf, profileOf, sortWithinTags, tagNumber, withPlaces, type ListRows } from "./list-rows";
import { SchedulePool } from "./schedule-pool";
import { sound, toContent, type Snapshot } from "./snapshot";

/**
 * The rows that a list holds, read back from the bytes that were issued: what a door makes of base and delta.
 * @param delta undefined where the base alone is the list. Both are our own, so they fit each other.
 */
export function issuedRows(base: Snapshot, delta: Delta | undefined): ListRows {
  const schedules = new SchedulePool(withEntries(base.rules, delta?.rules, RULE_ENTRY_BYTES, SCHEDULE_RULE_BYTES, decodeScheduleRule));
  const profiles = withEntries(base.profiles, delta?.profiles, PROFILE_ENTRY_BYTES, PROFILE_BYTES, decodeProfile);
  const pool = new ContentPool();
  const places = profiles.map((profile) => {
    const content = toContent(profile, schedules);
    return pool.placeOf(content, profileKey(content));
  });
  const bytes = withPlaces(delta === undefined ? base.rows : mergeRows(base.rows, delta), places);
  sortWithinTags(bytes, (a, b) => flagsOf(a, 0) - flagsOf(b, 0) || (pool.keys[profileOf(a, 0)] < pool.keys[profileOf(b, 0)] ? -1 : 1));
  return { bytes, contents: pool.contents, keys: pool.keys };
}

/** A pool as a delta leaves it: entries replace those of the base, or follow them. */
function withEntries<T>(base: readonly T[], entries: Uint8Array | undefined, entryBytes: number, valueBytes: number, decode: (bytes: Uint8Array, at: number) => T | undefined): T[] {
  const pool = [...base];
  if (entries === undefined) return pool;
  for (let at = 0; at < entries.length; at += entryBytes) pool[readU16(entries, at)] = sound(decode(entries, at + entryBytes - valueBytes));
  return pool;
}

/** In the order of their tags. */
function mergeRows(rows: Uint8Array, { tombstones, added }: Delta): Uint8Array {
  const parts: Uint8Array[] = [];
  let kept = 0;
  let gone = 0;
  const keepUntil = (end: number): void => {
    for (; gone < tombstones.length && tombstones[gone] < end; gone++) {
      parts.push(rows.subarray(kept * ROW_BYTES, tombstones[gone] * ROW_BYTES));
      kept = tombstones[gone] + 1;
    }
    parts.push(rows.subarray(kept * ROW_BYTES, end * ROW_BYTES));
    kept = Math.max(kept, end);
  };
  let at = 0;
  for (let row = 0; row < countRows(added); row++) {
    const tag = tagNumber(added, row);
    while (at < countRows(rows) && tagNumber(rows, at) < tag) at += 1;
    keepUntil(at);
    parts.push(added.subarray(row * ROW_BYTES, (row + 1) * ROW_BYTES));
  }
  keepUntil(countRows(rows));
  return join(parts);
}
