import type { Serial, SerialConstructor, SerialOptions } from "../firmware/device";
import type { BoardSession } from "./board-session";
import type { VirtualClock } from "./virtual-clock";

/** Bytes that wait unread; ESP32's UART driver keeps as many, and loses what comes after. */
const BUFFER_BYTES = 256;

type Port = { open: boolean; pending: boolean; onReadable: ((count: number) => void) | undefined };

/** A keypad on a serial line: one ASCII byte per key. Keys pressed while nobody listens are lost. */
export class VirtualKeypad {
  /** Called at each key, heard or not. */
  onKey: ((key: string) => void) | undefined;
  #clock: VirtualClock;
  #buffer: number[] = [];
  #port: Port | undefined;
  #signal: ((port: Port) => void) | undefined;

  constructor(clock: VirtualClock) {
    this.#clock = clock;
  }

  /**
   * Presses keys.
   * @param gapMs between one key and the next; 0 puts all in the buffer at once.
   */
  type(keys: string, gapMs = 0): void {
    for (let i = 0; i < keys.length; i++) {
      const key = keys[i];
      if (gapMs === 0 || i === 0) this.#press(key);
      else this.#clock.set(() => this.#press(key), gapMs * i);
    }
  }

  #press(key: string): void {
    this.onKey?.(key);
    const port = this.#port;
    if (!port || this.#buffer.length >= BUFFER_BYTES) return;
    this.#buffer.push(key.charCodeAt(0) & 0xff);
    this.#signal?.(port);
  }

  /** The Serial class of one power-on. */
  attach(session: BoardSession): SerialConstructor {
    this.#port = undefined;
    this.#buffer = [];
    this.#signal = (port) => {
      if (port.pending) return;
      port.pending = true;
      this.#clock.set(() => {
        port.pending = false;
        const count = this.#buffer.length;
        if (port.open && count > 0) session.run(() => port.onReadable?.(count));
      }, 0);
    };
    session.onEnd(() => {
      this.#signal = undefined;
      this.#port = undefined;
      this.#buffer = [];
    });
    const keypad = this;
    return class VirtualSerial implements Serial {
      #opened: Port;
      constructor(options: SerialOptions) {
        session.need();
        if (keypad.#port) throw new Error("keypad: port is in use");
        if (options.format !== "number") throw new Error("keypad: format must be number");
        const onReadable = options.onReadable;
        this.#opened = { open: true, pending: false, onReadable: onReadable && ((count) => onReadable.call(this, count)) };
        keypad.#port = this.#opened;
      }
      read(): number | undefined {
        session.need();
        return this.#opened.open ? keypad.#buffer.shift() : undefined;
      }
      write(): void {
        session.need();
      }
      close(): void {
        if (!this.#opened.open) return;
        this.#opened.open = false;
        if (keypad.#port === this.#opened) {
          keypad.#port = undefined;
          keypad.#buffer = [];
        }
      }
    };
  }
}
