import type { Migration } from "./migration";

/** New list and lease keys, where every process finds them; keysets that wait for roots which are kept offline. */
export const SIGNING_KEYS: Migration = {
  sqlite: `
  -- Seeds of list and lease keys, under the master key: those of the newest keyset, and of the one that is asked for.
  CREATE TABLE signing_keys (
    public_key TEXT PRIMARY KEY,
    sealed BLOB NOT NULL,
    created_at INTEGER NOT NULL
  ) STRICT;

  -- The keyset that is to be next and lacks signatures: at most one.
  CREATE TABLE keyset_request (
    one INTEGER PRIMARY KEY CHECK (one = 1),
    payload BLOB NOT NULL,
    signatures TEXT NOT NULL,            -- JSON: COSE_Sign1s in base64
    requested_at INTEGER NOT NULL,
    requested_by TEXT NOT NULL
  ) STRICT;

  -- Number of the keyset that the door's newest receipt names.
  ALTER TABLE doors ADD COLUMN keyset_number INTEGER NOT NULL DEFAULT 0;
  `,
};
