import { equalBytes, readU32 } from "../../protocol/bytes";
import { EVENT_BODY_BYTES, nextEventKey, openEventUpload, readEvents, type EventRecord, type ReadEvent } from "../../protocol/event-record";
import { EVENT_MAC_BYTES } from "../../protocol/limits";
import { ProtocolError } from "../../protocol/protocol-error";
import { mixingHashes } from "../mixing-hashes";

/** An event as it is kept. */
interface Stored {
  record: Uint8Array;
  altered: boolean;
}

/** What of a log does not add up, event by event. */
export interface LogFaults {
  /** Its MAC does not hold. */
  onAltered(sequence: number): void;
  /** It came before, and said something else. */
  onChanged(sequence: number): void;
  onStored(event: EventRecord): void;
}

/** A door's log as its cloud has it (cloud/doors/receive-events): each event once, and what is missing or was altered. */
export class CloudLog {
  /** Who is told. */
  faults: LogFaults | undefined;
  /** What the newest record `events-folded` counts. */
  folded = 0;
  /** First number beyond all that is here. */
  next = 0;
  readonly #stored = new Map<number, Stored>();
  readonly #firstKey: Uint8Array;
  #period = 0;
  #key: Uint8Array;

  constructor(firstKey: Uint8Array) {
    this.#firstKey = this.#key = firstKey;
  }

  has(sequence: number): boolean {
    return this.#stored.has(sequence);
  }

  /** Numbers below `next` that never came. */
  get missing(): number {
    return this.next - this.#stored.size;
  }

  /**
   * @param receiptKey `DoorKeys.receipt`.
   * @param firstEvent of the door's last receipt: the oldest that it can still send.
   * @throws {ProtocolError} `malformed`, `too-large`, `bad-mac`.
   */
  receive(bytes: Uint8Array, receiptKey: Uint8Array, firstEvent: number): void {
    const { previousMac, records } = openEventUpload(mixingHashes, receiptKey, bytes);
    const first = readU32(records[0], 0);
    if (records.some((record, index) => readU32(record, 0) !== first + index)) throw new ProtocolError("malformed", "event sequence");
    if (first > this.next && firstEvent < first) return;
    for (let from = 0; from < records.length; ) {
      let to = from;
      while (to < records.length && !this.#stored.has(first + to)) to += 1;
      if (to > from) {
        const given = from === 0 ? previousMac : macOf(records[from - 1]);
        for (const read of readEvents(mixingHashes, (period) => this.#keyOf(period), this.#macsBefore(first + from, given), records.slice(from, to))) this.#store(read, records[read.sequence - first]);
      }
      if (to < records.length && !equalBytes(this.#stored.get(first + to)!.record, records[to])) this.faults?.onChanged(first + to);
      from = to + 1;
    }
  }

  #store({ sequence, altered, event }: ReadEvent, record: Uint8Array): void {
    this.#stored.set(sequence, { record, altered });
    this.next = Math.max(this.next, sequence + 1);
    if (altered) this.faults?.onAltered(sequence);
    else if (event !== undefined) {
      if (event.type === "events-folded") this.folded = Math.max(this.folded, event.count);
      this.faults?.onStored(event);
    }
  }

  #macsBefore(sequence: number, given: Uint8Array): Uint8Array[] {
    if (sequence === 0) return [new Uint8Array(EVENT_MAC_BYTES)];
    const before = this.#stored.get(sequence - 1);
    if (before === undefined) return [given];
    return before.altered ? [macOf(before.record), given] : [macOf(before.record)];
  }

  #keyOf(period: number): Uint8Array {
    if (period < this.#period) {
      this.#period = 0;
      this.#key = this.#firstKey;
    }
    for (; this.#period < period; this.#period++) this.#key = nextEventKey(mixingHashes, this.#key);
    return this.#key;
  }
}

function macOf(record: Uint8Array): Uint8Array {
  return record.slice(EVENT_BODY_BYTES);
}
