import type { Migration } from "./migration";

/** Doors under orders, claimed anew, and credentials that hang on others. */
export const STANDING_ORDERS: Migration = {
  sqlite: `
  -- Doors have standing orders, and can be claimed anew: then the old claim holds until the new one is made.
  CREATE TABLE new_doors (
    id TEXT PRIMARY KEY,
    property_id TEXT NOT NULL REFERENCES properties (id),
    name TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    claimed_at INTEGER,
    claim_secret BLOB,                       -- sealed; gone once it is used
    claim_digest BLOB,                       -- SHA-256 of the claim that was accepted …
    claim_answer BLOB,                       -- … and its answer, until the door has logged in
    door_key BLOB,                           -- sealed K_door
    password_hash BLOB,                      -- SHA-256 of the MQTT password
    enrolment INTEGER NOT NULL,              -- which claim; 0 before the first
    epoch INTEGER NOT NULL,                  -- newest list issued; 0 = none
    version INTEGER NOT NULL,
    offered_version INTEGER NOT NULL,        -- greatest version whose bytes may have left this cloud
    acknowledged_epoch INTEGER NOT NULL,     -- newest list that a receipt of this enrolment has proved; 0 = none
    acknowledged_version INTEGER NOT NULL,
    acknowledged_at INTEGER,
    receipt_counter INTEGER NOT NULL,        -- of the newest receipt: older ones prove nothing
    receipt BLOB,                            -- that receipt
    signed_time INTEGER NOT NULL,            -- newest signed time that a receipt told of; 0 = none
    heard_at INTEGER,                        -- last message of any kind
    lease_version INTEGER NOT NULL,          -- newest lease signed: for this version …
    lease_issued_at INTEGER NOT NULL,        -- … then
    guest_not_after INTEGER NOT NULL,
    staff_not_after INTEGER NOT NULL,
    resident_not_after INTEGER NOT NULL,     -- 0 = residents need no lease
    next_event INTEGER NOT NULL,             -- first event that is not stored
    event_mac BLOB,                          -- MAC of the one before it
    lock_state TEXT NOT NULL DEFAULT 'normal' CHECK (lock_state IN ('normal', 'lock-down', 'hold-open')),
    throttle_reset INTEGER NOT NULL DEFAULT 0, -- how often the keypad's lock-out was lifted
    released_at INTEGER,                     -- since when the door may be claimed anew
    hours TEXT NOT NULL DEFAULT '[]',        -- JSON of access/window.ts: when the door stands open by itself
    first_in INTEGER NOT NULL DEFAULT 0 CHECK (first_in BETWEEN 0 AND 7), -- classes whose entry begins them; 0 = the clock
    outputs TEXT NOT NULL DEFAULT '[]',      -- JSON: [{"name": …, "seconds": … or null}, …]
    unit_numbers INTEGER NOT NULL DEFAULT 0 CHECK (unit_numbers IN (0, 1)), -- 1: PINs are typed after a unit number
    CHECK ((claimed_at IS NULL) = (door_key IS NULL)),
    CHECK ((claimed_at IS NULL) = (enrolment = 0)),
    CHECK (claim_secret IS NULL OR claimed_at IS NULL OR released_at IS NOT NULL),
    CHECK (acknowledged_version <= version)
  ) STRICT;
  INSERT INTO new_doors SELECT *, 'normal', 0, NULL, '[]', 0, '[]', 0 FROM doors;
  DROP TABLE doors;
  ALTER TABLE new_doors RENAME TO doors;
  CREATE INDEX doors_of_property ON doors (property_id);

  CREATE TABLE new_credentials (
    id TEXT PRIMARY KEY,
    person_id TEXT NOT NULL REFERENCES people (id),
    kind TEXT NOT NULL CHECK (kind IN ('pin', 'card', 'second-pin', 'duress-pin', 'duress-second-pin')),
    parent_id TEXT REFERENCES credentials (id), -- the PIN or card that it completes or stands for, and whose grants it shares
    value BLOB,                              -- sealed; gone once no door may hold it
    digits INTEGER NOT NULL,                 -- 0 for cards
    version INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    revoked_at INTEGER,
    CHECK ((parent_id IS NULL) = (kind IN ('pin', 'card')))
  ) STRICT;
  INSERT INTO new_credentials SELECT id, person_id, kind, NULL, value, digits, version, created_at, revoked_at FROM credentials;
  DROP TABLE credentials;
  ALTER TABLE new_credentials RENAME TO credentials;
  CREATE INDEX credentials_of_person ON credentials (person_id);
  CREATE INDEX companions ON credentials (parent_id) WHERE parent_id IS NOT NULL;

  -- 1: a PIN that is typed first, and so one more that a guess may hit.
  ALTER TABLE door_credentials ADD COLUMN guessable INTEGER NOT NULL DEFAULT 1 CHECK (guessable IN (0, 1));
  CREATE INDEX guessable_at_door ON door_credentials (door_id, guessable, released_at);

  ALTER TABLE people ADD COLUMN unit TEXT;   -- what they type before their PIN where a door asks for it
  ALTER TABLE people ADD COLUMN suspended_at INTEGER;
  ALTER TABLE grants ADD COLUMN outputs INTEGER NOT NULL DEFAULT 1 CHECK (outputs BETWEEN 1 AND 15); -- bit mask; bit 0 = the strike
  `,
  postgres: `
  ALTER TABLE doors
    ADD COLUMN lock_state TEXT NOT NULL DEFAULT 'normal' CHECK (lock_state IN ('normal', 'lock-down', 'hold-open')),
    ADD COLUMN throttle_reset INTEGER NOT NULL DEFAULT 0,
    ADD COLUMN released_at INTEGER,
    ADD COLUMN hours TEXT NOT NULL DEFAULT '[]',
    ADD COLUMN first_in INTEGER NOT NULL DEFAULT 0 CHECK (first_in BETWEEN 0 AND 7),
    ADD COLUMN outputs TEXT NOT NULL DEFAULT '[]',
    ADD COLUMN unit_numbers INTEGER NOT NULL DEFAULT 0 CHECK (unit_numbers IN (0, 1)),
    DROP CONSTRAINT doors_check2,            -- the third of migration 1: about claim_secret
    ADD CHECK (claim_secret IS NULL OR claimed_at IS NULL OR released_at IS NOT NULL);

  ALTER TABLE credentials
    ADD COLUMN parent_id TEXT REFERENCES credentials (id),
    DROP CONSTRAINT credentials_kind_check,
    ADD CHECK (kind IN ('pin', 'card', 'second-pin', 'duress-pin', 'duress-second-pin')),
    ADD CHECK ((parent_id IS NULL) = (kind IN ('pin', 'card')));
  CREATE INDEX companions ON credentials (parent_id) WHERE parent_id IS NOT NULL;

  ALTER TABLE door_credentials ADD COLUMN guessable INTEGER NOT NULL DEFAULT 1 CHECK (guessable IN (0, 1));
  CREATE INDEX guessable_at_door ON door_credentials (door_id, guessable, released_at);

  ALTER TABLE people ADD COLUMN unit TEXT;
  ALTER TABLE people ADD COLUMN suspended_at INTEGER;
  ALTER TABLE grants ADD COLUMN outputs INTEGER NOT NULL DEFAULT 1 CHECK (outputs BETWEEN 1 AND 15);
  `,
};
