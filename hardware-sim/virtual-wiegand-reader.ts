import type { Wiegand, WiegandConstructor, WiegandFrame } from "../firmware/device";
import type { BoardSession } from "./board-session";
import { InputPort, type OpenedPort } from "./input-port";
import type { VirtualClock } from "./virtual-clock";
import type { VirtualReader } from "./virtual-reader";

/** Pulses that wait unread, as many as an ESP32 keeps (firmware/esp32/wiegand-capture.c). */
const BUFFER_BITS = 512;
/** More than any card has: such a frame comes without its bits. */
const FRAME_BITS_MAX = 64;
/** From one pulse to the next, and the silence by which the capture knows that a frame is whole. */
const PULSE_MS = 2;
const SILENCE_MS = 25;
const KEYS = "0123456789*#";

export interface VirtualWiegandOptions {
  clock: VirtualClock;
  /** How the keypad sends a key: its number alone, or after its complement. Default 4. */
  keyBits?: 4 | 8;
}

/**
 * A reader with a keypad on D0 and D1, and the capture on the board: frames come in whether JavaScript runs or
 * stands still.
 */
export class VirtualWiegandReader implements VirtualReader {
  onKey: ((key: string) => void) | undefined;
  #clock: VirtualClock;
  #keyBits: 4 | 8;
  #capture: InputPort<WiegandFrame>;
  /** When the line is free again. */
  #free = 0;

  constructor({ clock, keyBits = 4 }: VirtualWiegandOptions) {
    this.#clock = clock;
    this.#capture = new InputPort("wiegand", clock);
    this.#keyBits = keyBits;
  }

  type(keys: string, gapMs = 0): void {
    for (let i = 0; i < keys.length; i++) this.#clock.set(() => this.#press(keys[i]), gapMs * i);
  }

  presentCard(value: Uint8Array): void {
    this.sendBits(cardBits(value));
  }

  /** Pulses on the line, `0` on D0 and `1` on D1, whatever they mean. */
  sendBits(bits: string): void {
    const begin = Math.max(this.#clock.now, this.#free);
    const end = begin + PULSE_MS * bits.length + SILENCE_MS;
    this.#free = end;
    this.#clock.set(() => this.#captured(bits), end - this.#clock.now);
  }

  /** The Wiegand class of one power-on. */
  attach(session: BoardSession): WiegandConstructor {
    const open = this.#capture.attach(session);
    return class VirtualWiegand implements Wiegand {
      #port: OpenedPort<WiegandFrame>;
      constructor({ onReadable }: { onReadable?(count: number): void }) {
        this.#port = open(onReadable && ((count) => onReadable.call(this, count)));
      }
      read(): WiegandFrame | undefined {
        return this.#port.read();
      }
      close(): void {
        this.#port.close();
      }
    };
  }

  #press(key: string): void {
    this.onKey?.(key);
    const code = KEYS.indexOf(key);
    if (code < 0) throw new Error(`wiegand: no key ${key}`);
    this.sendBits(this.#keyBits === 4 ? binary(code, 4) : binary(~code & 0x0f, 4) + binary(code, 4));
  }

  #captured(bits: string): void {
    const { waiting } = this.#capture;
    if (waiting === undefined) return;
    const waitingBits = waiting.reduce((sum, frame) => sum + 8 * frame.data.length, 0);
    const spoilt = bits.length > FRAME_BITS_MAX || waitingBits + bits.length > BUFFER_BITS;
    const data = new Uint8Array(spoilt ? 0 : Math.ceil(bits.length / 8));
    for (let i = 0; i < 8 * data.length; i++) if (bits[i] === "1") data[i >> 3] |= 0x80 >> (i & 7);
    // Of pulses that there was no room for, one frame tells.
    if (!spoilt || waiting.at(-1)?.data.length !== 0) this.#capture.put({ bits: bits.length, data });
  }
}

/**
 * A card as it goes down the line: 26, 34 or 37 bits for 3, 4 or 5 bytes (of the last, the low 35 bits), between a
 * bit that makes the first half even and one that makes the last half odd.
 * @throws Error for a card of another length.
 */
export function cardBits(value: Uint8Array): string {
  const lengths = [undefined, undefined, undefined, 24, 32, 35];
  const length = lengths[value.length];
  const all = Array.from(value, (byte) => binary(byte, 8)).join("");
  if (length === undefined || all.slice(0, -length).includes("1")) throw new Error("wiegand: no such card");
  const bits = all.slice(-length);
  const half = Math.ceil(length / 2);
  const even = ones(bits.slice(0, half)) % 2;
  const odd = 1 - (ones(bits.slice(-half)) % 2);
  return `${even}${bits}${odd}`;
}

function ones(bits: string): number {
  return Array.from(bits).filter((bit) => bit === "1").length;
}

function binary(value: number, digits: number): string {
  return value.toString(2).padStart(digits, "0");
}
