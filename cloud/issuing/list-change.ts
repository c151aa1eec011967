import { compareBytes, join, writeU16 } from "../../protocol/bytes";
import { encodePoolEntry } from "../../protocol/delta";
import { DELTA_BYTES_MAX, PROFILES_MAX, ROW_BYTES, SCHEDULE_RULES_MAX, TAG_BYTES, TOMBSTONES_MAX } from "../../protocol/limits";
import { encodeProfile } from "../../protocol/profile";
import { encodeScheduleRule } from "../../protocol/schedule";
import { profileKey, type ProfileContent } from "../access/door-row";
import type { Window } from "../access/window";
import { ContentPool, countRows, flagsOf, profileOf, tagNumber, type ListRows } from "./list-rows";
import { SchedulePool } from "./schedule-pool";
import { toContent, toProfile, type Snapshot } from "./snapshot";

/** What a delta says about a list: everything in which it differs from its base. */
export interface ListChange {
  tombstones: Uint16Array;
  added: Uint8Array;
  profiles: Uint8Array;
  rules: Uint8Array;
  /** Where the door's own hours begin among the rules, then; NO_HOURS for none. */
  hoursRule: number;
}

/**
 * The change that makes `target` out of `base`. A profile whose holders all moved to new terms is replaced in
 * place, so that editing it does not rewrite its holders.
 * @param hours the door's own (N16).
 * @returns undefined where no delta can say it: start a new base.
 */
export function changeFrom(base: Snapshot, target: ListRows, hours: readonly Window[] = []): ListChange | undefined {
  const schedules = new SchedulePool(base.rules);
  const contents = base.profiles.map((profile) => toContent(profile, schedules));
  const keys = contents.map(profileKey);
  let match = matchRows(base, keys, target);
  const replaced = replaceProfiles(base, contents, keys, target, match);
  if (replaced.size > 0) match = matchRows(base, keys, target);
  const { gone, missing } = match;
  if (gone.length > TOMBSTONES_MAX || missing.length * ROW_BYTES > DELTA_BYTES_MAX) return undefined;

  const pool = new ContentPool({ contents, keys });
  const added = missing.map((row) => {
    const place = profileOf(target.bytes, row);
    const bytes = target.bytes.slice(row * ROW_BYTES, (row + 1) * ROW_BYTES);
    writeU16(bytes, TAG_BYTES, pool.placeOf(target.contents[place], target.keys[place]));
    return bytes;
  });
  if (pool.contents.length > PROFILES_MAX) return undefined;

  const changed = [...replaced].sort((a, b) => a - b);
  for (let index = contents.length; index < pool.contents.length; index++) changed.push(index);
  const profiles = changed.map((index) => encodePoolEntry(index, encodeProfile(toProfile(pool.contents[index], schedules))));
  const hoursRule = schedules.indexOf(hours);
  if (schedules.rules.length > SCHEDULE_RULES_MAX) return undefined;
  return {
    tombstones: Uint16Array.from(gone),
    added: join(added.sort(compareBytes)),
    profiles: join(profiles),
    rules: join(schedules.added().map(([index, rule]) => encodePoolEntry(index, encodeScheduleRule(rule)))),
    hoursRule,
  };
}

/** By the numbers of the rows, ascending. */
interface RowMatch {
  /** Base rows that no row of the target is. */
  gone: number[];
  /** Rows of the target that no base row is. */
  missing: number[];
  /** How many base rows of each profile stay. */
  staying: Uint32Array;
}

/**
 * Both are in the order of their tags, so one walk finds it all.
 * @param keys of the terms that each base profile stands for.
 */
function matchRows(base: Snapshot, keys: readonly string[], target: ListRows): RowMatch {
  const places = new Map(target.keys.map((key, place) => [key, place]));
  const terms = keys.map((key) => places.get(key));
  const match: RowMatch = { gone: [], missing: [], staying: new Uint32Array(keys.length) };
  const held = new Uint8Array(countRows(target.bytes));
  let first = 0;
  for (let number = 0; number < countRows(base.rows); number++) {
    const tag = tagNumber(base.rows, number);
    const profile = profileOf(base.rows, number);
    while (first < held.length && tagNumber(target.bytes, first) < tag) first += 1;
    let row = first;
    while (row < held.length && tagNumber(target.bytes, row) === tag && !(held[row] === 0 && profileOf(target.bytes, row) === terms[profile] && flagsOf(target.bytes, row) === flagsOf(base.rows, number))) row += 1;
    if (row < held.length && tagNumber(target.bytes, row) === tag) {
      held[row] = 1;
      match.staying[profile] += 1;
    } else match.gone.push(number);
  }
  for (let row = 0; row < held.length; row++) if (held[row] === 0) match.missing.push(row);
  return match;
}

/**
 * Gives base profiles the terms that most of their holders moved to, where these are more than those that stay.
 * Writes to `contents` and `keys`.
 * @returns the indexes that changed.
 */
function replaceProfiles(base: Snapshot, contents: ProfileContent[], keys: string[], target: ListRows, { gone, missing, staying }: RowMatch): Set<number> {
  /** By profile: how many of its holders moved to which place. */
  const votes = new Map<number, Map<number, number>>();
  let first = 0;
  for (const number of gone) {
    const tag = tagNumber(base.rows, number);
    const flags = flagsOf(base.rows, number);
    while (first < missing.length && tagNumber(target.bytes, missing[first]) < tag) first += 1;
    let at = first;
    while (at < missing.length && tagNumber(target.bytes, missing[at]) === tag && flagsOf(target.bytes, missing[at]) !== flags) at += 1;
    if (at === missing.length || tagNumber(target.bytes, missing[at]) !== tag) continue;
    const row = missing[at];
    const profile = profileOf(base.rows, number);
    const place = profileOf(target.bytes, row);
    const candidates = votes.get(profile) ?? new Map<number, number>();
    votes.set(profile, candidates.set(place, (candidates.get(place) ?? 0) + 1));
  }
  const replaced = new Set<number>();
  for (const [profile, candidates] of votes) {
    let most = staying[profile];
    for (const [place, count] of candidates) {
      if (count <= most) continue;
      most = count;
      contents[profile] = target.contents[place];
      keys[profile] = target.keys[place];
      replaced.add(profile);
    }
  }
  return replaced;
}
