import { EVENT_BYTES, PAGES_MAX } from "../protocol/limits";
import { SECTOR_BYTES } from "./limits";

/**
 * Where everything lies in the `latchkey` partition, in sectors of 4 KB. A slot is two heads (the same manifest
 * and page hashes twice), the pages, and one page of parity.
 */
export const SLOTS = 2;
export const SLOT_SECTORS = 2 + PAGES_MAX + 1;
export const DELTA_SECTORS = 2;
export const COMMIT_SECTORS = 2;
export const USE_SECTORS = 4; // two halves of two: the journal is compacted from one into the other
export const EVENT_SECTORS = 64; // 8,192 records

const DELTA_START = SLOTS * SLOT_SECTORS;
const COMMIT_START = DELTA_START + DELTA_SECTORS;
const USE_START = COMMIT_START + COMMIT_SECTORS;
const EVENT_START = USE_START + USE_SECTORS;
export const PARTITION_SECTORS = EVENT_START + EVENT_SECTORS;
export const PARTITION_BYTES = PARTITION_SECTORS * SECTOR_BYTES;

export const EVENTS_PER_SECTOR = SECTOR_BYTES / EVENT_BYTES;

/** First sector of a slot (0 or 1); its second head follows. */
export function slotHead(slot: number, copy: 0 | 1): number {
  return slot * SLOT_SECTORS + copy;
}

export function slotPage(slot: number, page: number): number {
  return slot * SLOT_SECTORS + 2 + page;
}

export function slotParity(slot: number): number {
  return slotPage(slot, PAGES_MAX);
}

export function deltaSector(copy: number): number {
  return DELTA_START + copy;
}

export function commitSector(index: number): number {
  return COMMIT_START + index;
}

export function useSector(index: number): number {
  return USE_START + index;
}

export function eventSector(index: number): number {
  return EVENT_START + index;
}
