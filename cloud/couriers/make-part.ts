import { join, toHex } from "../../protocol/bytes";
import { CourierKind, courierKeys, sealCourierItem, type CourierKeys } from "../../protocol/courier-item";
import { openReceipt, RECEIPT_BYTES, type Receipt } from "../../protocol/receipt";
import { acknowledgeEvents } from "../doors/door-answers";
import type { DoorSecrets } from "../doors/door-secrets";
import { markOffered, readIssuedState } from "../doors/issued-state";
import { signCarriedLease } from "../issuing/lease-signing";
import type { Keystore } from "../keys/keystore";
import { nativeHashes } from "../keys/native-hashes";
import { COURIER_LEASE_SECONDS } from "../limits";
import type { CourierPartRow } from "../store/rows/courier-rows";
import type { DoorRow } from "../store/rows/door-rows";
import type { Unit } from "../store/store";
import { heardOf, leaseAmong, sealPart } from "./courier-part";

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

/** What else a part goes by. */
export interface PartWishes {
  /** The part as it was last made: its lease goes on being carried while it is young enough. */
  stored: CourierPartRow | undefined;
  /** From which age on a lease is old; default COURIER_LEASE_SECONDS. */
  leaseSeconds?: number;
  /** Events of the door have just been brought: it is to hear which, also where its receipt does not ask for it. */
  acknowledge?: boolean;
}

/**
 * Makes what phones carry to a door. A list or lease in it may be at the door from then on, whatever the door
 * says: both are noted as if they had been sent (SPEC 16).
 */
export async function makePart(unit: Unit, { keystore, secrets }: PartSecrets, { door, keyset }: PartFacts, { stored, leaseSeconds = COURIER_LEASE_SECONDS, acknowledge = false }: PartWishes, now: number): Promise<CourierPartRow> {
  const receipt = receiptOf(secrets, door);
  const made_of = madeOf(door, receipt, keyset);
  const keys = courierKeys(nativeHashes, secrets.keysOf(door).courier);
  const kept = stored === undefined || stored.lease_issued_at === 0 || listOf(stored.made_of) !== listOf(made_of) ? undefined : { item: leaseAmong(stored.last_items)!, issuedAt: stored.lease_issued_at };
  const lease = kept !== undefined && now - kept.issuedAt < leaseSeconds ? kept : ((await newLease(unit, keystore, door, keys, now)) ?? kept);
  const part = sealPart(nativeHashes, keys, {
    receipt,
    issued: await readIssuedState(unit, door.id, door.version),
    keysets: await unit.selectFrom("keysets").select(["number", "message"]).where("number", ">", receipt?.keysetNumber ?? 0).execute(),
    lease: lease?.item,
    acknowledgement: acknowledge || owesAcknowledgement(door, receipt) ? { message: acknowledgeEvents(secrets, door, door.next_event).payload, sequence: door.next_event } : undefined,
  });
  if (door.version > 0) await markOffered(unit, door.id, door.version);
  const [first_items, list_items, last_items] = [part.first, part.list, part.last].map((items) => join(items));
  return {
    ...{ door_id: door.id, made_of, version: door.version },
    news_without_list: part.newsWithoutList ? 1 : 0,
    lease_issued_at: lease?.issuedAt ?? 0,
    ...{ first_items, list_items, last_items },
    digest: toHex(nativeHashes.sha256(join([first_items, list_items, last_items]))),
  };
}

async function newLease(unit: Unit, keystore: Keystore, door: DoorRow, keys: CourierKeys, now: number): Promise<{ item: Uint8Array; issuedAt: number } | undefined> {
  const property = await unit.selectFrom("properties").selectAll().where("id", "=", door.property_id).executeTakeFirstOrThrow();
  const message = await signCarriedLease(unit, keystore, door, property, now);
  return message && { item: sealCourierItem(nativeHashes, keys, { kind: CourierKind.lease, number: 0, version: now }, message), issuedAt: now };
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
  return `${door.enrolment}/${door.epoch}.${door.version}/${keyset} ${heardOf(receipt)}/${events}`;
}

/** Of that, which list it is of, and under whose keys: what a lease goes with. */
function listOf(madeOf: string): string {
  return madeOf.split(" ")[0];
}
