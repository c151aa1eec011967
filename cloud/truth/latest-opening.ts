import { CLOCK_DRIFT_PPM, LEASE_GRACE_SECONDS, SNTP_ALLOWANCE_SECONDS, TIME_ANSWER_SECONDS } from "../../protocol/limits";

/** What bounds a right at a door that has not acknowledged its end. Times are Unix seconds. */
export interface OpeningFacts {
  /** Whether the holder's class needs a lease there, in every list that the door may have. */
  leased: boolean;
  /** Latest not-after for that class of any lease ever signed for an older list; 0 = none was. */
  leaseEnd: number;
  /** When the right itself ends; undefined = never. */
  rightEnd: number | undefined;
  /** Newest signed time that the door reported, or when it was claimed. */
  lastSignedTime: number;
  unlockSeconds: number;
}

/** "May open until at most", with its parts, so that a person can follow the sum (SPEC 16). */
export interface LatestOpening {
  /** Unix seconds: from then on it surely opens no more. */
  until: number;
  /** Which end the sum starts from, and that end. */
  bound: "lease" | "right";
  end: number;
  /** The door honours a lease this much longer; a right's own end has none. */
  graceSeconds: number;
  /** What unsigned time may have moved the door's clock, and the age of a signed time. */
  clockSeconds: number;
  /** What the door's clock may have lost by itself since its last signed time. */
  driftSeconds: number;
  /** The lock stays open this long. */
  unlockSeconds: number;
}

/** @returns undefined for "no limit until the door is reached". */
export function latestOpening(facts: OpeningFacts): LatestOpening | undefined {
  // Without a lease not even the right's own end is sure: a door that lost its time lets residents in.
  if (!facts.leased) return undefined;
  const byRight = facts.rightEnd !== undefined && facts.rightEnd < facts.leaseEnd + LEASE_GRACE_SECONDS;
  const end = byRight ? facts.rightEnd! : facts.leaseEnd;
  const graceSeconds = byRight ? 0 : LEASE_GRACE_SECONDS;
  const clockSeconds = SNTP_ALLOWANCE_SECONDS + TIME_ANSWER_SECONDS;
  const driftSeconds = Math.ceil((Math.max(0, end - facts.lastSignedTime) * CLOCK_DRIFT_PPM) / 1e6);
  const { unlockSeconds } = facts;
  return { until: end + graceSeconds + clockSeconds + driftSeconds + unlockSeconds, bound: byRight ? "right" : "lease", end, graceSeconds, clockSeconds, driftSeconds, unlockSeconds };
}
