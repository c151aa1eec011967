import type { IdentifierKind } from "./account-rows";

/** Who lives where, and who is invited. */

export interface HouseholdRow {
  id: string;
  property_id: string;
  unit_id: string;
  created_at: number;
  created_by: string;
  ended_at: number | null;
}

export interface RemovalRow {
  id: string;
  household_id: string;
  kind: "moved-out" | "removed" | "court-order" | "share-ended";
  document: string | null;
  created_at: number;
  created_by: string;
}

export type MemberRole = "administrator" | "resident" | "guest" | "share";

export interface MembershipRow {
  person_id: string;
  household_id: string;
  role: MemberRole;
  state: "pending" | "active" | "ended";
  account_id: string | null;
  email: string | null;
  phone: string | null;
  invited_by: string | null;
  all_doors: 0 | 1;
  windows: string;
  starts_at: number;
  ends_at: number | null;
  version: number;
  created_at: number;
  created_by: string;
  ended_at: number | null;
  end_reason: RemovalRow["kind"] | "declined" | "expired" | "withdrawn" | null;
}

export interface InvitationRow {
  id: string;
  person_id: string;
  kind: "invitation" | "lease";
  channel: IdentifierKind;
  token_hash: Uint8Array;
  state: "pending" | "accepted" | "declined" | "expired" | "withdrawn" | "replaced";
  created_at: number;
  expires_at: number;
  answered_at: number | null;
  account_id: string | null;
}
