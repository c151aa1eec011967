import { fromHex } from "../../protocol/bytes";
import { signingContext } from "../../protocol/cose-sign1";
import { encodeLease, type Lease } from "../../protocol/lease";
import { encodeSignedTime } from "../../protocol/signed-time";
import { signMessage } from "../keys/cose-signing";
import type { Keystore } from "../keys/keystore";
import type { Unit } from "../store/store";
import type { DoorRow } from "../store/rows/door-rows";
import type { PropertyRow } from "../store/rows/property-rows";
import { leaseTerms } from "./lease-terms";
import { isNoted } from "./outbox";

/**
 * Signs that a door's newest list is current, for the door's connection.
 * @returns undefined where a committed change waits for its list: no lease may outlive it.
 */
export async function signLease(unit: Unit, keystore: Keystore, door: DoorRow, property: PropertyRow, now: number): Promise<Uint8Array | undefined> {
  const lease = await nextLease(unit, door, property, now);
  if (lease === undefined) return undefined;
  const ends = { guest_not_after: lease.guestNotAfter, staff_not_after: lease.staffNotAfter, resident_not_after: lease.residentNotAfter };
  await unit.updateTable("doors").set({ lease_version: lease.version, lease_issued_at: now, ...ends }).where("id", "=", door.id).execute();
  return sealLease(unit, keystore, door, lease);
}

/** As `signLease`, for phones to carry. It says nothing of what the door has: whether its next one is due goes by those that it is sent. */
export async function signCarriedLease(unit: Unit, keystore: Keystore, door: DoorRow, property: PropertyRow, now: number): Promise<Uint8Array | undefined> {
  const lease = await nextLease(unit, door, property, now);
  return lease && sealLease(unit, keystore, door, lease);
}

/** The answer to a door's question for the time. @param nonce 16 bytes of the door's. */
export async function signTime(unit: Unit, keystore: Keystore, door: DoorRow, nonce: Uint8Array, now: number): Promise<Uint8Array> {
  const { leaseKey } = await keystore.signing.current(unit);
  return signMessage(leaseKey, encodeSignedTime({ nonce, time: now }), signingContext("time", fromHex(door.id)!));
}

async function sealLease(unit: Unit, keystore: Keystore, door: DoorRow, lease: Lease): Promise<Uint8Array> {
  const { leaseKey } = await keystore.signing.current(unit);
  return signMessage(leaseKey, encodeLease(lease), signingContext("lease", fromHex(door.id)!));
}

/** Remembers the ends that a lease sets before they can leave: "may open until at most" (X1) rests on the latest of them. */
async function nextLease(unit: Unit, door: DoorRow, property: PropertyRow, now: number): Promise<Lease | undefined> {
  if (door.version === 0 || door.held_at !== null || (await isNoted(unit, door.id))) return undefined;
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
  return lease;
}
