import type { ReaderWiring } from "../firmware/device";
import type { BoardSession } from "./board-session";
import type { VirtualClock } from "./virtual-clock";
import { MATRIX_PINS, VirtualMatrixKeypad } from "./virtual-matrix-keypad";
import type { VirtualReader } from "./virtual-reader";
import { VirtualSerialReader } from "./virtual-serial-reader";
import { VirtualWiegandReader } from "./virtual-wiegand-reader";

/** A reader on the board's wires; `outputs` is the mask that it may move, default all. */
export type VirtualReaderWiring = { outputs?: number } & ({ kind: "serial" } | { kind: "wiegand"; keyBits?: 4 | 8 } | { kind: "matrix" });

/** A reader, and how the firmware of one power-on gets at it. */
export interface WiredReader {
  reader: VirtualReader;
  attach(session: BoardSession): ReaderWiring;
}

export function wireReader(clock: VirtualClock, { outputs, ...wiring }: VirtualReaderWiring): WiredReader {
  const place = outputs === undefined ? {} : { outputs };
  switch (wiring.kind) {
    case "serial": {
      const reader = new VirtualSerialReader(clock);
      return { reader, attach: (session) => ({ kind: "serial", io: reader.attach(session), ...place }) };
    }
    case "wiegand": {
      const reader = new VirtualWiegandReader({ clock, ...wiring });
      return { reader, attach: (session) => ({ kind: "wiegand", io: reader.attach(session), ...place }) };
    }
    case "matrix": {
      const reader = new VirtualMatrixKeypad(clock);
      return { reader, attach: (session) => ({ kind: "matrix", io: reader.attach(session), ...MATRIX_PINS, ...place }) };
    }
  }
}
