import type { Migration } from "./migration";

/** What phones carry to doors and back, and by which way doors were heard. */
export const COURIERS: Migration = {
  sqlite: `
  -- Which way the newest receipt came, and the one that acknowledged something.
  ALTER TABLE doors ADD COLUMN heard_by TEXT CHECK (heard_by IN ('network', 'phone'));
  ALTER TABLE doors ADD COLUMN acknowledged_by TEXT CHECK (acknowledged_by IN ('network', 'phone'));
  ALTER TABLE grant_doors ADD COLUMN acknowledged_by TEXT CHECK (acknowledged_by IN ('network', 'phone'));
  UPDATE doors SET heard_by = 'network' WHERE heard_at IS NOT NULL;
  UPDATE doors SET acknowledged_by = 'network' WHERE acknowledged_at IS NOT NULL;
  UPDATE grant_doors SET acknowledged_by = 'network' WHERE acknowledged_at IS NOT NULL;

  -- What phones carry to one door: items sealed under its key (SPEC 21.1), one after the other, the same for every phone.
  CREATE TABLE courier_parts (
    door_id TEXT PRIMARY KEY REFERENCES doors (id),
    made_of TEXT NOT NULL,                   -- what was known of the door and issued to it: made anew once that is another
    version INTEGER NOT NULL,                -- newest list; 0 = none
    news_without_list INTEGER NOT NULL CHECK (news_without_list IN (0, 1)), -- 1: list_items may be left off, and the door still gets that version
    lease_issued_at INTEGER NOT NULL,        -- of the lease in it; 0 = none
    first_items BLOB NOT NULL,               -- keysets, deltas on the base that the door has
    list_items BLOB NOT NULL,                -- manifest and pages of a base that it has not
    last_items BLOB NOT NULL,                -- deltas on that one, lease, acknowledgement of events
    digest TEXT NOT NULL                     -- of all three
  ) STRICT;

  -- What phones carry of a property, as it was last made.
  CREATE TABLE courier_bundles (
    property_id TEXT PRIMARY KEY REFERENCES properties (id),
    serial INTEGER NOT NULL,                 -- one more with each that is another
    digest TEXT NOT NULL
  ) STRICT;
  -- Since which of them a door's version is carried, and since when any phone has it.
  CREATE TABLE courier_news (
    door_id TEXT NOT NULL REFERENCES doors (id),
    version INTEGER NOT NULL,
    serial INTEGER NOT NULL,
    carried_at INTEGER,
    PRIMARY KEY (door_id, version)
  ) STRICT;
  -- Which of them a phone has. It goes with the session: a phone that is signed out forgets what it carries.
  CREATE TABLE courier_phones (
    session_id TEXT NOT NULL REFERENCES sessions (id) ON DELETE CASCADE,
    property_id TEXT NOT NULL REFERENCES properties (id),
    serial INTEGER NOT NULL,
    seen_at INTEGER NOT NULL,                -- when it last asked, within ten minutes
    PRIMARY KEY (session_id, property_id)
  ) STRICT;
  CREATE INDEX phones_of_property ON courier_phones (property_id, serial);

  -- What became of what phones brought from a door.
  CREATE TABLE courier_counts (
    door_id TEXT NOT NULL REFERENCES doors (id),
    code TEXT NOT NULL,                      -- 'taken', or of the refusal
    count INTEGER NOT NULL,
    last_at INTEGER NOT NULL,
    PRIMARY KEY (door_id, code)
  ) STRICT;
  `,
};
