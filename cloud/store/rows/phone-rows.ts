/** Phones, and those who carry without opening anything. */

export interface PhoneRow {
  id: string;
  account_id: string;
  public_key: Uint8Array;
  session_id: string;
  agent: string;
  created_at: number;
  seen_at: number;
  ended_at: number | null;
}

export interface CarrierRow {
  id: string;
  property_id: string;
  account_id: string;
  created_at: number;
}
