/** Properties, their units and managers, and what is kept of every change. */

export interface PropertyRow {
  id: string;
  name: string;
  time_zone: string;
  holidays: string;
  unlock_seconds: number;
  guest_lease_seconds: number;
  staff_lease_seconds: number;
  resident_lease_seconds: number | null;
  created_at: number;
  rules: string;
  version: number;
  home_assistant: string;
}

export interface AuditRow {
  id: number;
  at: number;
  actor: string;
  action: string;
  subject: string;
  detail: string;
  property_id: string | null;
  sealed: Uint8Array | null;
  sealed_for: string | null;
  hash: Uint8Array | null;
}

export interface ManagerInvitationRow {
  id: string;
  property_id: string;
  email: string;
  token_hash: Uint8Array;
  created_at: number;
  created_by: string;
  expires_at: number;
  ended_at: number | null;
}

export interface TemplateRow {
  id: string;
  property_id: string;
  name: string;
  version: number;
}

export interface UnitRow {
  id: string;
  property_id: string;
  name: string;
  number: string | null;
  template_id: string | null;
  version: number;
}

export interface DataKeyRow {
  owner: string;
  wrapped: Uint8Array | null;
  created_at: number;
  destroyed_at: number | null;
}
