import type { Migration } from "./migration";

/** Firmware images, what doors run, and the roll-outs that change it (SPEC 19). */
export const FIRMWARE_ROLLOUTS: Migration = {
  sqlite: `
  -- Offline keys whose images the site takes. Doors go by the one in the image that they run, whatever is here.
  CREATE TABLE image_keys (
    public_key TEXT PRIMARY KEY,             -- 64 hexadecimal digits
    created_at INTEGER NOT NULL,
    created_by TEXT NOT NULL
  ) STRICT;

  CREATE TABLE firmware_images (
    id TEXT PRIMARY KEY,
    target TEXT NOT NULL,                    -- kind of board
    version INTEGER NOT NULL CHECK (version >= 1),
    minimum_version INTEGER NOT NULL CHECK (minimum_version BETWEEN 0 AND version),
    size INTEGER NOT NULL CHECK (size >= 1),
    descriptor BLOB NOT NULL,                -- as the image key signed it
    created_at INTEGER NOT NULL,
    created_by TEXT NOT NULL,
    removed_at INTEGER,                      -- its parts are gone; what doors run stays known
    UNIQUE (target, version)
  ) STRICT;
  -- The image itself, in parts: one of two megabytes is never in memory as a whole.
  CREATE TABLE firmware_parts (
    image_id TEXT NOT NULL REFERENCES firmware_images (id),
    number INTEGER NOT NULL,
    bytes BLOB NOT NULL,
    PRIMARY KEY (image_id, number)
  ) STRICT;

  -- What doors run. A door that tells nothing of it, as a board without image slots, has no row.
  CREATE TABLE door_firmware (
    door_id TEXT PRIMARY KEY REFERENCES doors (id),
    target TEXT NOT NULL,                    -- '' = it has not told
    version INTEGER NOT NULL,                -- in its own words, without proof, as the next two; 0 = none
    on_trial INTEGER NOT NULL CHECK (on_trial IN (0, 1)),
    failed_version INTEGER NOT NULL,
    told_at INTEGER,
    proven_version INTEGER,                  -- its low 24 bits, by the door's log
    proven_at INTEGER,
    fell_back_at INTEGER                     -- an image has failed its trial, by the door's log
  ) STRICT;

  CREATE TABLE rollouts (
    id TEXT PRIMARY KEY,
    image_id TEXT NOT NULL REFERENCES firmware_images (id),
    target TEXT NOT NULL,                    -- the image's
    state TEXT NOT NULL CHECK (state IN ('running', 'halted', 'ended')),
    stages TEXT NOT NULL,                    -- JSON: how many doors have it by the end of each
    stage INTEGER NOT NULL,                  -- from 0
    stage_at INTEGER NOT NULL,
    settle_seconds INTEGER NOT NULL,         -- for so long the doors of a stage must have run it before the next begins
    tolerated_percent INTEGER NOT NULL CHECK (tolerated_percent BETWEEN 0 AND 100),
    any_hour INTEGER NOT NULL CHECK (any_hour IN (0, 1)),
    properties TEXT,                         -- JSON; NULL: all
    looked_at INTEGER NOT NULL,
    watched_since INTEGER NOT NULL,          -- since then somebody has been looking all the time: silence before is nobody's fault
    because TEXT,                            -- why it was halted or has ended
    created_at INTEGER NOT NULL,
    created_by TEXT NOT NULL,
    ended_at INTEGER,
    CHECK ((state = 'ended') = (ended_at IS NOT NULL))
  ) STRICT;
  CREATE UNIQUE INDEX open_rollouts ON rollouts (target) WHERE ended_at IS NULL;

  CREATE TABLE rollout_doors (
    rollout_id TEXT NOT NULL REFERENCES rollouts (id),
    door_id TEXT NOT NULL REFERENCES doors (id),
    stage INTEGER NOT NULL,                  -- in which it was chosen
    state TEXT NOT NULL CHECK (state IN ('offered', 'fetched', 'updated', 'failed', 'left')),
    reason TEXT,                             -- why it failed, or was left
    from_version INTEGER NOT NULL,           -- in the door's words
    chosen_at INTEGER NOT NULL,
    offered_at INTEGER NOT NULL,             -- the last time
    fetched_at INTEGER,                      -- the last time, all of it
    fetches INTEGER NOT NULL,
    settled_at INTEGER,                      -- since when it has its state, if that is one of the last three
    restarts INTEGER NOT NULL,               -- since it was updated
    excused INTEGER NOT NULL CHECK (excused IN (0, 1)), -- somebody went on after its failure
    PRIMARY KEY (rollout_id, door_id)
  ) STRICT;
  CREATE INDEX rollouts_of_door ON rollout_doors (door_id);

  -- When doors of a property may start anew with another image, minutes since midnight by its wall clock.
  CREATE TABLE update_hours (
    property_id TEXT PRIMARY KEY REFERENCES properties (id),
    start_minute INTEGER NOT NULL CHECK (start_minute BETWEEN 0 AND 1439),
    end_minute INTEGER NOT NULL CHECK (end_minute BETWEEN 0 AND 1439) -- at or before the start: on the following day; the same: at any hour
  ) STRICT;
  `,
};
