import { FLASH_BLOCK_BYTES, FLASH_UNIT_BYTES } from "../virtual-flash";
import type { VirtualBoard } from "../virtual-board";

/** Writes within this time make one line. */
const PAUSE_MS = 250;

/** Tells in words what a board writes, many writes in one line. */
export class MemoryActivity {
  #units = 0;
  #erases = 0;
  #values = 0;
  #timeout: NodeJS.Timeout | undefined;
  #tell: (text: string) => void;

  /** Listens beside whoever listens to the board's memories already. */
  constructor(board: VirtualBoard, tell: (text: string) => void) {
    this.#tell = tell;
    const { flash, keyValue } = board;
    const flashChanged = flash.onChange;
    flash.onChange = (byteOffset, byteLength) => {
      flashChanged?.(byteOffset, byteLength);
      if (byteLength === FLASH_BLOCK_BYTES) this.#erases += 1;
      else this.#units += byteLength / FLASH_UNIT_BYTES;
      this.#soon();
    };
    const valueChanged = keyValue.onChange;
    keyValue.onChange = (name) => {
      valueChanged?.(name);
      this.#values += 1;
      this.#soon();
    };
  }

  close(): void {
    clearTimeout(this.#timeout);
  }

  #soon(): void {
    this.#timeout ??= setTimeout(() => {
      this.#timeout = undefined;
      const parts: string[] = [];
      if (this.#erases > 0) parts.push(`${this.#erases} flash block${this.#erases > 1 ? "s" : ""} erased`);
      if (this.#units > 0) parts.push(`${this.#units * FLASH_UNIT_BYTES} bytes of flash written`);
      if (this.#values > 0) parts.push(`${this.#values} key-value write${this.#values > 1 ? "s" : ""}`);
      this.#units = this.#erases = this.#values = 0;
      this.#tell(parts.join(", "));
    }, PAUSE_MS).unref();
  }
}
