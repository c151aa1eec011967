import { equalBytes } from "../../protocol/bytes";
import type { Hashes } from "../../protocol/hashes";
import { committedVersion, encodeCommit, type CommitLog } from "./commit-log";
import type { ListDelta } from "./delta-sectors";
import type { ListHead } from "./list-head";
import type { ListSlot } from "./list-slot";
import { compareVersions, type ListVersion } from "./list-version";

/** `hash8` of a delta that there is none of. */
export const NO_DELTA = new Uint8Array(8);

/** A snapshot in a slot, with or without a delta, that one commit made the door's list. */
export interface CommittedList extends ListVersion {
  slot: ListSlot;
  head: ListHead;
  delta: ListDelta | undefined;
  /** The commit, as in the log and in the key-value store. */
  record: Uint8Array;
  /** Where in the log it stands, if it does. */
  sector: number | undefined;
}

/**
 * The list that a booting door may decide by: the newest of those that are whole in flash and were committed.
 * @param kept the commit that the key-value store names, if it names one.
 * @returns undefined where the newest is older than that, or where what it names cannot be found: never something
 * that was replaced.
 */
export function findCommittedList(hashes: Hashes, slots: readonly ListSlot[], deltas: readonly (ListDelta | undefined)[], log: CommitLog, kept: Uint8Array | undefined): CommittedList | undefined {
  const whole = wholeLists(hashes, slots, deltas);
  log.find(whole.map(({ record }) => record)).forEach((sector, index) => (whole[index].sector = sector));
  const isKept = whole.map(({ record }) => kept !== undefined && equalBytes(record, kept));
  let newest: CommittedList | undefined;
  whole.forEach((list, index) => {
    if ((list.sector !== undefined || isKept[index]) && (newest === undefined || compareCommits(list, newest) > 0)) newest = list;
  });
  if (newest === undefined || kept === undefined) return newest;
  const order = compareVersions(newest, committedVersion(kept));
  return order > 0 || (order === 0 && isKept.includes(true)) ? newest : undefined;
}

/** Every way in which what lies in flash can be put together. */
function wholeLists(hashes: Hashes, slots: readonly ListSlot[], deltas: readonly (ListDelta | undefined)[]): CommittedList[] {
  const lists: CommittedList[] = [];
  for (const slot of slots) {
    const head = slot.readHead();
    if (head === undefined) continue;
    const { epoch, version } = head.manifest;
    lists.push({ epoch, version, slot, head, delta: undefined, record: encodeCommit(hashes, head.manifest, head.hash, NO_DELTA), sector: undefined });
    for (const delta of deltas) {
      if (delta === undefined || !standsOn(delta, head)) continue;
      lists.push({ epoch, version: delta.delta.version, slot, head, delta, record: encodeCommit(hashes, delta.delta, head.hash, delta.hash), sector: undefined });
    }
  }
  return lists;
}

/** Whether a delta was made for this snapshot and no other. */
export function standsOn({ delta }: Pick<ListDelta, "delta">, { manifest, hash }: Pick<ListHead, "manifest" | "hash">): boolean {
  return delta.epoch === manifest.epoch && delta.base === manifest.version && equalBytes(delta.manifestHash, hash);
}

/** One version can stand on two bases while a new one is taken up, and a delta can be of its base's version: the later commit is the greater here. */
function compareCommits(a: CommittedList, b: CommittedList): number {
  return compareVersions(a, b) || a.head.manifest.version - b.head.manifest.version || Number(a.delta !== undefined) - Number(b.delta !== undefined);
}
