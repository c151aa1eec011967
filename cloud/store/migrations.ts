/**
 * The schema's history: each entry brings a database one version forward, and none is ever changed once released.
 * Times are Unix seconds, ids 16 hexadecimal digits. What a rule of the system forbids, the schema refuses where
 * it can.
 */
export const MIGRATIONS: readonly string[] = [
  `
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
  `
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
  `
  -- What does not hold in a door's log, event by event.
  ALTER TABLE events ADD COLUMN altered INTEGER NOT NULL DEFAULT 0; -- 1: not what the door wrote down; names nobody
  ALTER TABLE events ADD COLUMN gap INTEGER NOT NULL DEFAULT 0;     -- events just before it that never arrived
  `,
  `
  -- People's accounts. An account is a person to whom e-mails and phone numbers were proved to belong.
  CREATE TABLE accounts (
    id TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    language TEXT NOT NULL CHECK (language IN ('en', 'fr')),
    created_at INTEGER NOT NULL,
    erased_at INTEGER
  ) STRICT;

  -- Only what is verified is here, normalised; nobody else can have it then.
  CREATE TABLE identifiers (
    id TEXT PRIMARY KEY,
    account_id TEXT NOT NULL REFERENCES accounts (id),
    kind TEXT NOT NULL CHECK (kind IN ('email', 'phone')),
    value TEXT NOT NULL,
    verified_at INTEGER NOT NULL,
    UNIQUE (kind, value)
  ) STRICT;
  CREATE INDEX identifiers_of_account ON identifiers (account_id);

  -- One-time codes: proof that whoever asks reads what is sent to an identifier.
  CREATE TABLE codes (
    id TEXT PRIMARY KEY,
    purpose TEXT NOT NULL CHECK (purpose IN ('sign-in', 'identifier', 'authenticate')),
    kind TEXT NOT NULL CHECK (kind IN ('email', 'phone')),
    value TEXT NOT NULL,
    account_id TEXT REFERENCES accounts (id), -- who asked, where somebody is signed in
    code_hash BLOB NOT NULL,
    created_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    attempts INTEGER NOT NULL,
    used_at INTEGER
  ) STRICT;
  CREATE INDEX codes_of_identifier ON codes (kind, value, created_at);

  CREATE TABLE passkeys (
    id TEXT PRIMARY KEY,                     -- WebAuthn credential id, base64url
    account_id TEXT NOT NULL REFERENCES accounts (id),
    name TEXT NOT NULL,
    public_key BLOB NOT NULL,
    counter INTEGER NOT NULL,
    transports TEXT NOT NULL,                -- JSON
    created_at INTEGER NOT NULL,
    used_at INTEGER
  ) STRICT;
  CREATE INDEX passkeys_of_account ON passkeys (account_id);

  CREATE TABLE passkey_challenges (
    id TEXT PRIMARY KEY,
    purpose TEXT NOT NULL CHECK (purpose IN ('register', 'sign-in', 'authenticate')),
    account_id TEXT REFERENCES accounts (id),
    challenge TEXT NOT NULL,
    expires_at INTEGER NOT NULL
  ) STRICT;

  CREATE TABLE sessions (
    id TEXT PRIMARY KEY,
    token_hash BLOB NOT NULL UNIQUE,         -- SHA-256 of what the cookie holds
    account_id TEXT NOT NULL REFERENCES accounts (id),
    agent TEXT NOT NULL,                     -- what the browser calls itself, shortened
    created_at INTEGER NOT NULL,
    authenticated_at INTEGER NOT NULL,       -- last proof of who they are
    seen_at INTEGER NOT NULL,
    ended_at INTEGER
  ) STRICT;
  CREATE INDEX sessions_of_account ON sessions (account_id);

  -- Programs act as managers of one property.
  CREATE TABLE tokens (
    id TEXT PRIMARY KEY,
    token_hash BLOB NOT NULL UNIQUE,
    property_id TEXT NOT NULL REFERENCES properties (id),
    name TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    created_by TEXT NOT NULL,
    used_at INTEGER,
    ended_at INTEGER
  ) STRICT;

  CREATE TABLE managers (
    property_id TEXT NOT NULL REFERENCES properties (id),
    account_id TEXT NOT NULL REFERENCES accounts (id),
    created_at INTEGER NOT NULL,
    created_by TEXT NOT NULL,
    PRIMARY KEY (property_id, account_id)
  ) STRICT;

  CREATE TABLE manager_invitations (
    id TEXT PRIMARY KEY,
    property_id TEXT NOT NULL REFERENCES properties (id),
    email TEXT NOT NULL,                     -- normalised
    token_hash BLOB NOT NULL UNIQUE,
    created_at INTEGER NOT NULL,
    created_by TEXT NOT NULL,
    expires_at INTEGER NOT NULL,
    ended_at INTEGER                         -- accepted, replaced or withdrawn
  ) STRICT;
  CREATE UNIQUE INDEX one_manager_invitation ON manager_invitations (property_id, email) WHERE ended_at IS NULL;

  -- How often something was tried of late.
  CREATE TABLE rate_limits (
    key TEXT PRIMARY KEY,                    -- hashed where it would name a person
    since INTEGER NOT NULL,
    count INTEGER NOT NULL
  ) STRICT;

  -- Doors that come with a kind of flat (P1).
  CREATE TABLE templates (
    id TEXT PRIMARY KEY,
    property_id TEXT NOT NULL REFERENCES properties (id),
    name TEXT NOT NULL,
    version INTEGER NOT NULL,
    UNIQUE (property_id, name)
  ) STRICT;
  CREATE TABLE template_doors (
    template_id TEXT NOT NULL REFERENCES templates (id),
    door_id TEXT NOT NULL REFERENCES doors (id),
    PRIMARY KEY (template_id, door_id)
  ) STRICT;

  CREATE TABLE units (
    id TEXT PRIMARY KEY,
    property_id TEXT NOT NULL REFERENCES properties (id),
    name TEXT NOT NULL,
    number TEXT,                             -- typed before a PIN where a door asks for it
    template_id TEXT REFERENCES templates (id),
    version INTEGER NOT NULL,
    UNIQUE (property_id, name)
  ) STRICT;
  CREATE TABLE unit_doors (                  -- beside those of the template: the flat's own door
    unit_id TEXT NOT NULL REFERENCES units (id),
    door_id TEXT NOT NULL REFERENCES doors (id),
    PRIMARY KEY (unit_id, door_id)
  ) STRICT;

  -- Those who live in a flat together, from the first lease to the last.
  CREATE TABLE households (
    id TEXT PRIMARY KEY,
    property_id TEXT NOT NULL REFERENCES properties (id),
    unit_id TEXT NOT NULL REFERENCES units (id),
    created_at INTEGER NOT NULL,
    created_by TEXT NOT NULL,
    ended_at INTEGER
  ) STRICT;
  CREATE INDEX households_of_unit ON households (unit_id);

  -- One act that ends the access of several people or of one: a move, a removal, a court order (X1).
  CREATE TABLE removals (
    id TEXT PRIMARY KEY,
    household_id TEXT NOT NULL REFERENCES households (id),
    kind TEXT NOT NULL CHECK (kind IN ('moved-out', 'removed', 'court-order', 'share-ended')),
    document TEXT,                           -- what a court order rests on
    created_at INTEGER NOT NULL,
    created_by TEXT NOT NULL,
    CHECK ((kind = 'court-order') = (document IS NOT NULL))
  ) STRICT;
  ALTER TABLE revocations ADD COLUMN removal_id TEXT REFERENCES removals (id);

  -- A person's place in a household; an administrator's is their lease. A share is what a member gave to a third party.
  CREATE TABLE memberships (
    person_id TEXT PRIMARY KEY REFERENCES people (id),
    household_id TEXT NOT NULL REFERENCES households (id),
    role TEXT NOT NULL CHECK (role IN ('administrator', 'resident', 'guest', 'share')),
    state TEXT NOT NULL CHECK (state IN ('pending', 'active', 'ended')),
    account_id TEXT REFERENCES accounts (id),
    email TEXT,                              -- normalised; where the invitation goes
    phone TEXT,                              -- E.164
    invited_by TEXT REFERENCES people (id),  -- NULL: a manager
    all_doors INTEGER NOT NULL CHECK (all_doors IN (0, 1)), -- 1: whatever the household has; 0: those of member_doors
    windows TEXT NOT NULL,                   -- JSON of access/window.ts; [] = always
    starts_at INTEGER NOT NULL,
    ends_at INTEGER,                         -- NULL: with the household
    version INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    created_by TEXT NOT NULL,
    ended_at INTEGER,
    end_reason TEXT CHECK (end_reason IN ('moved-out', 'removed', 'court-order', 'share-ended', 'declined', 'expired', 'withdrawn')),
    CHECK ((state = 'ended') = (ended_at IS NOT NULL)),
    CHECK ((ended_at IS NULL) = (end_reason IS NULL)),
    CHECK (ends_at IS NULL OR ends_at > starts_at),
    CHECK (role NOT IN ('guest', 'share') OR ends_at IS NOT NULL), -- O3, O12
    CHECK (role <> 'share' OR invited_by IS NOT NULL)
  ) STRICT;
  CREATE INDEX members_of_household ON memberships (household_id);
  CREATE INDEX memberships_of_account ON memberships (account_id);
  CREATE INDEX invited_by_member ON memberships (invited_by);
  CREATE UNIQUE INDEX one_place_per_account ON memberships (household_id, account_id) WHERE account_id IS NOT NULL AND state <> 'ended' AND role <> 'share';
  CREATE TABLE member_doors (
    person_id TEXT NOT NULL REFERENCES memberships (person_id),
    door_id TEXT NOT NULL REFERENCES doors (id),
    PRIMARY KEY (person_id, door_id)
  ) STRICT;

  -- Links that were sent: single use, and one at a time for each place.
  CREATE TABLE invitations (
    id TEXT PRIMARY KEY,
    person_id TEXT NOT NULL REFERENCES memberships (person_id),
    kind TEXT NOT NULL CHECK (kind IN ('invitation', 'lease')), -- to accept or decline; a lease only has to be linked
    channel TEXT NOT NULL CHECK (channel IN ('email', 'phone')),
    token_hash BLOB NOT NULL UNIQUE,
    state TEXT NOT NULL CHECK (state IN ('pending', 'accepted', 'declined', 'expired', 'withdrawn', 'replaced')),
    created_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    answered_at INTEGER,
    account_id TEXT REFERENCES accounts (id), -- whose answer it was
    CHECK ((state = 'pending') = (answered_at IS NULL))
  ) STRICT;
  CREATE UNIQUE INDEX one_invitation ON invitations (person_id) WHERE state = 'pending';
  CREATE INDEX invitations_of_person ON invitations (person_id);

  -- Keys that encrypt what belongs to a household, a property or a person, wrapped by the master key. Without its
  -- key what it encrypted is gone, wherever it lies.
  CREATE TABLE data_keys (
    owner TEXT PRIMARY KEY,                  -- household/…, property/…, person/…, account/…
    wrapped BLOB,                            -- NULL: destroyed
    created_at INTEGER NOT NULL,
    destroyed_at INTEGER,
    CHECK ((wrapped IS NULL) = (destroyed_at IS NOT NULL))
  ) STRICT;
  ALTER TABLE credentials ADD COLUMN key_owner TEXT REFERENCES data_keys (owner); -- whose key seals the value; NULL: the master key's
  ALTER TABLE credentials ADD COLUMN superseded_at INTEGER;  -- a newer code stands in its place; it ends with the overlap
  ALTER TABLE properties ADD COLUMN rules TEXT NOT NULL DEFAULT '{}'; -- JSON of properties/household-rules.ts
  ALTER TABLE properties ADD COLUMN version INTEGER NOT NULL DEFAULT 1;
  ALTER TABLE people ADD COLUMN erased_at INTEGER;

  -- Who has seen which code: a court order renews them (O7).
  CREATE TABLE pin_views (
    credential_id TEXT NOT NULL REFERENCES credentials (id),
    viewer TEXT NOT NULL,                    -- account/…, token/…, site
    first_at INTEGER NOT NULL,
    last_at INTEGER NOT NULL,
    PRIMARY KEY (credential_id, viewer)
  ) STRICT;

  -- E-mails and text messages: kept until they are sent, tried again until they are too old.
  CREATE TABLE messages (
    id TEXT PRIMARY KEY,
    channel TEXT NOT NULL CHECK (channel IN ('email', 'sms')),
    recipient TEXT NOT NULL,
    kind TEXT NOT NULL,                      -- which text
    content BLOB,                            -- sealed; gone once it is sent: it may hold a link
    created_at INTEGER NOT NULL,
    next_at INTEGER NOT NULL,
    attempts INTEGER NOT NULL,
    sent_at INTEGER,
    failed_at INTEGER,                       -- given up
    problem TEXT
  ) STRICT;
  CREATE INDEX messages_to_send ON messages (next_at) WHERE sent_at IS NULL AND failed_at IS NULL;

  -- The audit is a chain: each entry's hash covers the one before. What names a person is sealed under their key.
  ALTER TABLE audit ADD COLUMN property_id TEXT;
  ALTER TABLE audit ADD COLUMN sealed BLOB;
  ALTER TABLE audit ADD COLUMN sealed_for TEXT;               -- data_keys.owner
  ALTER TABLE audit ADD COLUMN hash BLOB;                     -- NULL: older than the chain

  -- A note in the outbox may name the one credential whose rights have changed; NULL: anything may have.
  ALTER TABLE outbox ADD COLUMN credential_id TEXT REFERENCES credentials (id);
  DROP INDEX grants_of_door;
  CREATE INDEX grants_of_door ON grant_doors (door_id, removed_version, added_version);
  `,
];
