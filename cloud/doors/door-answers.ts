import { encodeAcknowledgement } from "../../protocol/acknowledgement";
import type { Need } from "../../protocol/need";
import type { Receipt } from "../../protocol/receipt";
import type { Keystore } from "../keys/keystore";
import { nativeHashes } from "../keys/native-hashes";
import { signLease, signTime } from "../issuing/lease-signing";
import { isLeaseDue } from "../issuing/lease-terms";
import type { Unit } from "../store/store";
import type { DoorRow } from "../store/rows/door-rows";
import { deltaAnswer, hasNewestList, keysetsAfter, listDifference, pageAnswer, type DownMessage } from "./difference";
import type { DoorSecrets } from "./door-secrets";
import { markOffered, readIssuedState } from "./issued-state";

/**
 * What a door lacks by its newest receipt, in the order in which it can use it: keysets, list, lease,
 * acknowledgement of events. Each is safe to send again.
 * @param fetching version of the base whose pages the door has asked for lately.
 */
export async function answerReceipt(unit: Unit, keystore: Keystore, secrets: DoorSecrets, door: DoorRow, receipt: Receipt, fetching: number | undefined, now: number): Promise<DownMessage[]> {
  const chain = await unit.selectFrom("keysets").select(["number", "message"]).where("number", ">", receipt.keysetNumber).orderBy("number").execute();
  const messages = keysetsAfter(receipt.keysetNumber, chain);

  const issued = await readIssuedState(unit, door.id, door.version);
  const lists = door.held_at !== null ? [] : listDifference(nativeHashes, receipt, issued, fetching);
  if (lists.length > 0) await markOffered(unit, door.id, door.version);
  messages.push(...lists);

  const record = { version: door.version, leaseVersion: door.lease_version, leaseIssuedAt: door.lease_issued_at };
  if (hasNewestList(nativeHashes, receipt, issued) && isLeaseDue(record, receipt, now)) {
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
  if (need.timeNonce !== undefined) messages.push({ topic: "time", payload: await signTime(unit, keystore, door, need.timeNonce, now) });
  if (need.page !== undefined) {
    const { epoch, version } = need.page;
    const base = await unit.selectFrom("list_bases").select(["epoch", "version", "manifest", "body"]).where("door_id", "=", door.id).where("epoch", "=", epoch).where("version", "=", version).executeTakeFirst();
    const page = base && pageAnswer(need.page, base);
    if (page !== undefined) {
      await markOffered(unit, door.id, version);
      messages.push(page);
    }
  }
  if (need.deltaBase !== undefined) {
    const delta = deltaAnswer(need.deltaBase, await readIssuedState(unit, door.id, door.version));
    if (delta !== undefined) {
      await markOffered(unit, door.id, door.version);
      messages.push(delta);
    }
  }
  return messages;
}
