import { ROLLOUT_SILENT_SECONDS, ROLLOUT_UNPROVED_SECONDS } from "../limits";
import type { RolloutDoorRow, RolloutReason } from "../store/rows/firmware-rows";
import type { RolloutCourse, RolloutDoor } from "./rollout-course";

/**
 * What is wrong with a door that has been given an image, if anything. What a door tells without proof may end a
 * roll-out too, though it never counts for it: whoever can forge it can keep images away from doors in any case.
 */
export function faultOf(course: RolloutCourse, door: RolloutDoor, row: RolloutDoorRow, now: number): RolloutReason | undefined {
  switch (row.state) {
    case "offered":
      return toldOfFailure(course, door) ? "fell-back" : undefined;
    case "fetched":
      if (toldOfFailure(course, door)) return "fell-back";
      if (isSilent(course, door, row.fetched_at!, now)) return "silent";
      return now - row.fetched_at! >= ROLLOUT_UNPROVED_SECONDS ? "unproved" : undefined;
    case "updated":
      if (now >= row.settled_at! + course.settleSeconds) return undefined;
      if (door.alarmed) return "alarm";
      return isSilent(course, door, row.settled_at!, now) ? "silent" : undefined;
    default:
      return undefined;
  }
}

function toldOfFailure({ version }: RolloutCourse, { failedVersion }: RolloutDoor): boolean {
  return failedVersion === version;
}

function isSilent({ watchedSince }: RolloutCourse, { connected, heardAt }: RolloutDoor, since: number, now: number): boolean {
  return !connected && now - Math.max(since, heardAt, watchedSince) >= ROLLOUT_SILENT_SECONDS;
}
