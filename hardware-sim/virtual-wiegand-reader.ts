import type { Wiegand, WiegandConstructor, WiegandFrame } from "../firmware/device";
import type { BoardSession } from "./board-session";
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

type Capture = { open: boolean; pending: boolean; onReadable: ((count: number) => void) | undefined };

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
  #buffer: WiegandFrame[] = [];
  #capture: Capture | undefined;
  #signal: ((capture: Capture) => void) | undefined;
  /** When the line is free again. */
  #free = 0;

  constructor({ clock, keyBits = 4 }: VirtualWiegandOptions) {
    this.#clock = clock;
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
    this.#capture = undefined;
    this.#buffer = [];
    this.#signal = (capture) => {
      if (capture.pending) return;
      capture.pending = true;
      this.#clock.set(() => {
        session.run(() => {
          capture.pending = false;
          const count = this.#buffer.length;
          if (capture.open && count > 0) capture.onReadable?.(count);
        });
      }, 0);
    };
    session.onEnd(() => {
      this.#signal = undefined;
      this.#capture = undefined;
      this.#buffer = [];
    });
    const reader = this;
    return class VirtualWiegand implements Wiegand {
      #opened: Capture;
      constructor({ onReadable }: { onReadable?(count: number): void }) {
        session.need();
        if (reader.#capture) throw new Error("wiegand: in use");
        this.#opened = { open: true, pending: false, onReadable: onReadable && ((count) => onReadable.call(this, count)) };
        reader.#capture = this.#opened;
      }
      read(): WiegandFrame | undefined {
        session.need();
        return this.#opened.open ? reader.#buffer.shift() : undefined;
      }
      close(): void {
        if (!this.#opened.open) return;
        this.#opened.open = false;
        if (reader.#capture === this.#opened) {
          reader.#capture = undefined;
          reader.#buffer = [];
        }
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
    const capture = this.#capture;
    if (!capture) return;
    const waiting = this.#buffer.reduce((sum, frame) => sum + 8 * frame.data.length, 0);
    const spoilt = bits.length > FRAME_BITS_MAX || waiting + bits.length > BUFFER_BITS;
    const data = new Uint8Array(spoilt ? 0 : Math.ceil(bits.length / 8));
    for (let i = 0; i < 8 * data.length; i++) if (bits[i] === "1") data[i >> 3] |= 0x80 >> (i & 7);
    // Of pulses that there was no room for, one frame tells.
    if (!spoilt || this.#buffer.at(-1)?.data.length !== 0) this.#buffer.push({ bits: bits.length, data });
    this.#signal?.(capture);
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
