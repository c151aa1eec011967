/** Why a door opened or did not: one enumeration for the log (by number), the API and the pages (by name). */
export const REASONS = [
  "granted",
  "unknown-credential",
  "not-yet-valid",
  "expired",
  "outside-schedule",
  "holiday",
  "used-up",
  "suspended",
  "second-credential-needed",
  "output-not-allowed",
  "stale-list",
  "time-unknown",
  "locked-out",
  "locked-down",
] as const;

export type Reason = (typeof REASONS)[number];
export type Denial = Exclude<Reason, "granted">;
