import { encodeEventUpload } from "../../protocol/event-record";
import { EVENT_MAC_BYTES, EVENTS_PER_UPLOAD_MAX } from "../../protocol/limits";
import { nodeHashes } from "../xs/host-hashes";
import { EventChain, type NewEvent } from "./event-chain";

/** Where an upload was neither acknowledged nor lost with its connection, it is said again. */
const AGAIN_MS = 10_000;

/** A door's event log in memory: what the cloud has not acknowledged yet, one upload on its way at a time. */
export class LightLog {
  readonly #chain: EventChain;
  readonly #enrolment: number;
  readonly #key: Uint8Array;
  #kept: Uint8Array[] = [];
  #macBefore: Uint8Array = new Uint8Array(EVENT_MAC_BYTES);
  #sentAt = -Infinity;

  /** @param keys the door's. */
  constructor(keys: { event: Uint8Array; receipt: Uint8Array }, enrolment: number) {
    this.#chain = new EventChain(keys.event);
    this.#key = keys.receipt;
    this.#enrolment = enrolment;
  }

  /** Number of the oldest event that is kept. */
  get first(): number {
    return this.next - this.#kept.length;
  }

  get next(): number {
    return this.#chain.next;
  }

  /** @param time Unix seconds. */
  append(event: NewEvent, time: number): void {
    this.#kept.push(this.#chain.append(event, time));
  }

  /** @param next first event that the cloud has not stored. */
  acknowledged(next: number): void {
    const stored = Math.min(next - this.first, this.#kept.length);
    if (stored <= 0) return;
    this.#macBefore = this.#kept[stored - 1].subarray(-EVENT_MAC_BYTES);
    this.#kept = this.#kept.slice(stored);
    this.#sentAt = -Infinity;
  }

  /** The connection is a new one: nothing is on its way. */
  interrupted(): void {
    this.#sentAt = -Infinity;
  }

  /** The next upload; undefined while one is on its way, or where there is nothing to say. @param ticks milliseconds that only go up. */
  upload(ticks: number): Uint8Array | undefined {
    if (this.#kept.length === 0 || ticks - this.#sentAt < AGAIN_MS) return undefined;
    this.#sentAt = ticks;
    return encodeEventUpload(nodeHashes, this.#key, { enrolment: this.#enrolment, previousMac: this.#macBefore, records: this.#kept.slice(0, EVENTS_PER_UPLOAD_MAX) });
  }
}
