import type { Migration } from "./migration";

/** What does not hold in a door's log. */
export const ALTERED_EVENTS: Migration = {
  sqlite: `
  -- What does not hold in a door's log, event by event.
  ALTER TABLE events ADD COLUMN altered INTEGER NOT NULL DEFAULT 0; -- 1: not what the door wrote down; names nobody
  ALTER TABLE events ADD COLUMN gap INTEGER NOT NULL DEFAULT 0;     -- events just before it that never arrived
  `,
};
