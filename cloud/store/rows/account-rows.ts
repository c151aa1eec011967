/** Accounts, and how they are proved to be somebody's. */

export type LanguageName = "en" | "fr";

export interface AccountRow {
  id: string;
  name: string;
  language: LanguageName;
  created_at: number;
  erased_at: number | null;
}

export type IdentifierKind = "email" | "phone";

export interface IdentifierRow {
  id: string;
  account_id: string;
  kind: IdentifierKind;
  value: string;
  verified_at: number;
}

export interface CodeRow {
  id: string;
  purpose: "sign-in" | "identifier" | "authenticate";
  kind: IdentifierKind;
  value: string;
  account_id: string | null;
  code_hash: Uint8Array;
  created_at: number;
  expires_at: number;
  attempts: number;
  used_at: number | null;
}

export interface PasskeyRow {
  id: string;
  account_id: string;
  name: string;
  public_key: Uint8Array;
  counter: number;
  transports: string;
  created_at: number;
  used_at: number | null;
}

export interface PasskeyChallengeRow {
  id: string;
  purpose: "register" | "sign-in" | "authenticate";
  account_id: string | null;
  challenge: string;
  expires_at: number;
}

export interface SessionRow {
  id: string;
  token_hash: Uint8Array;
  account_id: string;
  agent: string;
  created_at: number;
  authenticated_at: number;
  seen_at: number;
  ended_at: number | null;
}

export interface TokenRow {
  id: string;
  token_hash: Uint8Array;
  property_id: string;
  name: string;
  created_at: number;
  created_by: string;
  used_at: number | null;
  ended_at: number | null;
}
