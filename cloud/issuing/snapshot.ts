import { decodeProfile, type Profile } from "../../protocol/profile";
import { PROFILE_BYTES, ROW_BYTES, SCHEDULE_RULE_BYTES } from "../../protocol/limits";
import { decodeScheduleRule, type ScheduleRule } from "../../protocol/schedule";
import type { ListContent } from "../../protocol/access-list";
import { toRow, type DoorRow, type ProfileContent } from "../access/door-row";
import type { Window } from "../access/window";
import { SchedulePool } from "./schedule-pool";

/**
 * The whole list as one snapshot: profiles and schedules pooled, those with most rows first.
 * @param hours the door's own (N16), which lie among the rules as well.
 */
export function snapshotOf(rows: readonly DoorRow[], hours: readonly Window[] = []): ListContent & { hoursRule: number } {
  const pool = new Map<string, { content: ProfileContent; rows: number }>();
  for (const row of rows) {
    const entry = pool.get(row.key);
    if (entry === undefined) pool.set(row.key, { content: row.profile, rows: 1 });
    else entry.rows += 1;
  }
  const sorted = [...pool.entries()].sort(([a, x], [b, y]) => y.rows - x.rows || (a < b ? -1 : 1));
  const schedules = new SchedulePool();
  const profiles = sorted.map(([, { content }]) => toProfile(content, schedules));
  const indexes = new Map(sorted.map(([key], index) => [key, index]));
  return {
    rows: rows.map((row) => toRow(row, indexes.get(row.key)!)),
    profiles,
    hoursRule: schedules.indexOf(hours),
    rules: schedules.rules,
  };
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

/** A snapshot that this cloud made, read back from its body. */
export interface Snapshot {
  /** 8 bytes each, in order. */
  rows: Uint8Array[];
  profiles: Profile[];
  rules: ScheduleRule[];
}

/** @throws Error where the body is not what the counts say: it was checked when it was made, so it is damaged. */
export function readSnapshot(body: Uint8Array, counts: { rows: number; profiles: number; rules: number }): Snapshot {
  const profilesAt = counts.rows * ROW_BYTES;
  const rulesAt = profilesAt + counts.profiles * PROFILE_BYTES;
  if (body.length !== rulesAt + counts.rules * SCHEDULE_RULE_BYTES) throw new Error("stored snapshot has the wrong size");
  const rows = Array.from({ length: counts.rows }, (_, i) => body.subarray(i * ROW_BYTES, (i + 1) * ROW_BYTES));
  const profiles = Array.from({ length: counts.profiles }, (_, i) => sound(decodeProfile(body, profilesAt + i * PROFILE_BYTES)));
  const rules = Array.from({ length: counts.rules }, (_, i) => sound(decodeScheduleRule(body, rulesAt + i * SCHEDULE_RULE_BYTES)));
  return { rows, profiles, rules };
}

function sound<T>(value: T | undefined): T {
  if (value === undefined) throw new Error("stored snapshot is damaged");
  return value;
}
