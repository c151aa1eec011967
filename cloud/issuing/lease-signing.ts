import { fromHex } from "../../protocol/bytes";
import type { Lease } from "../../protocol/lease";
import type { Keystore } from "../keys/keystore";
import type { Unit } from "../store/store";
import type { DoorRow } from "../store/rows/door-rows";
import type { PropertyRow } from "../store/rows/property-rows";
import { leaseTerms, sealLease } from "./lease-terms";
import { isNoted } from "./outbox";

/** The newest lease that was signed for a door, once more: the same bytes. @returns undefined where it is for another list than the newest. */
export function sameLease(keystore: Keystore, door: DoorRow): Uint8Array | undefined {
  if (door.version === 0 || door.lease_version !== door.version) return undefined;
  const ends = { guestNotAfter: door.guest_not_after, staffNotAfter: door.staff_not_after, residentNotAfter: door.resident_not_after };
  const lease: Lease = { epoch: door.epoch, version: door.version, issuedAt: door.lease_issued_at, ...ends };
  return sealLease(keystore.leaseKey, fromHex(door.id)!, lease);
}

/**
 * Signs that a door's newest list is current, and remembers the ends it sets before they can leave: "may open
 * until at most" (X1) rests on the latest of them.
 * @returns undefined where a committed change waits for its list: no lease may outlive it.
 */
export async function signLease(unit: Unit, keystore: Keystore, door: DoorRow, property: PropertyRow, now: number): Promise<Uint8Array | undefined> {
  if (door.version === 0 || (await isNoted(unit, door.id))) return undefined;
  const bounds = { guestSeconds: property.guest_lease_seconds, staffSeconds: property.staff_lease_seconds, residentSeconds: property.resident_lease_seconds };
  const lease = leaseTerms(door, bounds, now);
  const ends = { guest: lease.guestNotAfter, staff: lease.staffNotAfter, resident: lease.residentNotAfter };
  await unit
    .insertInto("lease_ends")
    .values({ door_id: door.id, epoch: door.epoch, version: door.version, ...ends })
    .onConflict((conflict) =>
      conflict.columns(["door_id", "epoch", "version"]).doUpdateSet((eb) => ({
        guest: eb.case().when("excluded.guest", ">", eb.ref("lease_ends.guest")).then(eb.ref("excluded.guest")).else(eb.ref("lease_ends.guest")).end(),
        staff: eb.case().when("excluded.staff", ">", eb.ref("lease_ends.staff")).then(eb.ref("excluded.staff")).else(eb.ref("lease_ends.staff")).end(),
        resident: eb.case().when("excluded.resident", ">", eb.ref("lease_ends.resident")).then(eb.ref("excluded.resident")).else(eb.ref("lease_ends.resident")).end(),
      })),
    )
    .execute();
  await unit
    .updateTable("doors")
    .set({ lease_version: lease.version, lease_issued_at: now, guest_not_after: ends.guest, staff_not_after: ends.staff, resident_not_after: ends.resident })
    .where("id", "=", door.id)
    .execute();
  return sealLease(keystore.leaseKey, fromHex(door.id)!, lease);
}
