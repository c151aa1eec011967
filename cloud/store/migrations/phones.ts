import type { Migration } from "./migration";

/** Phones that open doors and carry for them, and what each of their holders has been given of handles. */
export const PHONES: Migration = {
  sqlite: `
  -- An app on a phone, by the key that what it gets is wrapped for. What it opens is its account's: credentials of kind phone.
  CREATE TABLE phones (
    id TEXT PRIMARY KEY,
    account_id TEXT NOT NULL REFERENCES accounts (id),
    public_key BLOB NOT NULL,                -- raw point of P-256; the private one never leaves the phone
    session_id TEXT NOT NULL,                -- that it asked with last. No reference: it may be gone
    agent TEXT NOT NULL,                     -- what it calls itself, shortened
    created_at INTEGER NOT NULL,
    seen_at INTEGER NOT NULL,                -- last refill
    ended_at INTEGER,                        -- lost: it gets nothing more (A1)
    UNIQUE (account_id, public_key)
  ) STRICT;
  -- Under which revocations the rights ended that a lost phone had keys for (X1).
  CREATE TABLE phone_endings (
    phone_id TEXT NOT NULL REFERENCES phones (id),
    revocation_id TEXT NOT NULL REFERENCES revocations (id),
    PRIMARY KEY (phone_id, revocation_id)
  ) STRICT;

  -- By what a phone proves itself at doors that its account has nothing to open with: no door's list ever knows it.
  CREATE TABLE carriers (
    id TEXT PRIMARY KEY,                     -- shaped like a credential's
    property_id TEXT NOT NULL REFERENCES properties (id),
    account_id TEXT NOT NULL REFERENCES accounts (id),
    created_at INTEGER NOT NULL,
    UNIQUE (property_id, account_id)
  ) STRICT;
  CREATE INDEX carriers_of_account ON carriers (account_id);

  -- Handles are used once, so their counters never come again (SPEC 20.2).
  CREATE TABLE handle_counters (
    holder_id TEXT PRIMARY KEY,              -- a credential's id or a carrier's
    next INTEGER NOT NULL CHECK (next BETWEEN 0 AND 4294967296) -- first one that is not given out
  ) STRICT;

  -- A place in a household has one credential for its holder's phones, beside the codes; keys have theirs.
  CREATE UNIQUE INDEX one_phone_per_place ON credentials (person_id) WHERE kind = 'phone' AND key_id IS NULL AND revoked_at IS NULL;
  `,
};
