import type { ColumnType } from "kysely";
import type { HolderClassName } from "../../access/grant";
import type { StoredKind } from "../../access/stored-kind";
import type { HeardBy } from "./courier-rows";

/** People, what they open doors with, and their rights. */

export interface PersonRow {
  id: string;
  property_id: string;
  name: string;
  class: HolderClassName;
  created_at: number;
  revoked_at: number | null;
  unit: string | null;
  suspended_at: number | null;
  erased_at: number | null;
  version: number;
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
  key_owner: string | null;
  superseded_at: number | null;
  key_id: string | null;
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
  removal_id: string | null;
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
  group_id: string | null;
  suspended: 0 | 1;
}

export interface GrantDoorTable {
  grant_id: string;
  door_id: string;
  added_version: number | null;
  removed_version: number | null;
  never_left: ColumnType<0 | 1, 0 | 1 | undefined, 0 | 1>;
  acknowledged_at: number | null;
  changed_version: ColumnType<number | null, number | null | undefined, number | null>;
  former_end: ColumnType<number | null, number | null | undefined, number | null>;
  former_uses: ColumnType<number | null, number | null | undefined, number | null>;
  acknowledged_by: ColumnType<HeardBy | null, HeardBy | null | undefined, HeardBy | null>;
}
