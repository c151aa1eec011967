/** Fobs. */

export interface FobRow {
  id: string;
  secret: Uint8Array;
  sequence: number;
  message: Uint8Array | null;
  active: number;
  staged: number;
  heard_at: number | null;
  created_at: number;
  created_by: string;
}

export interface FobButtonRow {
  fob_id: string;
  button: number;
  key_id: string;
  door_id: string;
  outputs: number;
  since: number | null;
  clearing: 0 | 1;
  cleared: number | null;
  enrolment: number | null;
}
