import { eventSector, EVENT_SECTORS, useSector } from "../firmware/flash-layout";
import { SECTOR_BYTES } from "../firmware/limits";
import { FLASH_UNIT_BYTES, UNIT } from "../hardware-sim/virtual-flash";
import type { VirtualRandom } from "../hardware-sim/virtual-random";
import type { DoorUnit } from "./door-unit";
import type { Tally } from "./tally";

const LIST_END = useSector(0) * SECTOR_BYTES;
const EVENTS_FROM = eventSector(0) * SECTOR_BYTES;
const EVENTS_TO = EVENTS_FROM + EVENT_SECTORS * SECTOR_BYTES;

/** Changes a bit somewhere in what is written; of the journal of uses never both copies of a record. */
export function flipBit(unit: DoorUnit, random: VirtualRandom, faults: Tally): void {
  const { flash } = unit.board;
  const inList = random.chance(0.7);
  for (let tries = 0; tries < 64; tries++) {
    const offset = inList ? random.below(LIST_END) : EVENTS_FROM + random.below(EVENTS_TO - EVENTS_FROM);
    const [state] = flash.peek(offset, 1).states;
    if (state !== UNIT.programmed && state !== UNIT.garbled) continue;
    faults.add(inList ? "bit flip in a list" : "bit flip in the log");
    const bit = random.below(8);
    if (inList) {
      flash.flip(offset, bit);
      unit.watch.listFlipped();
    } else {
      // A hidden record and a torn one behind it: where the log ends then, only reading back tells.
      flash.secondWrite = "garbles";
      unit.watch.tap.flip(offset, () => flash.flip(offset, bit));
    }
    return;
  }
}

/** Somebody copies the chip. */
export function keepOldList(unit: DoorUnit): void {
  unit.copiedFlash = unit.board.flash.snapshot();
}

/** Somebody puts the old list back into the chip; the key-value store stays as it is. */
export function restoreOldList(unit: DoorUnit, faults: Tally): void {
  const old = unit.copiedFlash;
  if (old === undefined) return;
  unit.copiedFlash = undefined;
  faults.add("old list restored");
  const { flash } = unit.board;
  unit.board.powerOff();
  const now = flash.snapshot();
  now.content.set(old.content.subarray(0, LIST_END));
  now.units.set(old.units.subarray(0, LIST_END / FLASH_UNIT_BYTES));
  unit.watch.tap.tampering = true;
  flash.restore(now);
  unit.watch.tap.tampering = false;
}
