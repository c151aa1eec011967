import { equalBytes, readU32 } from "../../protocol/bytes";
import { EVENT_BODY_BYTES, nextEventKey, openEventUpload, verifyEvents, type EventRecord } from "../../protocol/event-record";
import { ProtocolError } from "../../protocol/protocol-error";
import { mixingHashes } from "../mixing-hashes";

/** Numbers of a door's log that never arrived: from (inclusive) to (exclusive). */
export interface Gap {
  from: number;
  to: number;
}

/** A door's log as its cloud has it (cloud/doors/receive-events): each event once, in order, and what is missing. */
export class CloudLog {
  /** By number; a hole where an event never arrived. */
  readonly records: (Uint8Array | undefined)[] = [];
  readonly gaps: Gap[] = [];
  /** Sum of the counts that `events-folded` told last. */
  folded = 0;
  /** Whoever wants to see each event that is stored. */
  onEvent: ((event: EventRecord) => void) | undefined;
  #mac: Uint8Array = new Uint8Array(12);
  #key: Uint8Array;
  #keyPeriod = 0;
  #previousKey: Uint8Array | undefined;

  constructor(firstKey: Uint8Array) {
    this.#key = firstKey;
  }

  /** First number that is not here. */
  get next(): number {
    return this.records.length;
  }

  /**
   * @param receiptKey `DoorKeys.receipt`.
   * @param firstEvent of the door's last receipt: the oldest that it can still send.
   * @returns what does not add up; undefined where all does.
   * @throws {ProtocolError} `malformed`, `too-large`, `bad-mac`.
   */
  receive(bytes: Uint8Array, receiptKey: Uint8Array, firstEvent: number): string | undefined {
    const { previousMac, records } = openEventUpload(mixingHashes, receiptKey, bytes);
    const first = readU32(records[0], 0);
    // All known already: held against what is here.
    if (first + records.length <= this.next) return this.#agrees(first, records) ? undefined : `events from ${first} on differ from those that came before`;
    let events: EventRecord[];
    try {
      events = verifyEvents(mixingHashes, (period) => this.#keyOf(period), previousMac, records);
    } catch (error) {
      if (!(error instanceof ProtocolError) || error.code !== "bad-mac") throw error;
      return `events from ${first} on are under no MAC of this door`;
    }
    if (first > this.next) {
      if (firstEvent < first) return undefined;
      this.gaps.push({ from: this.next, to: first });
      while (this.records.length < first) this.records.push(undefined);
    } else if (first === this.next) {
      if (!equalBytes(previousMac, this.#mac)) return `event ${first} does not follow from the one before`;
    } else if (!this.#agrees(first, records)) return `events from ${first} on differ from those that came before`;
    for (const [index, event] of events.entries()) {
      if (event.sequence < this.next) continue;
      this.records.push(records[index]);
      if (event.type === "events-folded") this.folded = event.count;
      this.onEvent?.(event);
    }
    this.#mac = records[records.length - 1].slice(EVENT_BODY_BYTES);
    return undefined;
  }

  #agrees(first: number, records: readonly Uint8Array[]): boolean {
    return records.every((record, index) => {
      const known = this.records[first + index];
      return known === undefined || equalBytes(known, record);
    });
  }

  /** Of the newest period and the one before; an upload spans no more. */
  #keyOf(period: number): Uint8Array {
    while (this.#keyPeriod < period) {
      this.#previousKey = this.#key;
      this.#key = nextEventKey(mixingHashes, this.#key);
      this.#keyPeriod += 1;
    }
    if (period === this.#keyPeriod) return this.#key;
    if (period !== this.#keyPeriod - 1 || this.#previousKey === undefined) throw new ProtocolError("bad-mac", `period ${period}`);
    return this.#previousKey;
  }
}

