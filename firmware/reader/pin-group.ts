import type { DigitalBank, DigitalBankConstructor } from "../device";

interface Bank {
  io: DigitalBank;
  /** Bit in the bank, and place in the group. */
  pins: { bit: number; index: number }[];
}

export interface PinGroupOptions {
  io: DigitalBankConstructor;
  pins: readonly number[];
  mode: number;
  onFalling?(): void;
}

/**
 * A few pins as the bits of one number, bit n = pins[n], in whichever of the chip's banks of 32 they lie
 * (ECMA-419 §9.4 knows pins by bank and bit).
 */
export class PinGroup {
  readonly #banks: Bank[] = [];

  constructor({ io: IoBank, pins, mode, onFalling }: PinGroupOptions) {
    const numbers = pins.map((pin) => pin >> 5).filter((bank, index, all) => all.indexOf(bank) === index);
    for (const bank of numbers) {
      const members = pins.map((pin, index) => ({ pin, index })).filter(({ pin }) => pin >> 5 === bank);
      const places = members.map(({ pin, index }) => ({ bit: 1 << (pin & 31), index }));
      const mask = places.reduce((bits, { bit }) => bits | bit, 0);
      const edges = onFalling && { falls: mask, onReadable: () => onFalling() };
      this.#banks.push({ io: new IoBank({ pins: mask, bank, mode, ...edges }), pins: places });
    }
  }

  read(): number {
    let levels = 0;
    for (const { io, pins } of this.#banks) {
      const bits = io.read();
      for (const { bit, index } of pins) if ((bits & bit) !== 0) levels |= 1 << index;
    }
    return levels;
  }

  write(levels: number): void {
    for (const { io, pins } of this.#banks) {
      io.write(pins.reduce((bits, { bit, index }) => ((levels >> index) & 1 ? bits | bit : bits), 0));
    }
  }
}
