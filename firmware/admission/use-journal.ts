import { equalBytes, readU16, readU32, writeU16, writeU32 } from "../../protocol/bytes";
import type { CredentialKind } from "../../protocol/credential";
import { TAG_BYTES } from "../../protocol/limits";
import { crc32 } from "./crc32";
import type { Flash, KeyValue } from "../device";
import { USE_SECTORS, useSector } from "../flash-layout";
import { FLASH_UNIT_BYTES, SECTOR_BYTES, USE_ENTRIES_MAX, USE_SPARE_UNITS, USE_WRITE_ATTEMPTS } from "../limits";
import { UseEntries, type UseEntry } from "./use-entries";
import type { Work } from "../work-queue";

export interface UseJournalParts {
  flash: Flash;
  keyValue: KeyValue;
  /** Events below this number are with the cloud. */
  acknowledged(): number;
  /** Whether a tag may still be in the list: true wherever that is not certain (no list, a damaged page). */
  isListed(tag: Uint8Array, kind: CredentialKind): boolean;
}

const KEY = "uses";
const FORMAT = 1;
const HEAD_BYTES = 8;
const HALF_SECTORS = USE_SECTORS / 2;
const UNITS = (HALF_SECTORS * SECTOR_BYTES) / FLASH_UNIT_BYTES;
const BODY_BYTES = 12;
/** Entries copied in one slice. */
const SLICE_ENTRIES = 16;
/** Units read at once when the journal is opened. */
const SCAN_UNITS = 16;
/** A flipped bit must not make a one-time code good again. */
const COPIES = 2;

/**
 * How often limited rights were used at this door (N8): append-only records of 16 bytes, each written twice, in one
 * half of the journal's sectors: tag (5) ‖ kind and use counter (u8, bits 0–2 and 6–7) ‖ uses so far (u8) ‖ 0 ‖
 * event number (u32) ‖ CRC-32 over these and the generation.
 *
 * Which half is in force stands in one atomic value, under `uses`, 8 bytes: format 1 ‖ half ‖ first unit that no
 * earlier boot can have tried to write (u16) ‖ generation (u32). A full half is copied into the other one, then
 * that value changes: a cut at any point leaves one whole journal. An entry is dropped then, and only then, if
 * the cloud has its last event and no row of its tag is in the list.
 */
export class UseJournal {
  readonly #parts: UseJournalParts;
  #entries = new UseEntries();
  /** 0: nothing was ever written. */
  #generation = 0;
  #half = 0;
  #unit = 0;
  /** Whether this boot has written; before, the unit after the last whole record may be torn. */
  #settled = true;
  /** Counts consumptions, so that a compaction notices one that came in between. */
  #consumed = 0;
  /** `acknowledged()` when a compaction was last tried: until it moves, another one frees nothing. */
  #triedAt = -1;

  constructor(parts: UseJournalParts) {
    this.#parts = parts;
    const kept = parts.keyValue.read(KEY);
    if (kept === undefined || kept.byteLength !== HEAD_BYTES) return;
    const head = new Uint8Array(kept);
    this.#half = head[1];
    this.#generation = readU32(head, 4);
    const end = this.#scan();
    this.#unit = Math.max(end + 1, readU16(head, 2));
    this.#settled = false;
  }

  /** How often a limited right was used at this door. */
  usesOf(tag: Uint8Array, useCounter: number): number {
    return this.#entries.usesOf(tag, useCounter);
  }

  /** No new counter fits: new limited rights are refused, and the receipt says `usesFull`. */
  get full(): boolean {
    return this.#entries.size >= USE_ENTRIES_MAX;
  }

  /**
   * Writes a use down and reads it back; only then may a strike move.
   * @param event highest number that the event of this use can get.
   * @returns false where it could not be written: then the door stays shut.
   */
  consume({ tag, kind, useCounter }: { tag: Uint8Array; kind: CredentialKind; useCounter: number }, event: number): boolean {
    const uses = this.usesOf(tag, useCounter);
    if (uses === 0 && this.full) return false;
    const entry: UseEntry = { tag, kind, useCounter, uses: uses + 1, event };
    if (this.#generation === 0 || this.#unit > UNITS - COPIES) {
      // No time to ask which entries may go: superseded records go, and that always makes room.
      for (const _ of this.#rewrite(() => true));
    }
    if (!this.#settled) this.#keepHead();
    for (let attempt = 0; attempt < USE_WRITE_ATTEMPTS && this.#unit <= UNITS - COPIES; attempt++) {
      const whole = this.#writeCopies(this.#half, this.#unit, entry, this.#generation);
      this.#unit += COPIES;
      if (!whole) continue;
      this.#entries.set(entry);
      this.#consumed += 1;
      return true;
    }
    return false;
  }

  /** Work for idle time: makes room before it is needed; undefined where there is nothing to do. */
  compact(): Work | undefined {
    const scarce = this.#unit >= UNITS - USE_SPARE_UNITS || this.#entries.size >= USE_ENTRIES_MAX - USE_SPARE_UNITS;
    const acknowledged = this.#parts.acknowledged();
    if (!scarce || acknowledged === this.#triedAt) return undefined;
    this.#triedAt = acknowledged;
    return this.#rewrite((entry) => entry.event >= acknowledged || this.#parts.isListed(entry.tag, entry.kind));
  }

  /** Copies what is to be kept into the other half and puts that in force. Gives up where the journal changes meanwhile. */
  *#rewrite(keeps: (entry: UseEntry) => boolean): Work {
    const { flash } = this.#parts;
    const [generation, consumed, half] = [this.#generation, this.#consumed, 1 - this.#half];
    const changed = (): boolean => this.#generation !== generation || this.#consumed !== consumed;
    for (let sector = 0; sector < HALF_SECTORS; sector++) {
      flash.eraseBlock(useSector(half * HALF_SECTORS + sector));
      yield;
      if (changed()) return;
    }
    const kept = new UseEntries();
    let unit = 0;
    for (let index = 0; index < this.#entries.size; index++) {
      const entry = this.#entries.at(index);
      if (keeps(entry)) {
        // Bad flash: rather the old half, full as it is, than one that has forgotten something.
        for (; !this.#writeCopies(half, unit, entry, generation + 1); unit += COPIES) if (unit > UNITS - 2 * COPIES) return;
        unit += COPIES;
        kept.set(entry);
      }
      if (index % SLICE_ENTRIES !== SLICE_ENTRIES - 1) continue;
      yield;
      if (changed()) return;
    }
    this.#half = half;
    this.#generation = generation + 1;
    this.#unit = unit;
    this.#keepHead();
    this.#entries = kept;
  }

  /** @returns whether they read back. */
  #writeCopies(half: number, unit: number, entry: UseEntry, generation: number): boolean {
    const record = new Uint8Array(FLASH_UNIT_BYTES);
    record.set(entry.tag);
    record[5] = entry.kind | (entry.useCounter << 6);
    record[6] = entry.uses;
    writeU32(record, 8, entry.event);
    writeU32(record, BODY_BYTES, crc32(record, BODY_BYTES, generation));
    const { flash } = this.#parts;
    let whole = true;
    for (let copy = 0; copy < COPIES; copy++) {
      const offset = unitOffset(half, unit + copy);
      flash.write(record, offset);
      whole &&= equalBytes(new Uint8Array(flash.read(FLASH_UNIT_BYTES, offset)), record);
    }
    return whole;
  }

  /** Reads all records of the half in force. @returns the unit after the last whole one. */
  #scan(): number {
    let end = 0;
    for (let first = 0; first < UNITS; first += SCAN_UNITS) {
      const units = new Uint8Array(this.#parts.flash.read(SCAN_UNITS * FLASH_UNIT_BYTES, unitOffset(this.#half, first)));
      for (let at = 0; at < units.length; at += FLASH_UNIT_BYTES) {
        // What was erased mostly fails here, and costs no CRC.
        if (units[at + 7] !== 0 || units[at + 6] === 0) continue;
        const record = units.subarray(at, at + FLASH_UNIT_BYTES);
        if (readU32(record, BODY_BYTES) !== crc32(record, BODY_BYTES, this.#generation)) continue;
        end = first + at / FLASH_UNIT_BYTES + 1;
        const entry: UseEntry = { tag: record.subarray(0, TAG_BYTES), kind: (record[5] & 7) as CredentialKind, useCounter: record[5] >> 6, uses: record[6], event: readU32(record, 8) };
        if (this.usesOf(entry.tag, entry.useCounter) < entry.uses) this.#entries.set(entry);
      }
    }
    return end;
  }

  /** After this, the next boot writes behind the unit that this one tries first. */
  #keepHead(): void {
    const head = new Uint8Array(HEAD_BYTES);
    head[0] = FORMAT;
    head[1] = this.#half;
    writeU16(head, 2, this.#unit + 1);
    writeU32(head, 4, this.#generation);
    this.#parts.keyValue.write(KEY, head);
    this.#settled = true;
  }
}

function unitOffset(half: number, unit: number): number {
  return useSector(half * HALF_SECTORS) * SECTOR_BYTES + unit * FLASH_UNIT_BYTES;
}
