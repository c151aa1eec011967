import type { Migration } from "./migration";

/** What both engines do alike. */
const TABLES = `
  ALTER TABLE people ADD COLUMN version INTEGER NOT NULL DEFAULT 1;
  ALTER TABLE doors ADD COLUMN stolen_at INTEGER;             -- since when whoever has the board knows what it knew (P4); until it is claimed anew

  -- What a key may do, under a name (S2, S11). Admin and Blocked are built in: they are no rows.
  CREATE TABLE profiles (
    id TEXT PRIMARY KEY,
    property_id TEXT NOT NULL REFERENCES properties (id),
    account_id TEXT REFERENCES accounts (id), -- whose own it is; NULL: the property's
    name TEXT NOT NULL,
    windows TEXT NOT NULL,                   -- JSON of access/window.ts; [] = always
    starts_at INTEGER NOT NULL,              -- 0 = from the beginning
    ends_at INTEGER,                         -- exclusive; NULL = without end
    outputs INTEGER NOT NULL CHECK (outputs BETWEEN 1 AND 15), -- bit mask; bit 0 = the strike
    version INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    created_by TEXT NOT NULL,
    CHECK (ends_at IS NULL OR ends_at > starts_at)
  ) STRICT;
  CREATE UNIQUE INDEX profiles_of_property ON profiles (property_id, name) WHERE account_id IS NULL;
  CREATE UNIQUE INDEX profiles_of_account ON profiles (property_id, account_id, name) WHERE account_id IS NOT NULL;

  -- A key: one user, one kind, one or more doors (S1). It opens through its credential, which it has while it is active.
  CREATE TABLE keys (
    id TEXT PRIMARY KEY,
    property_id TEXT NOT NULL REFERENCES properties (id),
    person_id TEXT NOT NULL REFERENCES people (id), -- its user
    kind TEXT NOT NULL CHECK (kind IN ('app', 'smart', 'pin', 'card')),
    name TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('pending', 'active', 'ended')),
    role TEXT NOT NULL CHECK (role IN ('user', 'admin')), -- admin: full control of its doors, bound by no times (N4, N6)
    blocked INTEGER NOT NULL CHECK (blocked IN (0, 1)),   -- the profile Blocked: its own comes back afterwards (S11)
    profile_id TEXT REFERENCES profiles (id), -- NULL: on its own terms alone
    windows TEXT NOT NULL,                   -- JSON; with a profile: [] (the profile says when)
    starts_at INTEGER NOT NULL,              -- dates hold beside those of the profile
    ends_at INTEGER,
    max_uses INTEGER NOT NULL CHECK (max_uses BETWEEN 0 AND 255), -- 0 = unlimited
    uses_carried INTEGER NOT NULL CHECK (uses_carried IN (0, 1)), -- 1: several doors count together, as far as news travels (X6)
    credential_id TEXT UNIQUE REFERENCES credentials (id), -- the one in force
    account_id TEXT REFERENCES accounts (id), -- who has accepted it
    giver_account TEXT REFERENCES accounts (id), -- NULL: a program or the site
    giver_person TEXT REFERENCES people (id), -- the place in a household that it is given from (O12)
    email TEXT,                              -- normalised; where its link or code goes
    phone TEXT,                              -- E.164
    language TEXT NOT NULL CHECK (language IN ('en', 'fr')),
    version INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    created_by TEXT NOT NULL,
    ended_at INTEGER,
    ended_by TEXT,
    CHECK ((state = 'ended') = (ended_at IS NOT NULL)),
    CHECK (state <> 'active' OR credential_id IS NOT NULL),
    CHECK (state <> 'pending' OR credential_id IS NULL),  -- S4: it opens nothing
    CHECK (role <> 'admin' OR max_uses = 0),
    CHECK (ends_at IS NULL OR ends_at > starts_at)
  ) STRICT;
  CREATE INDEX keys_of_person ON keys (person_id);
  CREATE INDEX keys_of_property ON keys (property_id, id);
  CREATE INDEX keys_of_account ON keys (account_id);
  CREATE INDEX keys_of_giver ON keys (giver_account);
  CREATE INDEX keys_of_profile ON keys (profile_id);
  CREATE TABLE key_doors (
    key_id TEXT NOT NULL REFERENCES keys (id),
    door_id TEXT NOT NULL REFERENCES doors (id),
    PRIMARY KEY (key_id, door_id)
  ) STRICT;
  CREATE INDEX keys_of_door ON key_doors (door_id);
  -- How often a door has told that a key was used there, of keys whose uses are limited (X6). It stays when the key loses the door.
  CREATE TABLE key_uses (
    key_id TEXT NOT NULL REFERENCES keys (id),
    door_id TEXT NOT NULL REFERENCES doors (id),
    used INTEGER NOT NULL CHECK (used >= 0),
    used_before INTEGER NOT NULL CHECK (used_before BETWEEN 0 AND used), -- of these, those of a former claim: the door's journal has forgotten them
    PRIMARY KEY (key_id, door_id)
  ) STRICT;
  CREATE INDEX key_uses_of_door ON key_uses (door_id);

  -- Share links and QR codes: single use, and one at a time for each key (S3, S5).
  CREATE TABLE key_links (
    id TEXT PRIMARY KEY,
    key_id TEXT NOT NULL REFERENCES keys (id),
    token_hash BLOB NOT NULL UNIQUE,
    state TEXT NOT NULL CHECK (state IN ('pending', 'accepted', 'declined', 'expired', 'withdrawn', 'replaced')),
    created_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    answered_at INTEGER,
    account_id TEXT REFERENCES accounts (id), -- whose answer it was
    CHECK ((state = 'pending') = (answered_at IS NULL))
  ) STRICT;
  CREATE UNIQUE INDEX one_key_link ON key_links (key_id) WHERE state = 'pending';
  CREATE INDEX links_of_key ON key_links (key_id);
  ALTER TABLE credentials ADD COLUMN key_id TEXT;             -- the key that it is of, also once another has taken its place. No reference: keys refer to credentials already
  CREATE INDEX credentials_of_key ON credentials (key_id) WHERE key_id IS NOT NULL;
  ALTER TABLE messages ADD COLUMN key_id TEXT REFERENCES keys (id); -- a text key begins when its code has left (N5)

  -- Whoever a door belongs to (N4): the manager says who. Its admins are those with an admin key.
  CREATE TABLE door_owners (
    door_id TEXT NOT NULL REFERENCES doors (id),
    account_id TEXT NOT NULL REFERENCES accounts (id),
    created_at INTEGER NOT NULL,
    created_by TEXT NOT NULL,
    PRIMARY KEY (door_id, account_id)
  ) STRICT;
  CREATE INDEX doors_of_owner ON door_owners (account_id);

  -- Groups (N12): each of its people opens each of its doors, with whatever they have, beside all that they may anyway.
  CREATE TABLE groups (
    id TEXT PRIMARY KEY,
    property_id TEXT NOT NULL REFERENCES properties (id),
    name TEXT NOT NULL,
    profile_id TEXT REFERENCES profiles (id), -- NULL: always
    permissions TEXT NOT NULL,               -- JSON of groups/permissions.ts
    version INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    created_by TEXT NOT NULL,
    UNIQUE (property_id, name)
  ) STRICT;
  CREATE INDEX groups_of_profile ON groups (profile_id);
  CREATE TABLE group_doors (
    group_id TEXT NOT NULL REFERENCES groups (id),
    door_id TEXT NOT NULL REFERENCES doors (id),
    PRIMARY KEY (group_id, door_id)
  ) STRICT;
  CREATE TABLE group_people (
    group_id TEXT NOT NULL REFERENCES groups (id),
    person_id TEXT NOT NULL REFERENCES people (id),
    PRIMARY KEY (group_id, person_id)
  ) STRICT;
  CREATE INDEX groups_of_person ON group_people (person_id);
  DROP INDEX use_counters;                                    -- a counter is one right's at each door; grants of one right at several doors share it
  ALTER TABLE grants ADD COLUMN group_id TEXT;                -- which group gives it; NULL: it is the credential's own. No reference: the group may be gone
  CREATE INDEX grants_of_group ON grants (group_id) WHERE group_id IS NOT NULL;
  ALTER TABLE grants ADD COLUMN suspended INTEGER NOT NULL DEFAULT 0 CHECK (suspended IN (0, 1)); -- of a key that is blocked
  -- Terms that changed in place, until the door has acknowledged a list with them.
  ALTER TABLE grant_doors ADD COLUMN changed_version INTEGER; -- first list with them; 0 = not made yet; NULL = the door has them
  ALTER TABLE grant_doors ADD COLUMN former_end INTEGER;      -- the latest end that the door may still go by; NULL: the grant's own
  ALTER TABLE grant_doors ADD COLUMN former_uses INTEGER;     -- likewise the most uses, 0 = unlimited
  CREATE INDEX grants_changed ON grant_doors (door_id, changed_version) WHERE changed_version IS NOT NULL;

  -- Remote unlocks (N14): what was asked for, and what is known of it.
  CREATE TABLE remote_unlocks (
    id TEXT PRIMARY KEY,                     -- the request id of the command as well
    door_id TEXT NOT NULL REFERENCES doors (id),
    actor TEXT NOT NULL,
    idempotency_key TEXT NOT NULL,
    outputs INTEGER NOT NULL CHECK (outputs BETWEEN 1 AND 15),
    person_id TEXT REFERENCES people (id),   -- who the actor is at that door, by whose right it was; NULL: by a rank alone
    state TEXT NOT NULL CHECK (state IN ('asking', 'sent', 'opened', 'denied', 'offline', 'timed-out', 'busy')),
    reason TEXT,                             -- why it was denied
    may_have_opened INTEGER NOT NULL DEFAULT 0 CHECK (may_have_opened IN (0, 1)), -- the command left, and no answer came
    created_at INTEGER NOT NULL,
    sent_at INTEGER,                         -- the command was about to leave: from here it may open
    finished_at INTEGER,
    enrolment INTEGER,                       -- of the event that the door's own log has of it …
    sequence INTEGER,                        -- … and its number
    UNIQUE (actor, idempotency_key),
    CHECK ((state IN ('asking', 'sent')) = (finished_at IS NULL)),
    CHECK ((state = 'denied') = (reason IS NOT NULL)),
    CHECK (sent_at IS NOT NULL OR state NOT IN ('sent', 'opened')),
    CHECK (may_have_opened = 0 OR (sent_at IS NOT NULL AND state IN ('sent', 'timed-out')))
  ) STRICT;
  CREATE INDEX remote_unlocks_of_door ON remote_unlocks (door_id, created_at);
  CREATE INDEX remote_unlocks_by_event ON remote_unlocks (door_id, sequence) WHERE sequence IS NOT NULL;
  CREATE INDEX remote_unlocks_under_way ON remote_unlocks (created_at) WHERE finished_at IS NULL;

  -- What somebody wants to be told of (N13), and what is to be told. An occurrence stays until all have it.
  CREATE TABLE notification_rules (
    id TEXT PRIMARY KEY,
    account_id TEXT NOT NULL REFERENCES accounts (id),
    property_id TEXT NOT NULL REFERENCES properties (id),
    door_id TEXT REFERENCES doors (id),      -- of one door …
    group_id TEXT REFERENCES groups (id),    -- … or of a group's; neither: of all that they may see
    events TEXT NOT NULL,                    -- JSON of notifications/occurrence.ts
    channels TEXT NOT NULL,                  -- JSON: email, sms, in-app
    quiet TEXT NOT NULL,                     -- JSON of access/window.ts: when nothing is sent
    version INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    CHECK (door_id IS NULL OR group_id IS NULL)
  ) STRICT;
  CREATE INDEX notification_rules_of_property ON notification_rules (property_id);
  CREATE INDEX notification_rules_of_account ON notification_rules (account_id);
  CREATE TABLE occurrences (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    property_id TEXT NOT NULL REFERENCES properties (id),
    door_id TEXT REFERENCES doors (id),
    person_id TEXT REFERENCES people (id),
    kind TEXT NOT NULL,
    at INTEGER,                              -- by the door's clock; NULL: it had none
    late INTEGER NOT NULL CHECK (late IN (0, 1)),
    detail TEXT NOT NULL,                    -- JSON without secrets
    created_at INTEGER NOT NULL
  ) STRICT;
  CREATE TABLE notifications (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    account_id TEXT NOT NULL REFERENCES accounts (id),
    property_id TEXT NOT NULL REFERENCES properties (id),
    rule_id TEXT,                            -- the rule may be gone
    topic TEXT NOT NULL,                     -- what it is about: more of the same is counted here while it waits
    content TEXT NOT NULL,                   -- JSON of notifications/occurrence.ts: ids, and no names
    times INTEGER NOT NULL,                  -- how often it has happened; the content says the last of it
    urgent INTEGER NOT NULL CHECK (urgent IN (0, 1)),
    in_app INTEGER NOT NULL CHECK (in_app IN (0, 1)), -- whether it stands in the account's own list
    due_at INTEGER NOT NULL,                 -- after the quiet hours
    next_at INTEGER NOT NULL,                -- … and after what too much of them waits for
    channels TEXT NOT NULL,                  -- JSON: those that are still to be served
    created_at INTEGER NOT NULL,
    read_at INTEGER
  ) STRICT;
  CREATE INDEX notifications_of_account ON notifications (account_id, id);
  CREATE INDEX notifications_due ON notifications (next_at) WHERE channels <> '[]';

  -- Programs that are told by HTTP (X13).
  CREATE TABLE webhooks (
    id TEXT PRIMARY KEY,
    property_id TEXT NOT NULL REFERENCES properties (id),
    url TEXT NOT NULL,
    secret BLOB NOT NULL,                    -- sealed; signs what is sent
    events TEXT NOT NULL,                    -- JSON of notifications/occurrence.ts
    version INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    created_by TEXT NOT NULL,
    failures INTEGER NOT NULL DEFAULT 0,     -- attempts since one has succeeded
    failing_since INTEGER,
    next_at INTEGER NOT NULL DEFAULT 0,      -- after a failure nothing is sent before
    missed INTEGER NOT NULL DEFAULT 0,       -- what was dropped since the last delivery was made: too many waited, or it was paused
    paused_at INTEGER                        -- it has failed for too long
  ) STRICT;
  CREATE INDEX webhooks_of_property ON webhooks (property_id);
  CREATE TABLE webhook_deliveries (
    id TEXT PRIMARY KEY,
    webhook_id TEXT NOT NULL REFERENCES webhooks (id),
    type TEXT NOT NULL,
    content TEXT,                            -- JSON: ids, and no names; gone once it is delivered or given up
    created_at INTEGER NOT NULL,
    next_at INTEGER NOT NULL,
    attempts INTEGER NOT NULL,
    delivered_at INTEGER,
    failed_at INTEGER,                       -- given up
    problem TEXT
  ) STRICT;
  CREATE INDEX deliveries_of_webhook ON webhook_deliveries (webhook_id, created_at);
  CREATE INDEX deliveries_due ON webhook_deliveries (next_at) WHERE delivered_at IS NULL AND failed_at IS NULL;
`;

/** Keys with profiles, groups of doors and people, remote unlocks, notifications. */
export const KEYS_AND_SHARING: Migration = {
  sqlite: `
  CREATE TABLE new_credentials (
    id TEXT PRIMARY KEY,
    person_id TEXT NOT NULL REFERENCES people (id),
    kind TEXT NOT NULL CHECK (kind IN ('pin', 'card', 'phone', 'fob', 'second-pin', 'duress-pin', 'duress-second-pin')),
    parent_id TEXT REFERENCES credentials (id), -- the one that it completes or stands for, and whose grants it shares
    value BLOB,                              -- sealed; gone once no door may hold it; never there for a phone or a fob: doors know those by the id
    digits INTEGER NOT NULL,                 -- 0 for all but PINs
    version INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    revoked_at INTEGER,
    key_owner TEXT REFERENCES data_keys (owner), -- whose key seals the value; NULL: the master key's
    superseded_at INTEGER,                   -- a newer code stands in its place; it ends with the overlap
    CHECK ((parent_id IS NULL) = (kind IN ('pin', 'card', 'phone', 'fob')))
  ) STRICT;
  INSERT INTO new_credentials SELECT id, person_id, kind, parent_id, value, digits, version, created_at, revoked_at, key_owner, superseded_at FROM credentials;
  DROP TABLE credentials;
  ALTER TABLE new_credentials RENAME TO credentials;
  CREATE INDEX credentials_of_person ON credentials (person_id);
  CREATE INDEX companions ON credentials (parent_id) WHERE parent_id IS NOT NULL;
${TABLES}  `,
  postgres: `
  ALTER TABLE credentials
    DROP CONSTRAINT credentials_kind_check,
    DROP CONSTRAINT credentials_check,
    ADD CHECK (kind IN ('pin', 'card', 'phone', 'fob', 'second-pin', 'duress-pin', 'duress-second-pin')),
    ADD CHECK ((parent_id IS NULL) = (kind IN ('pin', 'card', 'phone', 'fob')));
${TABLES}  `,
};
