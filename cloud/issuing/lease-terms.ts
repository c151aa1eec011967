import type { Lease } from "../../protocol/lease";
import { LEASE_RENEWAL_SECONDS } from "../limits";

/** How long a door goes on without news of the cloud, by class (X3); null: without a bound. */
export interface StalenessBounds {
  guestSeconds: number;
  staffSeconds: number;
  residentSeconds: number | null;
}

/** The newest list of a door and the newest lease that was signed for it. */
export interface LeaseRecord {
  /** 0 = no list yet. */
  version: number;
  /** The list that the newest lease vouches for, and when it was signed; 0 = none was. */
  leaseVersion: number;
  leaseIssuedAt: number;
}

/** A lease for a list, which must be the newest that is committed. @param now Unix seconds. */
export function leaseTerms(list: { epoch: number; version: number }, bounds: StalenessBounds, now: number): Lease {
  return {
    epoch: list.epoch,
    version: list.version,
    issuedAt: now,
    guestNotAfter: now + bounds.guestSeconds,
    staffNotAfter: now + bounds.staffSeconds,
    residentNotAfter: bounds.residentSeconds === null ? 0 : now + bounds.residentSeconds,
  };
}

/**
 * Whether a door is to get a new lease: it has the newest list, and no lease for it, or an old one. A door takes no
 * second lease of the same second; the one it has carries the newer list as well.
 * @param has what the door's newest receipt shows.
 */
export function isLeaseDue(record: LeaseRecord, has: { version: number; leaseIssuedAt: number }, now: number): boolean {
  if (record.version === 0 || has.version !== record.version || now <= record.leaseIssuedAt) return false;
  return record.leaseVersion !== record.version || has.leaseIssuedAt < record.leaseIssuedAt || now - has.leaseIssuedAt >= LEASE_RENEWAL_SECONDS;
}
