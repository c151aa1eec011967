import type { Migration } from "./migration";

/** Doors, the people who open them, their lists and what doors say. */
export const DOORS_AND_LISTS: Migration = {
  sqlite: `
  CREATE TABLE site (
    one INTEGER PRIMARY KEY CHECK (one = 1),
    id TEXT NOT NULL
  ) STRICT;

  -- Signed keysets, from number 1 on: a door that missed some walks through them.
  CREATE TABLE keysets (
    number INTEGER PRIMARY KEY,
    epoch INTEGER NOT NULL,
    list_key BLOB NOT NULL,
    lease_key BLOB NOT NULL,
    message BLOB NOT NULL
  ) STRICT;

  CREATE TABLE properties (
    id TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    time_zone TEXT NOT NULL,
    holidays TEXT NOT NULL,                  -- JSON: ["2026-12-25", …]
    unlock_seconds INTEGER NOT NULL,
    guest_lease_seconds INTEGER NOT NULL,
    staff_lease_seconds INTEGER NOT NULL,
    resident_lease_seconds INTEGER,          -- NULL: residents have no bound
    created_at INTEGER NOT NULL
  ) STRICT;

  CREATE TABLE doors (
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
    acknowledged_epoch INTEGER NOT NULL,     -- newest list that a receipt has proved; 0 = none
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
    CHECK ((claimed_at IS NULL) = (door_key IS NULL)),
    CHECK ((claimed_at IS NULL) = (enrolment = 0)),
    CHECK (claim_secret IS NULL OR claimed_at IS NULL),
    CHECK (acknowledged_version <= version)
  ) STRICT;
  CREATE INDEX doors_of_property ON doors (property_id);

  CREATE TABLE people (
    id TEXT PRIMARY KEY,
    property_id TEXT NOT NULL REFERENCES properties (id),
    name TEXT NOT NULL,
    class TEXT NOT NULL CHECK (class IN ('resident', 'guest', 'staff')),
    created_at INTEGER NOT NULL,
    revoked_at INTEGER
  ) STRICT;
  CREATE INDEX people_of_property ON people (property_id);

  CREATE TABLE credentials (
    id TEXT PRIMARY KEY,
    person_id TEXT NOT NULL REFERENCES people (id),
    kind TEXT NOT NULL CHECK (kind IN ('pin')),
    value BLOB,                              -- sealed; gone once no door may hold it
    digits INTEGER NOT NULL,
    version INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    revoked_at INTEGER
  ) STRICT;
  CREATE INDEX credentials_of_person ON credentials (person_id);

  -- A credential at a door. The value stays reserved there until the door has acknowledged that it is gone.
  CREATE TABLE door_credentials (
    door_id TEXT NOT NULL REFERENCES doors (id),
    credential_id TEXT NOT NULL REFERENCES credentials (id),
    fingerprint BLOB NOT NULL,               -- of the value, under a key of this cloud
    tag BLOB,                                -- under the door's key; NULL until the door is claimed
    released_at INTEGER,
    PRIMARY KEY (door_id, credential_id)
  ) STRICT;
  CREATE UNIQUE INDEX one_value_per_door ON door_credentials (door_id, fingerprint) WHERE released_at IS NULL;
  CREATE UNIQUE INDEX one_tag_per_door ON door_credentials (door_id, tag) WHERE released_at IS NULL;
  CREATE INDEX doors_of_credential ON door_credentials (credential_id);

  CREATE TABLE revocations (
    id TEXT PRIMARY KEY,
    person_id TEXT NOT NULL REFERENCES people (id),
    scope TEXT NOT NULL CHECK (scope IN ('person', 'grant')),
    created_at INTEGER NOT NULL,
    created_by TEXT NOT NULL
  ) STRICT;
  CREATE INDEX revocations_of_person ON revocations (person_id);

  CREATE TABLE grants (
    id TEXT PRIMARY KEY,
    credential_id TEXT NOT NULL REFERENCES credentials (id),
    not_before INTEGER NOT NULL,
    not_after INTEGER NOT NULL,              -- 4294967295 = no end
    windows TEXT NOT NULL,                   -- JSON of access/window.ts; [] = always
    max_uses INTEGER NOT NULL CHECK (max_uses BETWEEN 0 AND 255),
    use_counter INTEGER NOT NULL CHECK (use_counter BETWEEN 0 AND 3),
    created_at INTEGER NOT NULL,
    created_by TEXT NOT NULL,
    revoked_at INTEGER,
    revocation_id TEXT REFERENCES revocations (id),
    CHECK (not_before < not_after),
    CHECK ((revoked_at IS NULL) = (revocation_id IS NULL))
  ) STRICT;
  CREATE INDEX grants_of_credential ON grants (credential_id);
  CREATE INDEX grants_of_revocation ON grants (revocation_id);
  CREATE UNIQUE INDEX use_counters ON grants (credential_id, use_counter) WHERE max_uses > 0;

  CREATE TABLE grant_doors (
    grant_id TEXT NOT NULL REFERENCES grants (id),
    door_id TEXT NOT NULL REFERENCES doors (id),
    added_version INTEGER,                   -- first list of the door that holds the grant
    removed_version INTEGER,                 -- first list without it
    never_left INTEGER NOT NULL DEFAULT 0 CHECK (never_left IN (0, 1)), -- 1: no list that held it was ever sent
    acknowledged_at INTEGER,                 -- when a receipt first showed a list without it
    PRIMARY KEY (grant_id, door_id),
    CHECK (removed_version IS NULL OR added_version IS NULL OR removed_version > added_version)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX grants_of_door ON grant_doors (door_id, removed_version);

  -- Snapshots: what a door acknowledged, and at most one that it is to change to. Older ones only until then.
  CREATE TABLE list_bases (
    door_id TEXT NOT NULL REFERENCES doors (id),
    version INTEGER NOT NULL,
    epoch INTEGER NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('current', 'next', 'withdrawn')),
    manifest BLOB NOT NULL,                  -- payload
    signed_manifest BLOB NOT NULL,
    page_hashes BLOB NOT NULL,
    body BLOB NOT NULL,
    PRIMARY KEY (door_id, version)
  ) STRICT;
  CREATE UNIQUE INDEX two_bases ON list_bases (door_id, state) WHERE state <> 'withdrawn';

  -- Deltas: every version that a door may have and has not acknowledged a later one.
  CREATE TABLE list_deltas (
    door_id TEXT NOT NULL,
    base_version INTEGER NOT NULL,
    version INTEGER NOT NULL,
    payload BLOB NOT NULL,
    signed_delta BLOB NOT NULL,
    PRIMARY KEY (door_id, base_version, version),
    FOREIGN KEY (door_id, base_version) REFERENCES list_bases (door_id, version) ON DELETE CASCADE
  ) STRICT;

  -- The latest end of any lease ever signed for a version: what "may open until at most" rests on.
  CREATE TABLE lease_ends (
    door_id TEXT NOT NULL REFERENCES doors (id),
    epoch INTEGER NOT NULL,
    version INTEGER NOT NULL,
    guest INTEGER NOT NULL,
    staff INTEGER NOT NULL,
    resident INTEGER NOT NULL,
    PRIMARY KEY (door_id, epoch, version)
  ) STRICT;

  -- Doors whose list may be out of date. A row goes when a list that considers it is signed and stored.
  CREATE TABLE outbox (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    door_id TEXT NOT NULL REFERENCES doors (id),
    created_at INTEGER NOT NULL
  ) STRICT;
  CREATE INDEX outbox_of_door ON outbox (door_id);

  CREATE TABLE events (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    door_id TEXT NOT NULL REFERENCES doors (id),
    enrolment INTEGER NOT NULL,
    sequence INTEGER NOT NULL,
    record BLOB NOT NULL,                    -- the 32 bytes that the door signed
    time INTEGER NOT NULL,
    time_unknown INTEGER NOT NULL,
    type TEXT NOT NULL,
    reason TEXT NOT NULL,
    credential_id TEXT REFERENCES credentials (id),
    received_at INTEGER NOT NULL,
    late INTEGER NOT NULL,
    UNIQUE (door_id, enrolment, sequence)
  ) STRICT;
  CREATE INDEX events_by_arrival ON events (received_at);

  -- What does not add up in what a door says: missing or altered events, lists that we never issued.
  CREATE TABLE door_alarms (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    door_id TEXT NOT NULL REFERENCES doors (id),
    created_at INTEGER NOT NULL,
    kind TEXT NOT NULL,
    detail TEXT NOT NULL
  ) STRICT;
  CREATE INDEX alarms_of_door ON door_alarms (door_id);

  CREATE TABLE audit (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    at INTEGER NOT NULL,
    actor TEXT NOT NULL,
    action TEXT NOT NULL,
    subject TEXT NOT NULL,
    detail TEXT NOT NULL                     -- JSON without secrets
  ) STRICT;
  `,
};
