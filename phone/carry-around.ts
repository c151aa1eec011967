import { ProtocolError } from "../protocol/protocol-error";
import { COURIER_HEADER_BYTES, CourierKind, decodeCourierHeader } from "../protocol/courier-item";
import type { Delivery } from "../protocol/holder-session";
import type { CourierBag } from "./courier-bag";
import type { DoorVisit } from "./door-visit";
import { AT_DOOR_REQUEST_MS, ROUNDS_AT_DOOR_MAX } from "./limits";

export interface CarryMeans {
  bag: CourierBag;
  online: () => boolean;
  /** Ends it at once, and the connection with it. */
  signal?: AbortSignal | undefined;
  /** Ends it soon; the connection can be used on. */
  yields?: AbortSignal | undefined;
}

/** What came of it, also where it ended early. */
export interface Carried {
  delivered: number;
  refused: number;
  collected: number;
  /** The cloud has all that was collected. */
  uploaded: boolean;
}

/**
 * Hands a door what the phone carries for it and takes along what the door has for its cloud; while the phone is
 * online, the cloud's answers to that go to the door at once, and so on until neither has anything new.
 * @param carried is filled as it goes.
 * @throws as `DoorVisit.deliver`, {StoreError}.
 */
export async function carryAround(visit: DoorVisit, { bag, online, signal, yields }: CarryMeans, carried: Carried): Promise<void> {
  const { door, property } = visit.door;
  let { items } = await bag.forDoor(property, door);
  for (let round = 0; round < ROUNDS_AT_DOOR_MAX; round++) {
    const delivery: Delivery = { delivered: 0, refused: [], collected: [] };
    try {
      await visit.deliver(items, delivery, { signal, yields });
    } finally {
      carried.delivered += delivery.delivered;
      carried.refused += delivery.refused.length;
      // Where the cloud's answer had nothing for the door, that cloud has heard the door's last word already.
      if (round === 0 || delivery.delivered > 0) {
        carried.collected += delivery.collected.length;
        carried.uploaded = carried.uploaded && delivery.collected.length === 0;
        await bag.keep(door, delivery.collected);
      }
    }
    if (!online() || (round > 0 && delivery.delivered === 0)) return;
    const uploaded = await bag.upload(door, delivery.collected.filter(asksForTime), { milliseconds: AT_DOOR_REQUEST_MS, signal: yields ?? signal });
    if (uploaded.failure !== undefined) return;
    carried.uploaded = true;
    if (uploaded.answers.length === 0) return;
    items = uploaded.answers;
  }
}

/** Nobody keeps such a question: its answer must be back within a minute. */
function asksForTime(item: Uint8Array): boolean {
  try {
    return decodeCourierHeader(item.subarray(0, COURIER_HEADER_BYTES)).kind === CourierKind.need;
  } catch (error) {
    if (error instanceof ProtocolError) return false;
    throw error;
  }
}
