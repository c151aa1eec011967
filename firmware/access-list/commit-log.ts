import { concat, equalBytes, readU32, writeU32 } from "../../protocol/bytes";
import type { Hashes } from "../../protocol/hashes";
import type { Flash } from "../device";
import { commitSector, COMMIT_SECTORS } from "../flash-layout";
import { FLASH_UNIT_BYTES, SECTOR_BYTES } from "../limits";
import type { ListVersion } from "./list-version";
import type { Sliced } from "../work-queue";

export const COMMIT_BYTES = FLASH_UNIT_BYTES;
const COMMITS_PER_SECTOR = SECTOR_BYTES / COMMIT_BYTES;
/** Read at once: a read of flash costs more than what it reads, and a board's memory is short. */
const RUN_BYTES = 512;

/**
 * What one write makes true: epoch (u32) ‖ version (u32) ‖ SHA-256(manifest hash8 ‖ delta hash8)[0..8).
 * @param deltaHash zeros without a delta.
 */
export function encodeCommit(hashes: Hashes, { epoch, version }: ListVersion, manifestHash: Uint8Array, deltaHash: Uint8Array): Uint8Array {
  const record = new Uint8Array(COMMIT_BYTES);
  writeU32(record, 0, epoch);
  writeU32(record, 4, version);
  record.set(hashes.sha256(concat(manifestHash, deltaHash)).subarray(0, 8), 8);
  return record;
}

export function committedVersion(record: Uint8Array): ListVersion {
  return { epoch: readU32(record, 0), version: readU32(record, 4) };
}

/**
 * The commits of lists, 16 bytes each, in two sectors used in turn. Nobody reads the log from end to end: a record
 * counts only where a list that it fits is in flash, which needs no mark of its end, and erased flash cannot feign it.
 *
 * Each boot goes on in the other sector, because nobody can tell an erased unit from one that a power cut tore.
 * The sector that holds the commit in force is never the one that is erased.
 */
export class CommitLog {
  readonly #flash: Flash;
  /** The sector of the commit in force; what may be erased is the other. */
  #sector = 0;
  /** Next free record of that sector; all of them used until this boot has erased one. */
  #next = COMMITS_PER_SECTOR;

  constructor(flash: Flash) {
    this.#flash = flash;
  }

  /** @returns for each of `records` the sector in which it was committed, or undefined. */
  find(records: readonly Uint8Array[]): (number | undefined)[] {
    const found: (number | undefined)[] = records.map(() => undefined);
    const versions = records.map((record) => readU32(record, 4));
    for (let sector = 0; sector < COMMIT_SECTORS; sector++) {
      for (let run = 0; run < SECTOR_BYTES; run += RUN_BYTES) {
        const log = this.#flash.read(RUN_BYTES, commitSector(sector) * SECTOR_BYTES + run);
        const view = new DataView(log);
        for (let at = 0; at < RUN_BYTES; at += COMMIT_BYTES) {
          const index = versions.indexOf(view.getUint32(at + 4));
          if (index >= 0) this.#compareAll(new Uint8Array(log, at, COMMIT_BYTES), records, (match) => (found[match] = sector));
        }
      }
    }
    return found;
  }

  /** Names the sector of the commit in force, which is spared from now on. */
  spare(sector: number): void {
    this.#sector = sector;
  }

  /**
   * Commits: when this returns, in the same slice as the write, the record is in flash and has been read back.
   * @throws Error where a whole sector takes no record.
   */
  *append(record: Uint8Array): Sliced<void> {
    for (let attempt = 0; attempt < COMMITS_PER_SECTOR; attempt++) {
      if (this.#next >= COMMITS_PER_SECTOR) {
        const other = 1 - this.#sector;
        this.#flash.eraseBlock(commitSector(other));
        this.#sector = other;
        this.#next = 0;
        yield;
      }
      const at = commitSector(this.#sector) * SECTOR_BYTES + this.#next * COMMIT_BYTES;
      this.#next += 1;
      this.#flash.write(record, at);
      if (equalBytes(new Uint8Array(this.#flash.read(COMMIT_BYTES, at)), record)) return;
    }
    throw new Error("the commit log takes no record");
  }

  /** Erases both sectors: afterwards nothing was ever committed. */
  *clear(): Sliced<void> {
    for (let sector = 0; sector < COMMIT_SECTORS; sector++) {
      this.#flash.eraseBlock(commitSector(sector));
      yield;
    }
    this.#next = COMMITS_PER_SECTOR;
  }

  #compareAll(bytes: Uint8Array, records: readonly Uint8Array[], onMatch: (index: number) => void): void {
    for (let index = 0; index < records.length; index++) if (equalBytes(bytes, records[index])) onMatch(index);
  }
}
