import type { Migration } from "./migration";

/** What several processes on one database share out among themselves. */
export const SEVERAL_PROCESSES: Migration = {
  sqlite: `
  -- Work that recurs, done by one process a period.
  CREATE TABLE duties (
    name TEXT PRIMARY KEY,
    due_at INTEGER NOT NULL                  -- whoever moves this forward does it
  ) STRICT;

  -- What one process at a time does, as long as it lives.
  CREATE TABLE process_leases (
    name TEXT PRIMARY KEY,
    holder TEXT NOT NULL,                    -- of one start of one process
    until INTEGER NOT NULL                   -- somebody else may take it from then on, unless it is renewed
  ) STRICT;

  -- Holds nothing: those who write take it, as PostgreSQL locks tables, in the order in which they come.
  CREATE TABLE turns (one INTEGER PRIMARY KEY CHECK (one = 1)) STRICT;
  `,
};
