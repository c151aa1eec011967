import { concat, compareBytes, readU16 } from "../../protocol/bytes";
import { encodePoolEntry } from "../../protocol/delta";
import { PROFILES_MAX, SCHEDULE_RULES_MAX, TAG_BYTES, TOMBSTONES_MAX } from "../../protocol/limits";
import { encodeProfile } from "../../protocol/profile";
import { encodeScheduleRule } from "../../protocol/schedule";
import { encodeDoorRow, profileKey, rowIdentity, type DoorRow, type ProfileContent } from "../access/door-row";
import { SchedulePool } from "./schedule-pool";
import { identityOfBytes, toContent, toProfile, type Snapshot } from "./snapshot";

/** What a delta says about a list: everything in which it differs from its base. */
export interface ListChange {
  tombstones: Uint16Array;
  added: Uint8Array;
  profiles: Uint8Array;
  rules: Uint8Array;
}

/**
 * The change that makes `target` out of `base`. A profile whose holders all moved to new terms is replaced in
 * place, so that editing it does not rewrite its holders.
 * @returns undefined where no delta can say it: start a new base.
 */
export function changeFrom(base: Snapshot, target: readonly DoorRow[]): ListChange | undefined {
  const schedules = new SchedulePool(base.rules);
  const contents = base.profiles.map((profile) => toContent(profile, schedules));
  const keys = contents.map(profileKey);
  const wanted = new WantedRows(target);
  const replaced = replaceProfiles(base, contents, keys, wanted);

  const tombstones: number[] = [];
  base.rows.forEach((row, number) => {
    if (wanted.take(identityOfBytes(row), keys[readU16(row, TAG_BYTES)]) === undefined) tombstones.push(number);
  });

  const indexes = new Map<string, number>();
  keys.forEach((key, index) => indexes.has(key) || indexes.set(key, index));
  const entries = [...replaced].map((index) => ({ index, content: contents[index] }));
  const added = wanted.left().map(({ row, key }) => {
    let index = indexes.get(key);
    if (index === undefined) {
      index = contents.push(row.profile) - 1;
      indexes.set(key, index);
      entries.push({ index, content: row.profile });
    }
    return encodeDoorRow(row, index);
  });
  if (tombstones.length > TOMBSTONES_MAX || contents.length > PROFILES_MAX) return undefined;

  entries.sort((a, b) => a.index - b.index);
  const profiles = entries.map(({ index, content }) => encodePoolEntry(index, encodeProfile(toProfile(content, schedules))));
  if (schedules.rules.length > SCHEDULE_RULES_MAX) return undefined;
  return {
    tombstones: Uint16Array.from(tombstones),
    added: concat(...added.sort(compareBytes)),
    profiles: concat(...profiles),
    rules: concat(...schedules.added().map(([index, rule]) => encodePoolEntry(index, encodeScheduleRule(rule)))),
  };
}

export function isEmptyChange(change: ListChange): boolean {
  return change.tombstones.length === 0 && change.added.length === 0 && change.profiles.length === 0 && change.rules.length === 0;
}

/**
 * Gives base profiles the terms that most of their remaining holders now have, where these are more than those
 * that kept the old ones. Writes to `contents` and `keys`.
 * @returns the indexes that changed.
 */
function replaceProfiles(base: Snapshot, contents: ProfileContent[], keys: string[], wanted: WantedRows): Set<number> {
  const votes = contents.map(() => new Map<string, { content: ProfileContent; count: number }>());
  for (const row of base.rows) {
    const profile = readU16(row, TAG_BYTES);
    const { content, key } = wanted.termsOf(identityOfBytes(row), keys[profile]) ?? {};
    if (content === undefined || key === undefined) continue;
    const vote = votes[profile].get(key);
    if (vote === undefined) votes[profile].set(key, { content, count: 1 });
    else vote.count += 1;
  }
  const replaced = new Set<number>();
  votes.forEach((candidates, profile) => {
    let most = candidates.get(keys[profile])?.count ?? 0;
    for (const [key, { content, count }] of candidates) {
      if (count <= most) continue;
      most = count;
      contents[profile] = content;
      keys[profile] = key;
      replaced.add(profile);
    }
  });
  return replaced;
}

/** The target's rows, found by what they are apart from their terms, then by their terms. */
class WantedRows {
  readonly #rows = new Map<string, Map<string, DoorRow>>();

  constructor(target: readonly DoorRow[]) {
    for (const row of target) {
      const identity = rowIdentity(row);
      const alternatives = this.#rows.get(identity) ?? new Map<string, DoorRow>();
      this.#rows.set(identity, alternatives.set(profileKey(row.profile), row));
    }
  }

  /** The terms that a base row has now: the old ones if they are among its alternatives. */
  termsOf(identity: string, oldKey: string): { content: ProfileContent; key: string } | undefined {
    const alternatives = this.#rows.get(identity);
    if (alternatives === undefined) return undefined;
    const kept = alternatives.get(oldKey);
    if (kept !== undefined) return { content: kept.profile, key: oldKey };
    const [first] = alternatives;
    return first && { content: first[1].profile, key: first[0] };
  }

  take(identity: string, key: string): DoorRow | undefined {
    const alternatives = this.#rows.get(identity);
    const row = alternatives?.get(key);
    if (row !== undefined) alternatives!.delete(key);
    return row;
  }

  left(): { row: DoorRow; key: string }[] {
    return [...this.#rows.values()].flatMap((alternatives) => [...alternatives].map(([key, row]) => ({ row, key })));
  }
}
