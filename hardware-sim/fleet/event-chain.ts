import { concat } from "../../protocol/bytes";
import { encodeEventBody, eventMac, eventPeriod, nextEventKey, type EventRecord } from "../../protocol/event-record";
import { EVENT_MAC_BYTES, TAG_BYTES } from "../../protocol/limits";
import { nodeHashes } from "../xs/host-hashes";

/** What an event says unless it says otherwise. */
export type NewEvent = Partial<EventRecord> & Pick<EventRecord, "type">;

/** Writes a chain of events as a door does (SPEC 10): each under the key of its period, after the MAC of the one before. */
export class EventChain {
  #key: Uint8Array;
  #mac: Uint8Array = new Uint8Array(EVENT_MAC_BYTES);
  #next = 0;

  /** @param eventKey the door's first one. */
  constructor(eventKey: Uint8Array) {
    this.#key = eventKey;
  }

  /** Number of the next event. */
  get next(): number {
    return this.#next;
  }

  /** MAC of the event before the next one. */
  get mac(): Uint8Array {
    return this.#mac;
  }

  /** @param time Unix seconds. @returns the record of 32 bytes. */
  append(event: NewEvent, time: number): Uint8Array {
    return this.appendBody(this.bodyOf(event, time));
  }

  /** The next record without its MAC. */
  bodyOf(event: NewEvent, time: number): Uint8Array {
    return encodeEventBody({ sequence: this.#next, time, timeUnknown: false, reason: "granted", kind: 0, outputs: 0, duress: false, tag: new Uint8Array(TAG_BYTES), count: 0, ...event });
  }

  appendBody(body: Uint8Array): Uint8Array {
    if (this.#next > 0 && eventPeriod(this.#next) !== eventPeriod(this.#next - 1)) this.#key = nextEventKey(nodeHashes, this.#key);
    this.#mac = eventMac(nodeHashes, this.#key, this.#mac, body);
    this.#next += 1;
    return concat(body, this.#mac);
  }
}
