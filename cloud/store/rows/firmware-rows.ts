/** Firmware images and their roll-outs. */

export interface ImageKeyRow {
  public_key: string;
  created_at: number;
  created_by: string;
}

export interface FirmwareImageRow {
  id: string;
  target: string;
  version: number;
  minimum_version: number;
  size: number;
  descriptor: Uint8Array;
  created_at: number;
  created_by: string;
  removed_at: number | null;
}

export interface DoorFirmwareRow {
  door_id: string;
  target: string;
  version: number;
  on_trial: 0 | 1;
  failed_version: number;
  told_at: number | null;
  proven_version: number | null;
  proven_at: number | null;
  fell_back_at: number | null;
}

export const ROLLOUT_STATES = ["running", "halted", "ended"] as const;

export interface RolloutRow {
  id: string;
  image_id: string;
  target: string;
  state: (typeof ROLLOUT_STATES)[number];
  stages: string;
  stage: number;
  stage_at: number;
  settle_seconds: number;
  tolerated_percent: number;
  any_hour: 0 | 1;
  properties: string | null;
  looked_at: number;
  watched_since: number;
  because: string | null;
  created_at: number;
  created_by: string;
  ended_at: number | null;
}

export const ROLLOUT_DOOR_STATES = ["offered", "fetched", "updated", "failed", "left"] as const;
export type RolloutDoorState = (typeof ROLLOUT_DOOR_STATES)[number];

/** Why a door failed, or was left; of these the first five count as the image's fault. */
export const ROLLOUT_REASONS = ["fell-back", "silent", "unproved", "restarts", "alarm", "not-taken", "retry"] as const;
export type RolloutReason = (typeof ROLLOUT_REASONS)[number];

export interface RolloutDoorRow {
  rollout_id: string;
  door_id: string;
  stage: number;
  state: RolloutDoorState;
  reason: RolloutReason | null;
  from_version: number;
  chosen_at: number;
  offered_at: number;
  fetched_at: number | null;
  fetches: number;
  settled_at: number | null;
  restarts: number;
  excused: 0 | 1;
}

export interface UpdateHoursRow {
  property_id: string;
  start_minute: number;
  end_minute: number;
}
