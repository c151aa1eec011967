import type { ColumnType, Generated } from "kysely";
import type { HolderClassName } from "../access/grant";
import type { StoredKind } from "../access/stored-kind";

/** The tables of migrations.ts as Kysely sees them; what columns mean is said there. */
export interface Tables {
  site: { one: 1; id: string };
  keysets: KeysetRow;
  properties: PropertyRow;
  doors: WithDefaults<DoorRow, "lock_state" | "throttle_reset" | "hours" | "first_in" | "outputs" | "unit_numbers">;
  people: PersonRow;
  credentials: CredentialRow;
  door_credentials: WithDefaults<DoorCredentialRow, "guessable">;
  revocations: RevocationRow;
  grants: WithDefaults<GrantRow, "outputs">;
  grant_doors: GrantDoorTable;
  list_bases: ListBaseRow;
  list_deltas: ListDeltaRow;
  lease_ends: LeaseEndsRow;
  outbox: { id: Generated<number>; door_id: string; created_at: number };
  events: EventRow;
  door_alarms: { id: Generated<number>; door_id: string; created_at: number; kind: DoorAlarmKind; detail: string };
  audit: { id: Generated<number>; at: number; actor: string; action: string; subject: string; detail: string };
}

/** Columns that an INSERT may leave to the schema. */
type WithDefaults<Row, Column extends keyof Row> = Omit<Row, Column> & { [Name in Column]: ColumnType<Row[Name], Row[Name] | undefined, Row[Name]> };

export interface KeysetRow {
  number: number;
  epoch: number;
  list_key: Uint8Array;
  lease_key: Uint8Array;
  message: Uint8Array;
}

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
}

export interface DoorRow {
  id: string;
  property_id: string;
  name: string;
  created_at: number;
  claimed_at: number | null;
  claim_secret: Uint8Array | null;
  claim_digest: Uint8Array | null;
  claim_answer: Uint8Array | null;
  door_key: Uint8Array | null;
  password_hash: Uint8Array | null;
  enrolment: number;
  epoch: number;
  version: number;
  offered_version: number;
  acknowledged_epoch: number;
  acknowledged_version: number;
  acknowledged_at: number | null;
  receipt_counter: number;
  receipt: Uint8Array | null;
  signed_time: number;
  heard_at: number | null;
  lease_version: number;
  lease_issued_at: number;
  guest_not_after: number;
  staff_not_after: number;
  resident_not_after: number;
  next_event: number;
  event_mac: Uint8Array | null;
  lock_state: LockStateName;
  throttle_reset: number;
  released_at: number | null;
  hours: string;
  first_in: number;
  outputs: string;
  unit_numbers: 0 | 1;
}

export type LockStateName = "normal" | "lock-down" | "hold-open";

export interface PersonRow {
  id: string;
  property_id: string;
  name: string;
  class: HolderClassName;
  created_at: number;
  revoked_at: number | null;
  unit: string | null;
  suspended_at: number | null;
}

export interface CredentialRow {
  id: string;
  person_id: string;
  kind: StoredKind;
  parent_id: string | null;
  value: Uint8Array | null;
  digits: number;
  version: number;
  created_at: number;
  revoked_at: number | null;
}

export interface DoorCredentialRow {
  door_id: string;
  credential_id: string;
  fingerprint: Uint8Array;
  tag: Uint8Array | null;
  released_at: number | null;
  guessable: 0 | 1;
}

export interface RevocationRow {
  id: string;
  person_id: string;
  scope: "person" | "grant";
  created_at: number;
  created_by: string;
}

export interface GrantRow {
  id: string;
  credential_id: string;
  not_before: number;
  not_after: number;
  windows: string;
  max_uses: number;
  use_counter: number;
  outputs: number;
  created_at: number;
  created_by: string;
  revoked_at: number | null;
  revocation_id: string | null;
}

export interface GrantDoorTable {
  grant_id: string;
  door_id: string;
  added_version: number | null;
  removed_version: number | null;
  never_left: ColumnType<0 | 1, 0 | 1 | undefined, 0 | 1>;
  acknowledged_at: number | null;
}

export interface ListBaseRow {
  door_id: string;
  version: number;
  epoch: number;
  state: "current" | "next" | "withdrawn";
  manifest: Uint8Array;
  signed_manifest: Uint8Array;
  page_hashes: Uint8Array;
  body: Uint8Array;
}

export interface ListDeltaRow {
  door_id: string;
  base_version: number;
  version: number;
  payload: Uint8Array;
  signed_delta: Uint8Array;
}

export interface LeaseEndsRow {
  door_id: string;
  epoch: number;
  version: number;
  guest: number;
  staff: number;
  resident: number;
}

export interface EventRow {
  id: Generated<number>;
  door_id: string;
  enrolment: number;
  sequence: number;
  record: Uint8Array;
  time: number;
  time_unknown: 0 | 1;
  type: string;
  reason: string;
  credential_id: string | null;
  received_at: number;
  late: 0 | 1;
  altered: ColumnType<0 | 1, 0 | 1 | undefined, 0 | 1>;
  gap: ColumnType<number, number | undefined, number>;
}

export type DoorAlarmKind = "events-missing" | "events-altered" | "unknown-list" | "list-lost" | "list-damaged" | "uses-full" | "duress";
