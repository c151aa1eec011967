import type { RolloutRow } from "../store/rows/firmware-rows";
import type { Unit } from "../store/store";
import { readDoors } from "./advance-rollouts";
import type { RolloutDoor } from "./rollout-course";

/** Where the doors of a roll-out stand, each counted once. */
export interface RolloutProgress {
  /** They have shown by their logs that they run the image. */
  updated: number;
  offered: number;
  fetched: number;
  failed: number;
  /** They say that they run it, or a newer one, and did not get it from this roll-out. */
  already: number;
  /** They were heard lately, and have not got it yet. */
  waiting: number;
  /** They have fallen back from this image before: they do not take it. */
  refusing: number;
  /** Not heard over the network for a week: phones carry no images. */
  unreachable: number;
  /** Of those that wait: they do not tell which kind of board they are, and learn it from the image. */
  untold: number;
}

export async function readProgress(unit: Unit, rollout: RolloutRow, version: number, connected: (door: string) => boolean, now: number): Promise<RolloutProgress> {
  const progress: RolloutProgress = { updated: 0, offered: 0, fetched: 0, failed: 0, already: 0, waiting: 0, refusing: 0, unreachable: 0, untold: 0 };
  for (const door of await readDoors(unit, rollout, connected, now)) {
    const place = placeOf(door, version);
    progress[place] += 1;
    if (place === "waiting" && !door.knowsTarget) progress.untold += 1;
  }
  return progress;
}

function placeOf({ row, version: runs, failedVersion, reachable }: RolloutDoor, version: number): Exclude<keyof RolloutProgress, "untold"> {
  if (row !== undefined && row.state !== "left") return row.state;
  if (runs >= version) return "already";
  if (failedVersion === version) return "refusing";
  return reachable ? "waiting" : "unreachable";
}
