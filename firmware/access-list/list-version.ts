/** A list's place in the one order that there is. */
export interface ListVersion {
  epoch: number;
  version: number;
}

/** Negative where `a` is older than `b`, 0 where they are the same, positive where it is newer. */
export function compareVersions(a: ListVersion, b: ListVersion): number {
  return a.epoch - b.epoch || a.version - b.version;
}
