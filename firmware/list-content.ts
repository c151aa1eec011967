import type { BodyReader } from "../protocol/access-list";
import { PROFILE_BYTES, ROW_BYTES, SCHEDULE_RULE_BYTES } from "../protocol/limits";
import type { Manifest } from "../protocol/manifest";
import { decodeProfile } from "../protocol/profile";
import { isRow } from "../protocol/row";
import { decodeScheduleRule } from "../protocol/schedule";
import type { Sliced } from "./work-queue";

/** Entries looked at in one slice: some 10,000 units of XS `compute`. */
const ENTRIES_PER_SLICE = 64;

/**
 * Whether a body whose pages are there holds what its manifest says: strictly ascending rows of known kinds and
 * existing profiles, sound profiles and rules. Looked at once, before the list may become active; afterwards
 * everybody who reads it relies on that.
 */
export function* isSoundContent(manifest: Manifest, body: BodyReader): Sliced<boolean> {
  const { rows, profiles, rules } = manifest;
  for (let row = 0; row < rows; row += ENTRIES_PER_SLICE) {
    // From the second slice on, the last row of the one before comes along to be compared with.
    const first = Math.max(row - 1, 0);
    const bytes = body.read(first * ROW_BYTES, (Math.min(row + ENTRIES_PER_SLICE, rows) - first) * ROW_BYTES);
    for (let at = 0; at < bytes.length; at += ROW_BYTES) {
      if (!isRow(bytes, at, profiles) || (at > 0 && !ascends(bytes, at))) return false;
    }
    yield;
  }
  const profilesStart = rows * ROW_BYTES;
  for (let profile = 0; profile < profiles; profile += ENTRIES_PER_SLICE) {
    const count = Math.min(ENTRIES_PER_SLICE, profiles - profile);
    const bytes = body.read(profilesStart + profile * PROFILE_BYTES, count * PROFILE_BYTES);
    for (let i = 0; i < count; i++) if (decodeProfile(bytes, i * PROFILE_BYTES) === undefined) return false;
    yield;
  }
  const rulesStart = profilesStart + profiles * PROFILE_BYTES;
  for (let rule = 0; rule < rules; rule += ENTRIES_PER_SLICE) {
    const count = Math.min(ENTRIES_PER_SLICE, rules - rule);
    const bytes = body.read(rulesStart + rule * SCHEDULE_RULE_BYTES, count * SCHEDULE_RULE_BYTES);
    for (let i = 0; i < count; i++) if (decodeScheduleRule(bytes, i * SCHEDULE_RULE_BYTES) === undefined) return false;
    yield;
  }
  return true;
}

/** Whether the row at `at` is greater than the one before it. */
function ascends(rows: Uint8Array, at: number): boolean {
  for (let i = 0; i < ROW_BYTES; i++) {
    const difference = rows[at + i] - rows[at - ROW_BYTES + i];
    if (difference !== 0) return difference > 0;
  }
  return false;
}
