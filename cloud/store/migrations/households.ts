import type { Migration } from "./migration";

/** Accounts, households and all that comes with them. */
export const HOUSEHOLDS: Migration = {
  sqlite: `
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
};
