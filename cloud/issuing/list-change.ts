import { compareBytes, join, readU16 } from "../../protocol/bytes";
import { encodePoolEntry } from "../../protocol/delta";
import { PROFILES_MAX, SCHEDULE_RULES_MAX, TAG_BYTES, TOMBSTONES_MAX } from "../../protocol/limits";
import { encodeProfile } from "../../protocol/profile";
import { encodeScheduleRule } from "../../protocol/schedule";
import { encodeDoorRow, profileKey, rowIdentity, type DoorRow, type ProfileContent } from "../access/door-row";
import type { Window } from "../access/window";
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
export function changeFrom(base: Snapshot, target: readonly DoorRow[], hours: readonly Window[] = []): ListChange | undefined {
  const schedules = new SchedulePool(base.rules);
  const contents = base.profiles.map((profile) => toContent(profile, schedules));
  const keys = contents.map(profileKey);
  const identities = base.rows.map((row) => rowIdentity(row, row[FLAGS]));
  let match = matchRows(base, identities, keys, target);
  const replaced = replaceProfiles(base, identities, contents, keys, match);
  if (replaced.size > 0) match = matchRows(base, identities, keys, target);

  const indexes = new Map<string, number>();
  keys.forEach((key, index) => indexes.has(key) || indexes.set(key, index));
  const entries = [...replaced].map((index) => ({ index, content: contents[index] }));
  const added = match.missing.map((row) => {
    let index = indexes.get(row.key);
    if (index === undefined) {
      index = contents.push(row.profile) - 1;
      indexes.set(row.key, index);
      entries.push({ index, content: row.profile });
    }
    return encodeDoorRow(row, index);
  });
  if (match.gone.length > TOMBSTONES_MAX || contents.length > PROFILES_MAX) return undefined;

  entries.sort((a, b) => a.index - b.index);
  const profiles = entries.map(({ index, content }) => encodePoolEntry(index, encodeProfile(toProfile(content, schedules))));
  const hoursRule = schedules.indexOf(hours);
  if (schedules.rules.length > SCHEDULE_RULES_MAX) return undefined;
  return {
    tombstones: Uint16Array.from(match.gone),
    added: join(added.sort(compareBytes)),
    profiles: join(profiles),
    rules: join(schedules.added().map(([index, rule]) => encodePoolEntry(index, encodeScheduleRule(rule)))),
    hoursRule,
  };
}

const FLAGS = 7; // byte of a row

interface RowMatch {
  /** Numbers of base rows that no row of the target is, ascending. */
  gone: number[];
  /** Rows of the target that no base row is. */
  missing: DoorRow[];
  /** How many base rows of each profile stay. */
  staying: Uint32Array;
}

/** @param keys of the terms that each base profile stands for. */
function matchRows(base: Snapshot, identities: readonly string[], keys: readonly string[], target: readonly DoorRow[]): RowMatch {
  const wanted = new Map<string, DoorRow>();
  for (const row of target) wanted.set(row.identity + row.key, row);
  const match: RowMatch = { gone: [], missing: [], staying: new Uint32Array(base.profiles.length) };
  base.rows.forEach((row, number) => {
    const profile = readU16(row, TAG_BYTES);
    if (wanted.delete(identities[number] + keys[profile])) match.staying[profile] += 1;
    else match.gone.push(number);
  });
  wanted.forEach((row) => match.missing.push(row));
  return match;
}

/**
 * Gives base profiles the terms that most of their holders moved to, where these are more than those that stay.
 * Writes to `contents` and `keys`.
 * @returns the indexes that changed.
 */
function replaceProfiles(base: Snapshot, identities: readonly string[], contents: ProfileContent[], keys: string[], { gone, missing, staying }: RowMatch): Set<number> {
  const moved = new Map(missing.map((row) => [row.identity, row]));
  const votes = new Map<number, Map<string, { content: ProfileContent; count: number }>>();
  for (const number of gone) {
    const row = moved.get(identities[number]);
    if (row === undefined) continue;
    const profile = readU16(base.rows[number], TAG_BYTES);
    const candidates = votes.get(profile) ?? new Map<string, { content: ProfileContent; count: number }>();
    const count = (candidates.get(row.key)?.count ?? 0) + 1;
    votes.set(profile, candidates.set(row.key, { content: row.profile, count }));
  }
  const replaced = new Set<number>();
  for (const [profile, candidates] of votes) {
    let most = staying[profile];
    for (const [key, { content, count }] of candidates) {
      if (count <= most) continue;
      most = count;
      contents[profile] = content;
      keys[profile] = key;
      replaced.add(profile);
    }
  }
  return replaced;
}
