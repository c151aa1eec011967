import { equalBytes, readU32 } from "../../protocol/bytes";
import { eventMac, eventPeriod, EVENT_BODY_BYTES } from "../../protocol/event-record";
import type { Hashes } from "../../protocol/hashes";
import { EVENT_BYTES } from "../../protocol/limits";
import { EVENTS_PER_SECTOR } from "../flash-layout";
import type { EventLogState } from "./event-log-state";
import { sectorOf, SLOTS, type EventRing } from "./event-ring";

/** Records read at once: a read of flash costs more than what it reads. */
const RUN = 16;

/** Where a log goes on. */
export interface LogEnd {
  /** Number of the next event. */
  next: number;
  /** MAC of the last one. */
  mac: Uint8Array;
  /** For the next record: never one that an earlier boot may have begun to write. */
  slot: number;
}

/** Scans the anchor's sector for the last whole record: whole is what its MAC proves. */
export function findEnd(hashes: Hashes, ring: EventRing, { anchor, key }: Pick<EventLogState, "anchor" | "key">): LogEnd {
  const end = (sectorOf(anchor.slot) + 1) * EVENTS_PER_SECTOR;
  let next = anchor.sequence;
  let after = anchor.slot;
  let lastMac = anchor.mac;
  /** The MAC in the slot before this one. */
  let before = anchor.mac;
  let run = new Uint8Array(0);
  let at = 0;
  for (let slot = anchor.slot; slot < end; slot++, at += EVENT_BYTES) {
    if (at === run.length) {
      run = ring.read(slot, Math.min(RUN, end - slot));
      at = 0;
    }
    const sequence = readU32(run, at);
    const mac = run.subarray(at + EVENT_BODY_BYTES, at + EVENT_BYTES);
    // The next period has an anchor of its own; what is further on is torn or erased.
    if (sequence >= next && eventPeriod(sequence) === eventPeriod(anchor.sequence)) {
      // Behind a damaged record the chain goes on from the MAC that stands before.
      const previous = sequence === next ? lastMac : before;
      if (equalBytes(eventMac(hashes, key, previous, run.subarray(at, at + EVENT_BODY_BYTES)), mac)) {
        lastMac = mac;
        next = sequence + 1;
        after = slot + 1;
      }
    }
    before = mac;
  }
  // The slot after the last record may be torn, and a torn one looks like an erased one.
  return { next, mac: lastMac.slice(), slot: Math.min(after + 1, end) % SLOTS };
}
