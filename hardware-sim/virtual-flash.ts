import type { Flash } from "../firmware/device";
import type { PowerSupply } from "./power-supply";
import { VirtualRandom } from "./virtual-random";

export const FLASH_BLOCK_BYTES = 4096;
/** The unit of an encrypted ESP32 partition: one AES block. */
export const FLASH_UNIT_BYTES = 16;

/** What a 16-byte unit of flash has been through since its last erase; no firmware can read it. */
export const UNIT = {
  erased: 0,
  programmed: 1,
  /** A cut left it half programmed or half erased. */
  torn: 2,
  /** Programmed over what was there already: what it holds is nobody's. */
  garbled: 3,
} as const;

export interface VirtualFlashOptions {
  blocks: number;
  /** Erased flash reads pseudo-random, differently after each erase, as a decrypting partition's does. */
  encrypted?: boolean;
  seed?: string | number;
  supply: PowerSupply;
}

/** All that a chip holds; as plain bytes, so that it can be put into a file. */
export interface FlashSnapshot {
  content: Uint8Array;
  /** One `UNIT` state per 16-byte unit. */
  units: Uint8Array;
  /** Units written and erases, per block, since the chip was made. */
  unitWrites: Uint32Array;
  erases: Uint32Array;
  random: Uint32Array;
}

/**
 * A flash partition that is as strict as the strictest board and forgives nothing: unaligned writes and second
 * writes to a unit throw, as firmware bugs. What a cut tore may be written again, since no firmware can know,
 * and holds garbage then: only reading back and checks help.
 */
export class VirtualFlash implements Flash {
  readonly blocks: number;
  readonly encrypted: boolean;
  /**
   * What a second write to a unit does: it throws, as the firmware bug that it mostly is, or it leaves garbage, as a
   * real chip does. After damage no firmware can know all that was written.
   */
  secondWrite: "throws" | "garbles" = "throws";
  /** Called after each change of cells, torn ones included: `byteLength` bytes from `byteOffset`. */
  onChange: ((byteOffset: number, byteLength: number) => void) | undefined;
  /** Units written and erases, per block: the wear. */
  readonly unitWrites: Uint32Array;
  readonly erases: Uint32Array;
  #supply: PowerSupply;
  #random: VirtualRandom;
  #content: Uint8Array<ArrayBuffer>;
  #units: Uint8Array;

  constructor(options: VirtualFlashOptions) {
    this.blocks = options.blocks;
    this.encrypted = options.encrypted ?? false;
    this.unitWrites = new Uint32Array(this.blocks);
    this.erases = new Uint32Array(this.blocks);
    this.#supply = options.supply;
    this.#random = new VirtualRandom(`flash ${options.seed ?? 0}`);
    this.#content = new Uint8Array(this.blocks * FLASH_BLOCK_BYTES);
    this.#units = new Uint8Array(this.#content.length / FLASH_UNIT_BYTES);
    this.#blank(this.#content);
  }

  status(): { size: number; blocks: number; blockLength: number } {
    return { size: this.#content.length, blocks: this.blocks, blockLength: FLASH_BLOCK_BYTES };
  }

  close(): void {}

  read(byteLength: number, byteOffset: number): ArrayBuffer {
    this.#supply.need();
    this.#checkRange(byteLength, byteOffset);
    // Of the buffer, not of the array: firmware reads little and often.
    return this.#content.buffer.slice(byteOffset, byteOffset + byteLength);
  }

  write(buffer: ArrayBuffer | Uint8Array, byteOffset: number): void {
    this.#supply.need();
    const data = buffer instanceof Uint8Array ? buffer : new Uint8Array(buffer);
    this.#checkRange(data.length, byteOffset);
    if (byteOffset % FLASH_UNIT_BYTES !== 0 || data.length % FLASH_UNIT_BYTES !== 0) {
      throw new Error(`flash: write of ${data.length} bytes at ${byteOffset} is not aligned to 16`);
    }
    const first = byteOffset / FLASH_UNIT_BYTES;
    const count = data.length / FLASH_UNIT_BYTES;
    // All before the first is programmed: a bug must not look like a cut.
    for (let i = 0; i < count; i++) {
      const state = this.#units[first + i];
      if (this.secondWrite === "throws" && (state === UNIT.programmed || state === UNIT.garbled)) {
        throw new Error(`flash: unit at ${(first + i) * FLASH_UNIT_BYTES} is written twice since its erase`);
      }
    }
    for (let i = 0; i < count; i++) {
      const fate = this.#supply.step();
      const bytes = data.subarray(i * FLASH_UNIT_BYTES, (i + 1) * FLASH_UNIT_BYTES);
      if (fate === "inside") this.#tear(first + i, bytes);
      else if (fate !== "before") this.#program(first + i, bytes);
      if (fate !== "before") this.onChange?.((first + i) * FLASH_UNIT_BYTES, FLASH_UNIT_BYTES);
      if (fate !== "done") this.#supply.cut();
    }
  }

  eraseBlock(start: number, stop = start + 1): void {
    this.#supply.need();
    if (!(Number.isInteger(start) && Number.isInteger(stop) && start >= 0 && stop > start && stop <= this.blocks)) {
      throw new RangeError(`flash: erase of blocks ${start} to ${stop}`);
    }
    for (let block = start; block < stop; block++) {
      const fate = this.#supply.step();
      if (fate !== "before") {
        this.#erase(block, fate === "inside");
        this.onChange?.(block * FLASH_BLOCK_BYTES, FLASH_BLOCK_BYTES);
      }
      if (fate !== "done") this.#supply.cut();
    }
  }

  /** Lets one stored bit change by itself; under encryption that garbles its whole unit. */
  flip(byteOffset: number, bit: number): void {
    this.#checkRange(1, byteOffset);
    if (this.encrypted) {
      const unit = Math.floor(byteOffset / FLASH_UNIT_BYTES);
      this.#random.fill(this.#unitBytes(unit));
      this.onChange?.(unit * FLASH_UNIT_BYTES, FLASH_UNIT_BYTES);
    } else {
      this.#content[byteOffset] ^= 1 << bit;
      this.onChange?.(byteOffset, 1);
    }
  }

  /** Views of the cells and of the `UNIT` states of the units that they lie in, power or not. */
  peek(byteOffset: number, byteLength: number): { cells: Uint8Array; states: Uint8Array } {
    const end = byteOffset + byteLength;
    return {
      cells: this.#content.subarray(byteOffset, end),
      states: this.#units.subarray(Math.floor(byteOffset / FLASH_UNIT_BYTES), Math.ceil(end / FLASH_UNIT_BYTES)),
    };
  }

  snapshot(): FlashSnapshot {
    return {
      content: this.#content.slice(),
      units: this.#units.slice(),
      unitWrites: this.unitWrites.slice(),
      erases: this.erases.slice(),
      random: this.#random.state,
    };
  }

  /** @throws RangeError when the snapshot is of another size. */
  restore(snapshot: FlashSnapshot): void {
    if (snapshot.content.length !== this.#content.length) throw new RangeError("flash: snapshot of another size");
    this.#content.set(snapshot.content);
    this.#units.set(snapshot.units);
    this.unitWrites.set(snapshot.unitWrites);
    this.erases.set(snapshot.erases);
    this.#random.state = snapshot.random;
  }

  #unitBytes(unit: number): Uint8Array {
    return this.#content.subarray(unit * FLASH_UNIT_BYTES, (unit + 1) * FLASH_UNIT_BYTES);
  }

  #blank(bytes: Uint8Array): void {
    if (this.encrypted) this.#random.fill(bytes);
    else bytes.fill(0xff);
  }

  #countWrite(unit: number): void {
    this.unitWrites[Math.floor((unit * FLASH_UNIT_BYTES) / FLASH_BLOCK_BYTES)] += 1;
  }

  #program(unit: number, data: Uint8Array): void {
    this.#countWrite(unit);
    const cells = this.#unitBytes(unit);
    const fresh = this.#units[unit] === UNIT.erased;
    // Programming only clears bits: over what is there already, something else comes out.
    if (fresh) cells.set(data);
    else if (this.encrypted) this.#random.fill(cells);
    else for (let i = 0; i < FLASH_UNIT_BYTES; i++) cells[i] &= data[i];
    this.#units[unit] = fresh ? UNIT.programmed : UNIT.garbled;
  }

  #tear(unit: number, data: Uint8Array): void {
    this.#countWrite(unit);
    const cells = this.#unitBytes(unit);
    if (this.encrypted) {
      this.#random.fill(cells);
    } else {
      // Some bytes are done, one is in progress: of the bits it has to clear, some are cleared.
      const done = this.#random.below(FLASH_UNIT_BYTES);
      for (let i = 0; i < done; i++) cells[i] &= data[i];
      cells[done] &= data[done] | this.#random.u32();
    }
    this.#units[unit] = UNIT.torn;
  }

  #erase(block: number, torn: boolean): void {
    this.erases[block] += 1;
    const cells = this.#content.subarray(block * FLASH_BLOCK_BYTES, (block + 1) * FLASH_BLOCK_BYTES);
    const perBlock = FLASH_BLOCK_BYTES / FLASH_UNIT_BYTES;
    const units = this.#units.subarray(block * perBlock, (block + 1) * perBlock);
    if (torn && !this.encrypted) {
      // Erasing sets bits; a weak erase has set some of them everywhere.
      for (let i = 0; i < cells.length; i++) cells[i] |= this.#random.u32();
    } else {
      this.#blank(cells);
    }
    units.fill(torn ? UNIT.torn : UNIT.erased);
  }

  #checkRange(byteLength: number, byteOffset: number): void {
    const whole = Number.isInteger(byteLength) && Number.isInteger(byteOffset);
    if (!whole || byteLength < 0 || byteOffset < 0 || byteOffset + byteLength > this.#content.length) {
      throw new RangeError(`flash: ${byteLength} bytes at ${byteOffset} of ${this.#content.length}`);
    }
  }
}
