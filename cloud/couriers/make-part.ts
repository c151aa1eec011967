import { join, toHex } from "../../protocol/bytes";
import { courierKeys } from "../../protocol/courier-item";
import { openReceipt, RECEIPT_BYTES, type Receipt } from "../../protocol/receipt";
import { acknowledgeEvents } from "../doors/door-answers";
import type { DoorSecrets } from "../doors/door-secrets";
import { markOffered, readIssuedState } from "../doors/issued-state";
import { sameLease, signLease } from "../issuing/lease-signing";
import type { Keystore } from "../keys/keystore";
import { nativeHashes } from "../keys/native-hashes";
import { COURIER_LEASE_AGREES_SECONDS, COURIER_LEASE_SECONDS } from "../limits";
import type { CourierPartRow } from "../store/rows/courier-rows";
import type { DoorRow } from "../store/rows/door-rows";
import type { Unit } from "../store/store";
import { heardOf, sealPart, type DoorLack } from "./courier-part";

/** What sealing and signing take. */
export interface PartSecrets {
  keystore: Keystore;
  secrets: DoorSecrets;
}

/** A door, and what of its surroundings makes another part. */
export interface PartFacts {
  door: DoorRow;
  /** Number of the site's newest keyset. */
  keyset: number;
  /** A committed change waits for its list: no lease is signed before that. */
  noted: boolean;
}

/**
 * Whether a part must be made anew: something that it was made of is another, or its lease is getting old.
 * @param leaseSeconds from which age on a lease is old.
 */
export function isStale({ secrets }: Pick<PartSecrets, "secrets">, { door, keyset, noted }: PartFacts, stored: Pick<CourierPartRow, "made_of" | "lease_issued_at"> | undefined, now: number, leaseSeconds = COURIER_LEASE_SECONDS): boolean {
  if (stored === undefined || stored.made_of !== madeOf(door, receiptOf(secrets, door), keyset)) return true;
  return door.version > 0 && !noted && now - stored.lease_issued_at >= leaseSeconds;
}

/**
 * Makes what phones carry to a door. A list or lease in it may be at the door from then on, whatever the door
 * says: both are noted as if they had been sent (SPEC 16).
 * @param acknowledge events of the door have just been brought: it is to hear which ones, also where its receipt does
 * not ask for it.
 */
export async function makePart(unit: Unit, { keystore, secrets }: PartSecrets, { door, keyset }: Omit<PartFacts, "noted">, now: number, acknowledge = false): Promise<CourierPartRow> {
  const receipt = receiptOf(secrets, door);
  const lease = await currentLease(unit, keystore, door, now);
  const part = sealPart(nativeHashes, courierKeys(nativeHashes, secrets.keysOf(door).courier), {
    receipt,
    issued: await readIssuedState(unit, door.id, door.version),
    keysets: await unit.selectFrom("keysets").select(["number", "message"]).where("number", ">", receipt?.keysetNumber ?? 0).execute(),
    lease,
    acknowledgement: acknowledge || owesAcknowledgement(door, receipt) ? { message: acknowledgeEvents(secrets, door, door.next_event).payload, sequence: door.next_event } : undefined,
  });
  if (door.version > 0) await markOffered(unit, door.id, door.version);
  const [first_items, list_items, last_items] = [part.first, part.list, part.last].map((items) => join(items));
  return {
    door_id: door.id,
    made_of: madeOf(door, receipt, keyset),
    version: door.version,
    news_without_list: part.newsWithoutList ? 1 : 0,
    lease_issued_at: lease?.issuedAt ?? 0,
    ...{ first_items, list_items, last_items },
    digest: toHex(nativeHashes.sha256(join([first_items, list_items, last_items]))),
  };
}

/** The lease that goes with a door's newest list; where none can be signed now, the last one that was signed for that list. */
async function currentLease(unit: Unit, keystore: Keystore, door: DoorRow, now: number): Promise<DoorLack["lease"]> {
  const same = sameLease(keystore, door);
  const recorded = same && { message: same, issuedAt: door.lease_issued_at };
  if (recorded !== undefined && now - recorded.issuedAt < COURIER_LEASE_AGREES_SECONDS) return recorded;
  const property = await unit.selectFrom("properties").selectAll().where("id", "=", door.property_id).executeTakeFirstOrThrow();
  const message = await signLease(unit, keystore, door, property, now);
  return message === undefined ? recorded : { message, issuedAt: now };
}

/** A door with a connection hears it there; what its receipts say of its log is behind for a moment each time. */
function owesAcknowledgement(door: DoorRow, receipt: Receipt | undefined): boolean {
  return door.heard_by === "phone" && receipt !== undefined && receipt.firstEvent < door.next_event;
}

function receiptOf(secrets: DoorSecrets, door: DoorRow): Receipt | undefined {
  // One of another length is of an earlier version of the format: it says nothing.
  return door.receipt?.length !== RECEIPT_BYTES ? undefined : openReceipt(nativeHashes, secrets.keysOf(door).receipt, door.receipt);
}

function madeOf(door: DoorRow, receipt: Receipt | undefined, keyset: number): string {
  const events = owesAcknowledgement(door, receipt) ? door.next_event : "heard";
  return `${door.enrolment}/${door.epoch}.${door.version}/${keyset}/${heardOf(receipt)}/${events}`;
}
