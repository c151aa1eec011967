import { closeSync, existsSync, mkdirSync, openSync, readFileSync, renameSync, writeFileSync, writeSync } from "node:fs";
import { join } from "node:path";
import { FLASH_UNIT_BYTES } from "../virtual-flash";
import type { VirtualBoard } from "../virtual-board";

/** The files hold another board's layout, or nonsense. */
export class DoorMemoryError extends Error {}

/**
 * Keeps a board's flash and key-value store in files, each change at once, so that a killed process is to the
 * firmware what a power cut is. `flash.bin` is the content of the cells and then one state byte per unit of 16;
 * `nvs.json` maps "domain/key" to hexadecimal.
 */
export class DoorMemory {
  #flashFile: number;

  /**
   * Loads what the folder holds into the board, which must be off, and follows its changes from then on.
   * @throws {DoorMemoryError} files that do not fit.
   */
  constructor(board: VirtualBoard, folder: string) {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    const flashPath = join(folder, "flash.bin");
    const nvsPath = join(folder, "nvs.json");
    load(board, flashPath, nvsPath);
    const save = (): void => writeAtomically(nvsPath, keyValueJson(board));
    const { content, units } = board.flash.snapshot();
    writeAtomically(flashPath, Buffer.concat([content, units]));
    save();
    this.#flashFile = openSync(flashPath, "r+");
    board.flash.onChange = (byteOffset, byteLength) => {
      const { cells, states } = board.flash.peek(byteOffset, byteLength);
      writeSync(this.#flashFile, cells, 0, cells.length, byteOffset);
      writeSync(this.#flashFile, states, 0, states.length, content.length + Math.floor(byteOffset / FLASH_UNIT_BYTES));
    };
    board.keyValue.onChange = save;
  }

  /** The board must be off: what it changes from now on is not kept. */
  close(): void {
    closeSync(this.#flashFile);
  }
}

function load(board: VirtualBoard, flashPath: string, nvsPath: string): void {
  const memory = board.snapshot();
  if (existsSync(flashPath)) {
    const file = readFileSync(flashPath);
    const { content, units } = memory.flash;
    if (file.length !== content.length + units.length) throw new DoorMemoryError(`${flashPath}: ${file.length} bytes`);
    content.set(file.subarray(0, content.length));
    units.set(file.subarray(content.length));
  }
  if (existsSync(nvsPath)) {
    try {
      const entries = Object.entries(JSON.parse(readFileSync(nvsPath, "utf8")) as Record<string, string>);
      memory.keyValue.values = entries.map(([name, hex]) => [name, Uint8Array.from(Buffer.from(hex, "hex"))]);
    } catch (error) {
      throw new DoorMemoryError(`${nvsPath}: ${(error as Error).message}`);
    }
  }
  board.restoreMemory(memory);
}

function keyValueJson(board: VirtualBoard): string {
  const { values } = board.keyValue.snapshot();
  return JSON.stringify(Object.fromEntries(values.map(([name, value]) => [name, Buffer.from(value).toString("hex")])), null, 1);
}

/** Old or new, never half: a reader after a crash finds one of them. The door's keys are in here: owner only. */
function writeAtomically(path: string, data: string | Uint8Array): void {
  const temporary = `${path}.new`;
  writeFileSync(temporary, data, { mode: 0o600 });
  renameSync(temporary, path);
}
