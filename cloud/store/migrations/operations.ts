import type { Migration } from "./migration";

/** What running the cloud for real asks for: a restored one waits before it overwrites what doors know. */
export const OPERATIONS: Migration = {
  sqlite: `
  -- Since when a door keeps the list that it has, because this database was restored from a backup and its door may
  -- know of more: until a receipt shows that nothing has changed there, or a person says to go on.
  ALTER TABLE doors ADD COLUMN held_at INTEGER;
  CREATE INDEX doors_held ON doors (id) WHERE held_at IS NOT NULL;

  -- Ended rights of which doors have not said that they know: few of many, and counted often.
  CREATE INDEX grants_unacknowledged ON grant_doors (door_id, removed_version) WHERE removed_version > 0 AND acknowledged_at IS NULL AND never_left = 0;
  `,
};
