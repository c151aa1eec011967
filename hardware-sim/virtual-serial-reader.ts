import type { Serial, SerialConstructor, SerialOptions } from "../firmware/device";
import { toHex } from "../protocol/bytes";
import type { BoardSession } from "./board-session";
import { InputPort, type OpenedPort } from "./input-port";
import type { VirtualClock } from "./virtual-clock";
import type { VirtualReader } from "./virtual-reader";

/** Bytes that wait unread; ESP32's UART driver keeps as many, and loses what comes after. */
const BUFFER_BYTES = 256;
const CARD_BYTES = 5;
/** How often a reader says a card's number that lies before it. */
const REPEAT_MS = 65;

/**
 * A reader on a serial line: one ASCII byte per key, and card numbers in frames as RDM6300 sends them. What comes
 * while nobody listens is lost.
 */
export class VirtualSerialReader implements VirtualReader {
  onKey: ((key: string) => void) | undefined;
  #clock: VirtualClock;
  #port: InputPort<number>;

  constructor(clock: VirtualClock) {
    this.#clock = clock;
    this.#port = new InputPort("serial reader", clock);
  }

  /** A gap of 0 puts all in the buffer at once; anything but a key goes down the line as it is. */
  type(keys: string, gapMs = 0): void {
    for (let i = 0; i < keys.length; i++) {
      const key = keys[i];
      if (gapMs === 0 || i === 0) this.#press(key);
      else this.#clock.set(() => this.#press(key), gapMs * i);
    }
  }

  /** @param heldMs how long the card stays; the reader says its number again and again. */
  presentCard(value: Uint8Array, heldMs = 0): void {
    const frame = cardFrame(value);
    for (let at = 0; at <= heldMs; at += REPEAT_MS) this.#clock.set(() => this.send(frame), at);
  }

  /** Bytes on the line, whatever they are. */
  send(bytes: Uint8Array): void {
    for (const byte of bytes) this.#arrive(byte);
  }

  /** The Serial class of one power-on. */
  attach(session: BoardSession): SerialConstructor {
    const open = this.#port.attach(session);
    return class VirtualSerial implements Serial {
      #port: OpenedPort<number>;
      constructor({ format, onReadable }: SerialOptions) {
        session.need();
        if (format !== "number") throw new Error("serial reader: format must be number");
        this.#port = open(onReadable && ((count) => onReadable.call(this, count)));
      }
      read(): number | undefined {
        return this.#port.read();
      }
      write(): void {
        session.need();
      }
      close(): void {
        this.#port.close();
      }
    };
  }

  #press(key: string): void {
    this.onKey?.(key);
    this.#arrive(key.charCodeAt(0) & 0xff);
  }

  #arrive(byte: number): void {
    const { waiting } = this.#port;
    if (waiting !== undefined && waiting.length < BUFFER_BYTES) this.#port.put(byte);
  }
}

/** STX, the number and its checksum in hexadecimal, ETX. @throws Error for a number of another length. */
export function cardFrame(value: Uint8Array): Uint8Array {
  if (value.length !== CARD_BYTES) throw new Error(`serial reader: a card of ${value.length} bytes`);
  const checksum = value.reduce((sum, byte) => sum ^ byte, 0);
  const text = toHex(Uint8Array.of(...value, checksum)).toUpperCase();
  return Uint8Array.of(0x02, ...Array.from(text, (digit) => digit.charCodeAt(0)), 0x03);
}
