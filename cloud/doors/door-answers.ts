import { encodeAcknowledgement } from "../../protocol/acknowledgement";
import { decodeManifest, pageCount } from "../../protocol/manifest";
import { PAGE_BYTES } from "../../protocol/limits";
import type { Need } from "../../protocol/need";
import type { Receipt } from "../../protocol/receipt";
import type { Keystore } from "../keys/keystore";
import { nativeHashes } from "../keys/native-hashes";
import { signLease, signTime } from "../issuing/lease-signing";
import { LEASE_RENEWAL_SECONDS } from "../limits";
import type { Unit } from "../store/store";
import type { DoorRow } from "../store/tables";
import { listDifference, type DownMessage } from "./difference";
import type { DoorSecrets } from "./door-secrets";
import { markOffered, readIssuedState } from "./issued-state";

/**
 * What a door lacks by its newest receipt, in the order in which it can use it: keysets, list, lease,
 * acknowledgement of events. Each is safe to send again.
 * @param fetching version of the base whose pages the door has asked for lately.
 */
export async function answerReceipt(unit: Unit, keystore: Keystore, secrets: DoorSecrets, door: DoorRow, receipt: Receipt, fetching: number | undefined, now: number): Promise<DownMessage[]> {
  const messages: DownMessage[] = [];
  const keysets = await unit.selectFrom("keysets").select("message").where("number", ">", receipt.keysetNumber).orderBy("number").execute();
  for (const { message } of keysets) messages.push({ topic: "keyset", payload: message });

  const lists = listDifference(receipt, await readIssuedState(unit, door.id, door.version), fetching);
  if (lists.length > 0) await markOffered(unit, door.id, door.version);
  messages.push(...lists);

  const leaseDue = door.lease_version !== door.version || receipt.leaseIssuedAt < door.lease_issued_at || now - receipt.leaseIssuedAt >= LEASE_RENEWAL_SECONDS;
  // A door takes no second lease of the same second; the one it has carries the newer list as well.
  if (door.version > 0 && receipt.version === door.version && leaseDue && now > door.lease_issued_at) {
    const property = await unit.selectFrom("properties").selectAll().where("id", "=", door.property_id).executeTakeFirstOrThrow();
    const lease = await signLease(unit, keystore, door, property, now);
    if (lease !== undefined) messages.push({ topic: "lease", payload: lease });
  }
  if (receipt.firstEvent < door.next_event) messages.push(acknowledgeEvents(secrets, door, door.next_event));
  return messages;
}

/** @param sequence first event that is not stored. */
export function acknowledgeEvents(secrets: DoorSecrets, door: DoorRow, sequence: number): DownMessage {
  return { topic: "ack", payload: encodeAcknowledgement(nativeHashes, secrets.keysOf(door).acknowledgement, { enrolment: door.enrolment, sequence }) };
}

/** What a door asked for; what it names and we do not have is left to its next receipt. */
export async function answerNeed(unit: Unit, keystore: Keystore, door: DoorRow, need: Need, now: number): Promise<DownMessage[]> {
  const messages: DownMessage[] = [];
  if (need.timeNonce !== undefined) messages.push({ topic: "time", payload: signTime(keystore, door.id, need.timeNonce, now) });
  if (need.page !== undefined) {
    const { epoch, version, number } = need.page;
    const base = await unit.selectFrom("list_bases").select(["manifest", "body"]).where("door_id", "=", door.id).where("epoch", "=", epoch).where("version", "=", version).executeTakeFirst();
    if (base !== undefined && number < pageCount(decodeManifest(base.manifest))) {
      await markOffered(unit, door.id, version);
      messages.push({ topic: `page/${number}`, payload: base.body.subarray(number * PAGE_BYTES, (number + 1) * PAGE_BYTES) });
    }
  }
  if (need.deltaBase !== undefined) {
    const delta = await unit.selectFrom("list_deltas").select("signed_delta").where("door_id", "=", door.id).where("base_version", "=", need.deltaBase).where("version", "=", door.version).executeTakeFirst();
    if (delta !== undefined) {
      await markOffered(unit, door.id, door.version);
      messages.push({ topic: `delta/${need.deltaBase}`, payload: delta.signed_delta });
    }
  }
  return messages;
}
