/** What is known of a door that has said nothing yet: in its first life, and in each new one. */
export const NOTHING_KNOWN = {
  released_at: null,
  acknowledged_epoch: 0,
  acknowledged_version: 0,
  acknowledged_at: null,
  acknowledged_by: null,
  receipt_counter: 0,
  receipt: null,
  keyset_number: 0,
  signed_time: 0,
  lease_version: 0,
  lease_issued_at: 0,
  guest_not_after: 0,
  staff_not_after: 0,
  resident_not_after: 0,
  next_event: 0,
  event_mac: null,
} as const;
