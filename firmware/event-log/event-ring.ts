import { EVENT_BYTES } from "../../protocol/limits";
import type { Flash } from "../device";
import { NONE } from "./event-log-state";
import { EVENT_SECTORS, eventSector, EVENTS_PER_SECTOR } from "../flash-layout";
import { SECTOR_BYTES } from "../limits";

export const SLOTS = EVENT_SECTORS * EVENTS_PER_SECTOR;

export interface FoundEvent {
  slot: number;
  record: Uint8Array;
}

/** The sectors of the event log as a ring of slots of 32 bytes. */
export class EventRing {
  readonly #flash: Flash;

  constructor(flash: Flash) {
    this.#flash = flash;
  }

  /** @param count records of one sector, from `slot` on. */
  read(slot: number, count = 1): Uint8Array<ArrayBuffer> {
    return new Uint8Array(this.#flash.read(count * EVENT_BYTES, slotOffset(slot)));
  }

  write(slot: number, record: Uint8Array): void {
    this.#flash.write(record, slotOffset(slot));
  }

  erase(sector: number): void {
    this.#flash.eraseBlock(eventSector(sector));
  }

  /**
   * Records `from` to `to` (exclusive), as far as they follow one another; damage ends them. Keys of past periods
   * are gone, so their numbers must do: of several slots with one number the last is whole, the others were torn. A
   * torn slot may show any number, but it stands before the whole record of the number it was meant for.
   * @param firsts first number in each sector.
   * @param end the slot after the last record.
   */
  find(from: number, to: number, firsts: Uint32Array, end: number): FoundEvent[] {
    const found: FoundEvent[] = [];
    const sector = sectorHolding(from, firsts);
    if (sector === undefined) return found;
    let slot = sector * EVENTS_PER_SECTOR + (from - firsts[sector]);
    let candidate: FoundEvent | undefined;
    for (let left = (end - slot + SLOTS) % SLOTS || SLOTS; left > 0; left--, slot = (slot + 1) % SLOTS) {
      const wanted = from + found.length;
      // No number stands behind the first one of the sector after it.
      if (candidate === undefined && wanted < firsts[sectorOf(slot)]) break;
      const record = this.read(slot);
      const sequence = new DataView(record.buffer).getUint32(0);
      if (sequence === wanted) candidate = { slot, record };
      else if (sequence === wanted + 1 && candidate !== undefined) {
        found.push(candidate);
        if (sequence === to) return found;
        candidate = { slot, record };
      } else if (sequence === wanted - 1 && found.length > 0) {
        // What seemed to be its successor was a torn slot.
        found[found.length - 1] = { slot, record };
        candidate = undefined;
      }
    }
    if (candidate !== undefined) found.push(candidate);
    return found;
  }
}

export function sectorOf(slot: number): number {
  return Math.floor(slot / EVENTS_PER_SECTOR);
}

function sectorHolding(sequence: number, firsts: Uint32Array): number | undefined {
  let holding: number | undefined;
  for (let sector = 0; sector < EVENT_SECTORS; sector++) {
    const first = firsts[sector];
    if (first !== NONE && first <= sequence && (holding === undefined || first > firsts[holding])) holding = sector;
  }
  return holding;
}

function slotOffset(slot: number): number {
  return eventSector(0) * SECTOR_BYTES + slot * EVENT_BYTES;
}
