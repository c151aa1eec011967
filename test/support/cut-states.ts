import { createHash } from "node:crypto";
import { FLASH_BLOCK_BYTES, FLASH_UNIT_BYTES, UNIT, VirtualFlash } from "../../hardware-sim/virtual-flash";
import { PowerCut, PowerSupply } from "../../hardware-sim/power-supply";
import type { BoardMemory } from "../../hardware-sim/virtual-board";
import type { CutHouse, CutState } from "./cut-house";

/** Counts what was cut where. */
export interface CutCount {
  /** Steps that change a memory: a unit of flash, an erase, a key-value write. */
  steps: number;
  /** States before, inside and after each of them. */
  cuts: number;
}

/**
 * Runs once and gives every state that one power cut, anywhere in it, may leave: before each step that changes a
 * memory (which is also after the one before it), inside each that can tear, and after the last. What happens between
 * two steps counts as seen: a strike that rose is not taken back by the cut that follows.
 */
export function cutStates(house: CutHouse, from: CutState, run: () => void, onState: (state: CutState, where: string) => void): CutCount {
  const { flash, keyValue } = house.board;
  const scratch = new Scratch(flash.blocks, flash.encrypted);
  let before = from.memory;
  const count: CutCount = { steps: 0, cuts: 0 };
  const give = (memory: BoardMemory, where: string): void => {
    count.cuts += 1;
    onState({ memory, seen: house.seen }, where);
  };
  const stepped = (torn: () => BoardMemory | undefined): void => {
    give(before, `before step ${count.steps}`);
    const inside = torn();
    if (inside !== undefined) give(inside, `inside step ${count.steps}`);
    before = house.board.snapshot();
    count.steps += 1;
  };
  flash.onChange = (offset, length) => stepped(() => scratch.tear(before, offset, length, flash.peek(offset, length).cells));
  // Each write of the key-value store is atomic: there is nothing inside.
  keyValue.onChange = () => stepped(() => undefined);
  try {
    run();
  } finally {
    flash.onChange = undefined;
    keyValue.onChange = undefined;
  }
  give(before, "after the last step");
  return count;
}

/** Flash on which a step is done again, to be torn. */
class Scratch {
  readonly #supply = new PowerSupply();
  readonly #flash: VirtualFlash;

  constructor(blocks: number, encrypted: boolean) {
    this.#flash = new VirtualFlash({ blocks, encrypted, supply: this.#supply });
  }

  tear({ flash, keyValue }: BoardMemory, offset: number, length: number, cells: Uint8Array): BoardMemory {
    const written = cells.slice();
    this.#supply.restore();
    this.#flash.restore(flash);
    this.#supply.cutAfter(0, "inside");
    try {
      if (length === FLASH_BLOCK_BYTES) this.#flash.eraseBlock(offset / FLASH_BLOCK_BYTES);
      else this.#flash.write(written, offset);
    } catch (error) {
      if (!(error instanceof PowerCut)) throw error;
    }
    return { flash: this.#flash.snapshot(), keyValue };
  }
}

/**
 * A name that two states share only where no door can tell them apart: what erased flash reads, and under encryption
 * what a torn unit reads, is noise in both.
 */
export function stateName({ memory: { flash, keyValue }, seen }: CutState, encrypted: boolean): string {
  const hash = createHash("sha1");
  const { content, units } = flash;
  for (let unit = 0; unit < units.length; unit++) {
    if (units[unit] === UNIT.erased) continue;
    let end = unit + 1;
    while (end < units.length && units[end] === units[unit]) end += 1;
    hash.update(`${unit} ${units[unit]} ${end} `);
    if (units[unit] !== UNIT.torn || !encrypted) hash.update(content.subarray(unit * FLASH_UNIT_BYTES, end * FLASH_UNIT_BYTES));
    unit = end - 1;
  }
  for (const [name, value] of keyValue.values) hash.update(name).update(value);
  const { openings, receipt, events } = seen;
  hash.update(JSON.stringify([[...openings], receipt?.version, receipt?.counter, [...events].map(([sequence, { mac }]) => [sequence, mac])]));
  return hash.digest("hex");
}
