import { eventSector, EVENT_SECTORS } from "../firmware/flash-layout";
import { SECTOR_BYTES } from "../firmware/limits";
import { FLASH_UNIT_BYTES, UNIT, type VirtualFlash } from "../hardware-sim/virtual-flash";
import { readU32 } from "../protocol/bytes";
import { REASONS } from "../protocol/decision";
import { decodeEvent, EVENT_TYPES, type EventRecord } from "../protocol/event-record";
import { EVENT_BYTES } from "../protocol/limits";

const EVENTS_FROM = eventSector(0) * SECTOR_BYTES;
const EVENTS_TO = EVENTS_FROM + EVENT_SECTORS * SECTOR_BYTES;
const FLAGS_MAX = 3;
/** Numbers that a damaged log may go back or skip. */
const NEAR = 300;

/** Reads along what a door writes to its event log, record by record, in the instant in which it is whole in flash. */
export class LogTap {
  /** The world changes flash by itself: nothing of it is the firmware's doing. */
  tampering = false;
  /** Numbers of the events whose records the world has damaged. */
  readonly damaged = new Set<number>();
  /** Numbers of records in whose last unit the power went: all of its bits may have come out right all the same. */
  readonly halfWritten = new Set<number>();
  readonly #flash: VirtualFlash;
  readonly #onRecord: (event: EventRecord) => void;
  #next = 0;

  constructor(flash: VirtualFlash, onRecord: (event: EventRecord) => void) {
    this.#flash = flash;
    this.#onRecord = onRecord;
    flash.onChange = (offset, length) => this.#changed(offset, length);
  }

  /** A bit in the event log changes: it damages its record, and hides the one whose number that record bears now. */
  flip(offset: number, change: () => void): void {
    const { cells } = this.#recordAt(offset);
    this.damaged.add(readU32(cells, 0));
    this.tampering = true;
    change();
    this.tampering = false;
    this.damaged.add(readU32(cells, 0));
  }

  #recordAt(offset: number): { cells: Uint8Array; states: Uint8Array } {
    return this.#flash.peek(offset - (offset % EVENT_BYTES), EVENT_BYTES);
  }

  #changed(offset: number, length: number): void {
    if (offset < EVENTS_FROM || offset >= EVENTS_TO || this.tampering) return;
    // A record is two units; an erase changes many.
    const last = offset % EVENT_BYTES === FLASH_UNIT_BYTES;
    if (length > FLASH_UNIT_BYTES || !last) return;
    const { cells, states } = this.#recordAt(offset);
    if (states[1] === UNIT.torn) this.halfWritten.add(readU32(cells, 0));
    // What is garbled the firmware reads back and gives up.
    if (states[0] !== UNIT.programmed || states[1] !== UNIT.programmed) return;
    if (EVENT_TYPES[cells[8]] === undefined || REASONS[cells[9]] === undefined || cells[11] > FLAGS_MAX) return;
    // Behind damage a record may come to lie over another one, and garbage comes of it.
    const sequence = readU32(cells, 0);
    if (this.damaged.size > 0 && Math.abs(sequence - this.#next) > NEAR) return;
    this.#next = sequence + 1;
    this.#onRecord(decodeEvent(cells.slice()));
  }
}
