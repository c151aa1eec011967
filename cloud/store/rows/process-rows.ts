/** What processes on one database share out among themselves. */

export interface DutyRow {
  name: string;
  due_at: number;
}

export interface ProcessLeaseRow {
  name: string;
  holder: string;
  until: number;
}
