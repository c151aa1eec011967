import type { Migration } from "./migration";

/** Fobs, and what their buttons open. */
export const FOBS: Migration = {
  sqlite: `
  -- A fob, by the QR code that came with it. It is no property's: its buttons are its keys'.
  CREATE TABLE fobs (
    id TEXT PRIMARY KEY,                     -- the fob's own
    secret BLOB NOT NULL,                    -- sealed; whoever has it can pose as the fob or as its cloud
    sequence INTEGER NOT NULL,               -- of the newest assignment that was made; 0 = none
    message BLOB,                            -- it, sealed for the fob; NULL: something has changed since, and another is made when it is asked for
    active INTEGER NOT NULL,                 -- sequence of the assignment that the fob has said to be in force …
    staged INTEGER NOT NULL,                 -- … and of one that is not yet
    heard_at INTEGER,                        -- last report; NULL: the fob has proved nothing yet
    created_at INTEGER NOT NULL,
    created_by TEXT NOT NULL
  ) STRICT;
  -- What a button is for. There is a row until the fob has said that the button is free (S7).
  CREATE TABLE fob_buttons (
    fob_id TEXT NOT NULL REFERENCES fobs (id),
    button INTEGER NOT NULL CHECK (button BETWEEN 1 AND 4),
    key_id TEXT NOT NULL REFERENCES keys (id),
    door_id TEXT NOT NULL REFERENCES doors (id),
    outputs INTEGER NOT NULL CHECK (outputs BETWEEN 1 AND 15),
    since INTEGER,                           -- sequence of the first assignment with it; NULL: none was made, the fob cannot know of it
    clearing INTEGER NOT NULL CHECK (clearing IN (0, 1)),
    cleared INTEGER,                         -- sequence of the first assignment without it
    enrolment INTEGER,                       -- of the door, for which its key was made; NULL: for none
    PRIMARY KEY (fob_id, button),
    CHECK (cleared IS NULL OR clearing = 1)
  ) STRICT;
  CREATE INDEX buttons_of_key ON fob_buttons (key_id);
  ALTER TABLE keys ADD COLUMN fob_id TEXT REFERENCES fobs (id); -- of a smart key
  CREATE INDEX keys_of_fob ON keys (fob_id) WHERE fob_id IS NOT NULL;
  `,
};
