import { startController } from "../../firmware/controller";
import { PIN } from "../../hardware-sim/board-pins";
import { VirtualBoard, type BoardMemory } from "../../hardware-sim/virtual-board";
import { VirtualClock } from "../../hardware-sim/virtual-clock";
import { encodeAcknowledgement } from "../../protocol/acknowledgement";
import { toHex } from "../../protocol/bytes";
import type { DoorKeys } from "../../protocol/door-keys";
import { decodeEvent, openEventUpload, nextEventKey, verifyEvents, type EventRecord } from "../../protocol/event-record";
import type { Hashes } from "../../protocol/hashes";
import { decodeNeed, type Need } from "../../protocol/need";
import { openReceipt, type Receipt } from "../../protocol/receipt";
import { BenchLink } from "./bench-link";

/** What the world has seen of a door so far. It only grows. */
export interface Seen {
  /** How often the strike rose after each PIN. */
  openings: ReadonlyMap<string, number>;
  receipt: Receipt | undefined;
  /** Every event that ever came up, by its number, with its MAC: no number may come twice with something else. */
  events: ReadonlyMap<number, { event: EventRecord; mac: string }>;
}

export const NOTHING_SEEN: Seen = { openings: new Map(), receipt: undefined, events: new Map() };

/** A state that a power cut may leave: what the memories hold, and what the world has seen by then. */
export interface CutState {
  memory: BoardMemory;
  seen: Seen;
}

const CONNECTING_MS = 50;

/**
 * A claimed door with the whole controller on a bench, for runs from any state of its memories. It never knows the
 * time, so that records are the same in every run. Throws where it sees what may never be: (epoch, version) going
 * back (I2), an event that does not verify or is another than before (I4, I8).
 */
export class CutHouse {
  readonly clock = new VirtualClock();
  readonly board: VirtualBoard;
  readonly link: BenchLink;
  seen: Seen = NOTHING_SEEN;
  /** Pages that the cloud gives to whoever asks. */
  pages: readonly Uint8Array[] = [];
  /** Acknowledges events as they come. */
  acknowledges = false;
  readonly #hashes: Hashes;
  readonly #keys: DoorKeys;
  readonly #eventKeys: Uint8Array[];
  #typed = "";

  constructor(hashes: Hashes, door: Uint8Array, keys: DoorKeys, encrypted: boolean) {
    this.#hashes = hashes;
    this.#keys = keys;
    this.#eventKeys = [keys.event];
    this.link = new BenchLink(toHex(door));
    this.link.onUp = (what, payload) => this.#heard(what, payload);
    // Whoever signs here is known; signatures have their own tests.
    this.board = new VirtualBoard({ clock: this.clock, network: this.link, hashes, encrypted, verifySignature: () => true });
    this.board.pins.onOutput = (pin, { value }) => {
      if (pin !== PIN.strike || value === 0) return;
      const openings = new Map(this.seen.openings);
      openings.set(this.#typed, (openings.get(this.#typed) ?? 0) + 1);
      this.seen = { ...this.seen, openings };
    };
    this.board.start((device) => void startController(device));
    this.board.powerOff();
  }

  /** Powers on from a state and lets the door connect. */
  begin({ memory, seen }: CutState): void {
    this.board.powerOff();
    this.board.restoreMemory(memory);
    this.seen = seen;
    this.#typed = "";
    this.board.powerOn();
    this.clock.advance(CONNECTING_MS);
  }

  /** Types a PIN and waits until the strike has fallen again. @returns whether it rose. */
  types(pin: string): boolean {
    const before = this.seen.openings.get(pin) ?? 0;
    this.#typed = pin;
    this.board.keypad.type(pin);
    this.clock.advance(6_000);
    return (this.seen.openings.get(pin) ?? 0) > before;
  }

  deliver(what: string, payload: Uint8Array): void {
    this.link.deliver(what, payload);
    this.clock.advance(500);
  }

  acknowledge(sequence: number): void {
    this.deliver("ack", encodeAcknowledgement(this.#hashes, this.#keys.acknowledgement, { enrolment: 1, sequence }));
  }

  get state(): CutState {
    return { memory: this.board.snapshot(), seen: this.seen };
  }

  get version(): number {
    return this.seen.receipt?.version ?? 0;
  }

  #heard(what: string, payload: Uint8Array): void {
    if (what === "receipt") this.#receipt(openReceipt(this.#hashes, this.#keys.receipt, payload));
    if (what === "events") this.#events(payload);
    if (what === "need") this.#need(decodeNeed(payload));
  }

  #need({ page }: Need): void {
    if (page === undefined || page.number >= this.pages.length) return;
    this.clock.set(() => this.link.deliver(`page/${page.number}`, this.pages[page.number]), 1);
  }

  #receipt(receipt: Receipt): void {
    const before = this.seen.receipt;
    if (before !== undefined && receipt.version < before.version) throw new Error(`I2: version ${receipt.version} after ${before.version}`);
    if (before !== undefined && receipt.counter <= before.counter) throw new Error(`X1: receipt ${receipt.counter} after ${before.counter}`);
    if (receipt.alarms.listLost || receipt.alarms.listDamaged) throw new Error("I1: the list is lost or damaged");
    this.seen = { ...this.seen, receipt };
  }

  #events(payload: Uint8Array): void {
    const { previousMac, records } = openEventUpload(this.#hashes, this.#keys.receipt, payload);
    const first = decodeEvent(records[0]).sequence;
    verifyEvents(this.#hashes, (period) => this.#eventKey(period), previousMac, records);
    const before = this.seen.events.get(first - 1);
    if (before !== undefined && before.mac !== toHex(previousMac)) throw new Error(`I8: event ${first} is chained to another one`);
    const fresh = records.filter((record, index) => {
      const known = this.seen.events.get(first + index);
      if (known !== undefined && known.mac !== macOf(record)) throw new Error(`I4: event ${first + index} is another one than before`);
      return known === undefined;
    });
    if (fresh.length > 0) {
      const events = new Map(this.seen.events);
      for (const record of fresh) events.set(decodeEvent(record).sequence, { event: decodeEvent(record), mac: macOf(record) });
      this.seen = { ...this.seen, events };
    }
    if (!this.acknowledges) return;
    const end = first + records.length;
    this.clock.set(() => this.link.deliver("ack", encodeAcknowledgement(this.#hashes, this.#keys.acknowledgement, { enrolment: 1, sequence: end })), 1);
  }

  #eventKey(period: number): Uint8Array {
    while (this.#eventKeys.length <= period) this.#eventKeys.push(nextEventKey(this.#hashes, this.#eventKeys[this.#eventKeys.length - 1]));
    return this.#eventKeys[period];
  }
}

function macOf(record: Uint8Array): string {
  return toHex(record.subarray(20));
}
