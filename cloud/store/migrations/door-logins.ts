import type { Migration } from "./migration";

/** Doors' logins as a broker that others run must know them. */
export const DOOR_LOGINS: Migration = {
  sqlite: `
  CREATE TABLE door_logins (
    door_id TEXT PRIMARY KEY REFERENCES doors (id),
    enrolment INTEGER NOT NULL,              -- of the claim that gave it
    password BLOB,                           -- sealed; NULL: the door may log in no more
    told INTEGER NOT NULL CHECK (told IN (0, 1)) -- whether the broker knows it so; of no meaning for the embedded one
  ) STRICT;
  CREATE INDEX logins_to_tell ON door_logins (door_id) WHERE told = 0;
  `,
};
