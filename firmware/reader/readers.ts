import type { Device, ReaderWiring, Timers } from "../device";
import type { EntryRules } from "./key-entry";
import { MatrixKeypad } from "./matrix-keypad";
import { Reader, type ReaderDriver, type ReaderInput } from "./reader";
import type { ReaderListener, ReaderPort } from "./reader-port";
import { ReaderSignal } from "./reader-signal";
import { SerialReader } from "./serial-reader";
import { WiegandReader } from "./wiegand-reader";

export interface ReadersOptions {
  device: Pick<Device, "io" | "timer" | "outputs" | "readers">;
  /** How PINs are typed: policy of the list in force. */
  rules(): EntryRules;
  listener: ReaderListener;
}

/** All readers of a board, each with an entry and a signal of its own. */
export class Readers {
  readonly #readers: Reader[];
  readonly #drivers: ReaderDriver[];

  constructor({ device, rules, listener }: ReadersOptions) {
    const { timer: timers, readers } = device;
    const all = (1 << device.outputs.length) - 1;
    this.#readers = readers.map(
      (wiring, index) => new Reader({ index, outputs: (wiring.outputs ?? all) & all, signal: new ReaderSignal(device, wiring), timers, rules, listener }),
    );
    this.#drivers = readers.map((wiring, index) => drive(wiring, this.#readers[index], timers));
  }

  get ports(): readonly ReaderPort[] {
    return this.#readers;
  }

  /** Somebody is typing or holds a card there: work that can wait does, and nothing is erased. */
  get entering(): boolean {
    return this.#readers.some((reader) => reader.entering) || this.#drivers.some((driver) => driver.reading);
  }

  /** Frames and keys that nobody could read, since boot. */
  get unreadableCount(): number {
    return this.#readers.reduce((sum, reader) => sum + reader.unreadableCount, 0);
  }
}

function drive(wiring: ReaderWiring, input: ReaderInput, timers: Timers): ReaderDriver {
  switch (wiring.kind) {
    case "serial":
      return new SerialReader(wiring, input, timers);
    case "wiegand":
      return new WiegandReader(wiring, input);
    case "matrix":
      return new MatrixKeypad(wiring, input, timers);
  }
}
