import type { ColumnType, Generated } from "kysely";
import type { HeardBy } from "./courier-rows";

/** Doors, what is issued to them and what they say. */

export interface KeysetRow {
  number: number;
  epoch: number;
  list_key: Uint8Array;
  lease_key: Uint8Array;
  message: Uint8Array;
}

/** The seed of a list or lease key, under the master key. */
export interface SigningKeyRow {
  /** Hexadecimal. */
  public_key: string;
  sealed: Uint8Array;
  created_at: number;
}

/** The next keyset, where it lacks signatures. */
export interface KeysetRequestRow {
  one: 1;
  payload: Uint8Array;
  /** JSON: COSE_Sign1s in base64. */
  signatures: string;
  requested_at: number;
  requested_by: string;
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
  stolen_at: number | null;
  heard_by: HeardBy | null;
  acknowledged_by: HeardBy | null;
  held_at: number | null;
  keyset_number: number;
}

export interface DoorLoginRow {
  door_id: string;
  enrolment: number;
  password: Uint8Array | null;
  told: 0 | 1;
}

export type LockStateName = "normal" | "lock-down" | "hold-open";

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

export interface OutboxRow {
  id: number;
  door_id: string;
  created_at: number;
  credential_id: string | null;
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

export const DOOR_ALARM_KINDS = ["events-missing", "events-altered", "unknown-list", "list-lost", "list-damaged", "uses-full", "duress"] as const;
export type DoorAlarmKind = (typeof DOOR_ALARM_KINDS)[number];

export interface RemoteUnlockRow {
  id: string;
  door_id: string;
  actor: string;
  idempotency_key: string;
  outputs: number;
  person_id: string | null;
  state: "asking" | "sent" | "opened" | "denied" | "offline" | "timed-out" | "busy";
  reason: string | null;
  may_have_opened: 0 | 1;
  created_at: number;
  sent_at: number | null;
  finished_at: number | null;
  enrolment: number | null;
  sequence: number | null;
}
