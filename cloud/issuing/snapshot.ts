import { compareBytes } from "../../protocol/bytes";
import { decodeProfile, type Profile } from "../../protocol/profile";
import { PROFILE_BYTES, ROW_BYTES, SCHEDULE_RULE_BYTES } from "../../protocol/limits";
import { decodeScheduleRule, type ScheduleRule } from "../../protocol/schedule";
import type { ProfileContent } from "../access/door-row";
import type { Window } from "../access/window";
import { countRows, profileOf, sortWithinTags, withPlaces, type ListRows } from "./list-rows";
import { SchedulePool } from "./schedule-pool";

/**
 * The whole list as one snapshot: profiles and schedules pooled, those with most rows first.
 * @param hours the door's own (N16), which lie among the rules as well.
 */
export function snapshotOf(rows: ListRows, hours: readonly Window[] = []): Snapshot & { hoursRule: number } {
  const holders = new Uint32Array(rows.contents.length);
  for (let row = 0; row < countRows(rows.bytes); row++) holders[profileOf(rows.bytes, row)] += 1;
  const used = rows.keys.map((key, place) => ({ key, place })).filter(({ place }) => holders[place] > 0);
  used.sort((a, b) => holders[b.place] - holders[a.place] || (a.key < b.key ? -1 : 1));
  const schedules = new SchedulePool();
  const profiles = used.map(({ place }) => toProfile(rows.contents[place], schedules));
  const indexes = new Uint16Array(rows.contents.length);
  used.forEach(({ place }, index) => (indexes[place] = index));
  const bytes = withPlaces(rows.bytes, indexes);
  sortWithinTags(bytes, compareBytes);
  return { rows: bytes, profiles, hoursRule: schedules.indexOf(hours), rules: schedules.rules };
}

/** A profile in the bytes' terms; a schedule that is new joins the pool. */
export function toProfile(content: ProfileContent, schedules: SchedulePool): Profile {
  const { notBefore, notAfter, holderClass, outputs, maxUses } = content;
  return { notBefore, notAfter, schedule: schedules.indexOf(content.windows), holderClass, outputs, maxUses };
}

export function toContent(profile: Profile, schedules: SchedulePool): ProfileContent {
  const { notBefore, notAfter, holderClass, outputs, maxUses } = profile;
  return { notBefore, notAfter, windows: schedules.windowsAt(profile.schedule), holderClass, outputs, maxUses };
}

/** What the body of a base holds. */
export interface Snapshot {
  /** 8 bytes each, in order. */
  rows: Uint8Array;
  profiles: Profile[];
  rules: ScheduleRule[];
}

/** A snapshot that this cloud made, read back. @throws Error where the body is not what the counts say: it was checked when it was made, so it is damaged. */
export function readSnapshot(body: Uint8Array, counts: { rows: number; profiles: number; rules: number }): Snapshot {
  const profilesAt = counts.rows * ROW_BYTES;
  const rulesAt = profilesAt + counts.profiles * PROFILE_BYTES;
  if (body.length !== rulesAt + counts.rules * SCHEDULE_RULE_BYTES) throw new Error("stored snapshot has the wrong size");
  const profiles = Array.from({ length: counts.profiles }, (_, i) => sound(decodeProfile(body, profilesAt + i * PROFILE_BYTES)));
  const rules = Array.from({ length: counts.rules }, (_, i) => sound(decodeScheduleRule(body, rulesAt + i * SCHEDULE_RULE_BYTES)));
  return { rows: body.subarray(0, profilesAt), profiles, rules };
}

/** @throws Error for what could not be decoded: it was checked when it was made. */
export function sound<T>(value: T | undefined): T {
  if (value === undefined) throw new Error("stored snapshot is damaged");
  return value;
}
