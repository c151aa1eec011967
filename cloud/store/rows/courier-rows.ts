import type { ProtocolErrorCode } from "../../../protocol/protocol-error";

/** What phones carry. */

/** By which way a door was heard: over its own connection, or by a phone that was there. */
export type HeardBy = "network" | "phone";

export interface CourierPartRow {
  door_id: string;
  made_of: string;
  version: number;
  news_without_list: 0 | 1;
  lease_issued_at: number;
  first_items: Uint8Array;
  list_items: Uint8Array;
  last_items: Uint8Array;
  digest: string;
}

export interface CourierNewsRow {
  door_id: string;
  version: number;
  serial: number;
  carried_at: number | null;
}

export interface CourierPhoneRow {
  session_id: string;
  property_id: string;
  serial: number;
  seen_at: number;
}

export interface CourierCountRow {
  door_id: string;
  code: "taken" | ProtocolErrorCode;
  count: number;
  last_at: number;
}
