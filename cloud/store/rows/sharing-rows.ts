import type { LanguageName } from "./account-rows";
import type { InvitationRow } from "./household-rows";

/** Keys, profiles and groups. */

export interface ProfileRow {
  id: string;
  property_id: string;
  account_id: string | null;
  name: string;
  windows: string;
  starts_at: number;
  ends_at: number | null;
  outputs: number;
  version: number;
  created_at: number;
  created_by: string;
}

export type KeyKind = "app" | "smart" | "pin" | "card";

export interface KeyRow {
  id: string;
  property_id: string;
  person_id: string;
  kind: KeyKind;
  name: string;
  state: "pending" | "active" | "ended";
  role: "user" | "admin";
  blocked: 0 | 1;
  profile_id: string | null;
  windows: string;
  starts_at: number;
  ends_at: number | null;
  max_uses: number;
  uses_carried: 0 | 1;
  credential_id: string | null;
  account_id: string | null;
  giver_account: string | null;
  giver_person: string | null;
  email: string | null;
  phone: string | null;
  language: LanguageName;
  version: number;
  created_at: number;
  created_by: string;
  ended_at: number | null;
  ended_by: string | null;
  fob_id: string | null;
}

export interface KeyLinkRow {
  id: string;
  key_id: string;
  token_hash: Uint8Array;
  state: InvitationRow["state"];
  created_at: number;
  expires_at: number;
  answered_at: number | null;
  account_id: string | null;
}

export interface GroupRow {
  id: string;
  property_id: string;
  name: string;
  profile_id: string | null;
  permissions: string;
  version: number;
  created_at: number;
  created_by: string;
}
