import { CborReader, encodeMap } from "./cbor";
import { LEASE_GRACE_SECONDS, LEASE_SECONDS_MAX, U32_MAX } from "./limits";
import { HolderClass } from "./profile";
import { ProtocolError } from "./protocol-error";

/**
 * The cloud's word that a list is current, signed by the lease key. It names one (epoch, version): a door whose
 * list is older refuses it, so whoever jams a revocation cannot keep feeding leases past it (X3).
 */
export interface Lease {
  epoch: number;
  version: number;
  /** Unix seconds. */
  issuedAt: number;
  /** Unix seconds (exclusive, but for the grace) for each class that needs a lease; 0 for residents without a bound. */
  guestNotAfter: number;
  staffNotAfter: number;
  residentNotAfter: number;
}

export function encodeLease(lease: Lease): Uint8Array {
  return encodeMap(
    [
      [1, lease.epoch],
      [2, lease.version],
      [3, lease.issuedAt],
      [4, lease.guestNotAfter],
      [5, lease.staffNotAfter],
      [6, lease.residentNotAfter],
    ],
    6,
  );
}

/** @throws {ProtocolError} `malformed`, `lease-too-long`. */
export function decodeLease(payload: Uint8Array): Lease {
  const reader = new CborReader(payload);
  const map = reader.map();
  const lease: Lease = {
    epoch: map.unsigned(1, U32_MAX),
    version: map.unsigned(2, U32_MAX),
    issuedAt: map.unsigned(3, U32_MAX),
    guestNotAfter: map.unsigned(4, U32_MAX),
    staffNotAfter: map.unsigned(5, U32_MAX),
    residentNotAfter: map.optionalUnsigned(6, U32_MAX),
  };
  map.end();
  reader.end();
  const latest = Math.max(lease.guestNotAfter, lease.staffNotAfter, lease.residentNotAfter);
  if (latest > lease.issuedAt + LEASE_SECONDS_MAX) throw new ProtocolError("lease-too-long");
  return lease;
}

/** The end that a lease sets for a class, Unix seconds. */
export function notAfterOf(lease: Lease, holderClass: HolderClass): number {
  if (holderClass === HolderClass.guest) return lease.guestNotAfter;
  return holderClass === HolderClass.staff ? lease.staffNotAfter : lease.residentNotAfter;
}

/** Whether a lease still carries a class at an instant, grace included. */
export function leaseHolds(lease: Lease, holderClass: HolderClass, unixSeconds: number): boolean {
  return unixSeconds < notAfterOf(lease, holderClass) + LEASE_GRACE_SECONDS;
}
