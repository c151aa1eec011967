import type { RolloutDoorRow } from "../store/rows/firmware-rows";

/** How many doors have an image by the end of a stage: so many, or so many of a hundred. */
export type StageSize = { doors: number } | { percent: number };

/** A roll-out as far as its course depends on it. */
export interface RolloutCourse {
  id: string;
  /** Of the image. */
  version: number;
  stages: readonly StageSize[];
  stage: number;
  settleSeconds: number;
  toleratedPercent: number;
  /** Since then somebody has been looking: silence before is nobody's fault. */
  watchedSince: number;
}

/** A door that the image may be for. */
export interface RolloutDoor {
  id: string;
  property: string;
  /** In its own words, without proof, as the next two. */
  version: number;
  failedVersion: number;
  /** It has told that the image is for its kind of board. */
  knowsTarget: boolean;
  connected: boolean;
  /** Unix seconds; of its newest receipt. */
  heardAt: number;
  /** It was heard over the network lately. */
  reachable: boolean;
  /** It may start anew at this hour. */
  quiet: boolean;
  /** It has raised an alarm about its memory since it has the image. */
  alarmed: boolean;
  row: RolloutDoorRow | undefined;
}
