import { equalBytes } from "../../protocol/bytes";
import { encodeEventBody, eventMac, eventPeriod, EVENT_BODY_BYTES, nextEventKey, type EventUpload } from "../../protocol/event-record";
import type { Hashes } from "../../protocol/hashes";
import { EVENT_BYTES, EVENT_MAC_BYTES, EVENTS_PER_UPLOAD_MAX, TAG_BYTES } from "../../protocol/limits";
import type { Flash, KeyValue } from "../device";
import { keepAcknowledged, keepState, loadAcknowledged, loadState, NONE, type AcknowledgedEvents, type EventLogState } from "./event-log-state";
import { findEnd } from "./find-end";
import { EventRing, sectorOf, SLOTS, type FoundEvent } from "./event-ring";
import { HeldEvents } from "./held-events";
import type { NewEvent } from "./new-event";
import { EVENT_SECTORS, EVENTS_PER_SECTOR } from "../flash-layout";
import { CROWDED_EVENTS, ERASE_AHEAD_EVENTS, EVENT_WRITE_ATTEMPTS } from "../limits";
import type { Uptime } from "../uptime";
import type { Work } from "../work-queue";

export interface EventLogParts {
  flash: Flash;
  keyValue: KeyValue;
  hashes: Hashes;
  clock: { wallTime(): number | undefined };
  uptime: Uptime;
  enrolment: number;
}

const NO_TAG = new Uint8Array(TAG_BYTES);

/**
 * The door's log (X7): a ring of 64 sectors of 128 records, chained by MACs under a key that evolves every 128.
 *
 * - A record that a cut tore takes no number: the slot after the last whole record is never written again, and the
 *   number goes to the next slot. Whole is what its MAC proves; erased flash may read anything.
 * - Before the first record of a sector or period, one atomic write says where it will stand, under which key and
 *   after which MAC (event-log-state.ts). The search at boot never leaves that sector.
 * - A full log gives up its oldest sector. Where that held unsent events, the next record is `events-folded`, and
 *   its count is how many this enrolment has given up so far before the cloud acknowledged them.
 * - Long before, with 2,048 events unsent, refusals and starts are counted only (held-events.ts): whoever presents
 *   cards all day or plays with the power takes no place from grants.
 */
export class EventLog {
  readonly #parts: EventLogParts;
  readonly #ring: EventRing;
  readonly #state: EventLogState;
  readonly #held: HeldEvents;
  #acknowledged: AcknowledgedEvents;
  #next: number;
  /** Of the last record. */
  #mac: Uint8Array;
  /** Where the next record goes, and whether its sector was announced and erased. */
  #slot: number;
  #entered: boolean;
  /** Whether this boot has written: before, a cut of an earlier one may have tried the slots below. */
  #settled = false;
  /** Sector that was erased ahead. */
  #erased: number | undefined;

  /** @throws Error where `startEventLog` was not called for this enrolment. */
  constructor(parts: EventLogParts) {
    this.#parts = parts;
    const state = loadState(parts.keyValue, parts.enrolment);
    if (state === undefined) throw new Error("no event log for this enrolment");
    this.#ring = new EventRing(parts.flash);
    this.#state = state;
    this.#acknowledged = loadAcknowledged(parts.keyValue, parts.enrolment);
    this.#next = state.anchor.sequence;
    this.#mac = state.anchor.mac;
    this.#slot = state.anchor.slot;
    this.#entered = state.firsts[sectorOf(state.anchor.slot)] !== NONE;
    if (this.#entered) this.#findEnd();
    this.#held = new HeldEvents(parts.keyValue, parts.enrolment, this.#next);
  }

  /** Number of the next event. */
  get next(): number {
    return this.#next;
  }

  /** Highest number that the next event can get: records of what was folded, started and refused may come before it. */
  get nextAtMost(): number {
    return this.#next + 3;
  }

  /** Number of the first event that the cloud has not and the door still holds. */
  get first(): number {
    return Math.max(this.#acknowledged.sequence, this.#state.tail.sequence);
  }

  /** All events below this number are with the cloud. */
  get acknowledged(): number {
    return this.#acknowledged.sequence;
  }

  /** Events were lost to a full log, and the cloud has not yet got the record that says so. */
  get folded(): boolean {
    const { sequence } = this.#state.fold;
    return sequence !== NONE && sequence >= this.acknowledged;
  }

  /** So much is unsent that refusals and starts are counted only. */
  get #crowded(): boolean {
    return this.#next - this.first >= CROWDED_EVENTS;
  }

  /**
   * Writes an event and reads it back.
   * @returns its number; undefined where it was counted only, or where the flash takes nothing any more.
   */
  append(event: NewEvent): number | undefined {
    if (this.#crowded && HeldEvents.takes(event) && !this.#held.full) {
      this.#held.hold(event, this.#next);
      return undefined;
    }
    for (let attempt = 0; attempt < EVENT_WRITE_ATTEMPTS; attempt++) {
      this.#prepare();
      const due = this.#due();
      if (this.#write(due ?? event) && due === undefined) return this.#next - 1;
    }
    return undefined;
  }

  /** What must stand in the log before any other event. */
  #due(): NewEvent | undefined {
    const { fold } = this.#state;
    if (fold.sequence !== this.#next) return this.#held.due(this.#next);
    this.#held.makeWay(this.#next);
    return { type: "events-folded", count: fold.count };
  }

  /** Writes down what was counted or given up, once there is room for it: the cloud need not wait for the next event. */
  #writeOwed(): void {
    for (let attempt = 0; attempt < EVENT_WRITE_ATTEMPTS && !this.#crowded && (this.#held.owes(this.#next) || this.#state.fold.sequence === this.#next); attempt++) {
      this.#prepare();
      const due = this.#due();
      if (due !== undefined) this.#write(due);
    }
  }

  /** The oldest unsent events, at most `max`, ready for `encodeEventUpload`; undefined where there are none. */
  unsent(max: number): EventUpload | undefined {
    this.#writeOwed();
    for (;;) {
      const { first } = this;
      if (first >= this.#next) return undefined;
      const found = this.#records(first, Math.min(this.#next, first + Math.min(max, EVENTS_PER_UPLOAD_MAX)));
      if (found.length > 0) {
        const { mac } = first === this.acknowledged ? this.#acknowledged : this.#state.tail;
        return { enrolment: this.#parts.enrolment, previousMac: mac, records: found.map(({ record }) => record) };
      }
      this.#passOver(first);
    }
  }

  /** Events from `sequence` on, at most `max`, ready for `encodeEventUpload`; undefined where there are none, or damage hides them. */
  from(sequence: number, max: number): EventUpload | undefined {
    if (sequence >= this.#next) return undefined;
    const found = this.#records(sequence, Math.min(this.#next, sequence + Math.min(max, EVENTS_PER_UPLOAD_MAX)));
    return found.length === 0 ? undefined : { enrolment: this.#parts.enrolment, previousMac: this.#macBefore(sequence), records: found.map(({ record }) => record) };
  }

  /** @param sequence first event that the cloud has not. @returns false where it is none of this log's. */
  acknowledge(sequence: number): boolean {
    if (sequence > this.#next) return false;
    if (sequence <= this.acknowledged) return true;
    this.#acknowledged = { sequence, mac: this.#macBefore(sequence) };
    keepAcknowledged(this.#parts.keyValue, this.#parts.enrolment, this.#acknowledged);
    return true;
  }

  /** Work for idle time: erases the next sector before it is needed; undefined where there is nothing to do. */
  eraseAhead(): Work | undefined {
    return this.#canEraseAhead() ? this.#eraseNext() : undefined;
  }

  *#eraseNext(): Work {
    // Things may have changed since the work was queued.
    if (this.#canEraseAhead()) this.#retire((sectorOf(this.#slot) + 1) % EVENT_SECTORS);
  }

  /** Never events that the cloud has not: they go only when their place is needed. */
  #canEraseAhead(): boolean {
    const { firsts } = this.#state;
    const sector = (sectorOf(this.#slot) + 1) % EVENT_SECTORS;
    const near = this.#entered && EVENTS_PER_SECTOR - (this.#slot % EVENTS_PER_SECTOR) <= ERASE_AHEAD_EVENTS;
    return near && this.#erased !== sector && (firsts[sector] === NONE || this.#firstAfter(sector) <= this.acknowledged);
  }

  #findEnd(): void {
    const end = findEnd(this.#parts.hashes, this.#ring, this.#state);
    if (this.acknowledged > end.next) {
      // Damage hid what the cloud already has: no number may come twice.
      this.#next = this.acknowledged;
      this.#mac = this.#acknowledged.mac;
      this.#slot = ((sectorOf(this.#state.anchor.slot) + 1) * EVENTS_PER_SECTOR) % SLOTS;
    } else {
      this.#next = end.next;
      this.#mac = end.mac;
      this.#slot = end.slot;
    }
    this.#entered = this.#slot % EVENTS_PER_SECTOR !== 0;
  }

  /** Whatever must be durable before the next record is. */
  #prepare(): void {
    const state = this.#state;
    const evolves = eventPeriod(this.#next) !== eventPeriod(state.anchor.sequence);
    if (this.#settled && this.#entered && !evolves) return;
    if (!this.#entered) {
      const sector = sectorOf(this.#slot);
      if (this.#erased !== sector) this.#retire(sector);
      this.#erased = undefined;
      state.firsts[sector] = this.#next;
    }
    if (evolves) state.key = nextEventKey(this.#parts.hashes, state.key);
    state.anchor = { slot: this.#slot, sequence: this.#next, mac: this.#mac };
    keepState(this.#parts.keyValue, state);
    this.#entered = this.#settled = true;
  }

  /** Gives up what a sector holds and erases it. */
  #retire(sector: number): void {
    const { firsts } = this.#state;
    if (firsts[sector] !== NONE) {
      const kept = this.#firstAfter(sector);
      const mac = this.#macBefore(kept);
      firsts[sector] = NONE;
      this.#giveUpBelow(kept, mac);
    }
    this.#ring.erase(sector);
    this.#erased = sector;
  }

  /** Moves the tail, durably; lost numbers are owed a record. */
  #giveUpBelow(sequence: number, mac: Uint8Array): void {
    const state = this.#state;
    const lost = sequence - this.first;
    if (sequence > state.tail.sequence) state.tail = { sequence, mac };
    // The record of an earlier gap may be among what is lost: the newest one counts them all.
    if (lost > 0) state.fold = { sequence: this.#next, count: state.fold.count + lost };
    keepState(this.#parts.keyValue, state);
  }

  #write(event: NewEvent): boolean {
    const { hashes, clock, uptime } = this.#parts;
    const wallTime = clock.wallTime();
    const body = encodeEventBody({
      sequence: this.#next,
      time: wallTime ?? Math.floor(uptime.milliseconds / 1_000),
      timeUnknown: wallTime === undefined,
      type: event.type,
      reason: event.reason ?? "granted",
      kind: event.kind ?? 0,
      outputs: event.outputs ?? 0,
      duress: event.duress ?? false,
      tag: event.tag ?? NO_TAG,
      count: event.count ?? 0,
    });
    const mac = eventMac(hashes, this.#state.key, this.#mac, body);
    const record = new Uint8Array(EVENT_BYTES);
    record.set(body);
    record.set(mac, EVENT_BODY_BYTES);
    const slot = this.#slot;
    this.#slot = (slot + 1) % SLOTS;
    this.#entered = this.#slot % EVENTS_PER_SECTOR !== 0;
    this.#ring.write(slot, record);
    if (!equalBytes(this.#ring.read(slot), record)) return false;
    this.#mac = mac;
    this.#next += 1;
    return true;
  }

  /** First number in the sector after this one. */
  #firstAfter(sector: number): number {
    const first = this.#state.firsts[(sector + 1) % EVENT_SECTORS];
    return first === NONE ? this.#next : first;
  }

  #records(from: number, to: number): FoundEvent[] {
    return this.#ring.find(from, to, this.#state.firsts, this.#slot);
  }

  #macBefore(sequence: number): Uint8Array {
    const { tail } = this.#state;
    if (sequence === this.#next) return this.#mac;
    if (sequence === tail.sequence) return tail.mac;
    if (sequence === this.acknowledged) return this.#acknowledged.mac;
    const [found] = this.#records(sequence - 1, sequence);
    return found === undefined ? new Uint8Array(EVENT_MAC_BYTES) : found.record.slice(EVENT_BODY_BYTES);
  }

  /** Of an event that a flipped bit has hidden nothing can be sent: it is given up, and said to be. */
  #passOver(damaged: number): void {
    for (let sequence = damaged + 1; sequence < this.#next; sequence++) {
      const [found] = this.#records(sequence, sequence + 1);
      if (found === undefined) continue;
      // Mostly the MAC of the damaged record, which the next one is chained to, is still there.
      return this.#giveUpBelow(sequence, this.#ring.read((found.slot + SLOTS - 1) % SLOTS).slice(EVENT_BODY_BYTES));
    }
    this.#giveUpBelow(this.#next, this.#mac);
  }
}
