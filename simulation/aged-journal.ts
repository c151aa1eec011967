import { UseJournal } from "../firmware/admission/use-journal";
import type { VirtualBoard } from "../hardware-sim/virtual-board";
import { CredentialKind } from "../protocol/credential";

/** A tag that nobody has. */
const LONG_GONE = Uint8Array.of(0, 0, 0, 0, 1);

/**
 * Makes a board, which must be off, one that has served for years: so many uses of rights that are long gone fill its
 * journal that it is soon to be compacted.
 * @param uses at most 223: then one more makes the journal make room.
 */
export function ageUseJournal(board: VirtualBoard, path: string, uses: number): void {
  const { supply, flash, keyValue } = board;
  supply.restore();
  const journal = new UseJournal({ flash: { ...memoryOf(flash), close: () => {} }, keyValue: keyValue.open(path), acknowledged: () => 0, isListed: () => true });
  for (let use = 0; use < uses; use++) journal.consume({ tag: LONG_GONE, kind: CredentialKind.pin, useCounter: 0 }, 0);
  supply.turnOff();
}

function memoryOf(flash: VirtualBoard["flash"]) {
  return {
    read: (byteLength: number, byteOffset: number) => flash.read(byteLength, byteOffset),
    write: (bytes: ArrayBuffer | Uint8Array, byteOffset: number) => flash.write(bytes, byteOffset),
    eraseBlock: (start: number, stop?: number) => flash.eraseBlock(start, stop),
    status: () => flash.status(),
  };
}
