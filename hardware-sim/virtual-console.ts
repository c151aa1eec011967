import type { Serial, SerialConstructor, SerialOptions } from "../firmware/device";
import type { BoardSession } from "./board-session";
import type { VirtualClock } from "./virtual-clock";

/** What a UART's driver takes at once, either way; what an installer pastes faster than it is read is lost. */
const BUFFER_BYTES = 256;
/** Bytes in 10 ms at 115,200 baud. */
const BYTES_PER_STEP = 115;
const STEP_MS = 10;
/** Characters of output that are kept for tests to look back at. */
const OUTPUT_CHARACTERS = 65_536;

/** One opening of the port by one power-on. */
interface Port {
  options: SerialOptions;
  open: boolean;
  unread: number[];
  /** Written and not on the wire yet. */
  unsent: number;
  told: boolean;
}

/** The serial console of a board, and the installer in front of it. */
export class VirtualConsole {
  /** Everything the board has printed, over all its power-ons. */
  output = "";
  #clock: VirtualClock;
  #session: BoardSession | undefined;
  #port: Port | undefined;

  constructor(clock: VirtualClock) {
    this.#clock = clock;
  }

  /** Types characters; an installer's terminal ends lines with a carriage return. Lost while nobody listens. */
  type(text: string): void {
    for (let i = 0; i < text.length; i++) this.receive(text.charCodeAt(i) & 0xff);
  }

  /** One byte as it comes over the wire. */
  receive(byte: number): void {
    const [port, session] = [this.#port, this.#session];
    if (port === undefined || session === undefined || port.unread.length >= BUFFER_BYTES) return;
    port.unread.push(byte);
    if (port.told) return;
    port.told = true;
    this.#clock.set(() => {
      port.told = false;
      if (port.open && port.unread.length > 0) session.run(() => port.options.onReadable?.(port.unread.length));
    }, 0);
  }

  /** What was printed since the last call. */
  take(): string {
    const text = this.output;
    this.output = "";
    return text;
  }

  /** The Serial class of one power-on. */
  attach(session: BoardSession): SerialConstructor {
    this.#session = session;
    this.#port = undefined;
    session.onEnd(() => {
      this.#session = undefined;
      this.#port = undefined;
    });
    const owner = this;
    return class ConsoleSerial implements Serial {
      #opened: Port;
      constructor(options: SerialOptions) {
        session.need();
        if (owner.#port !== undefined) throw new Error("console: port is in use");
        if (options.format !== "number") throw new Error("console: format must be number");
        this.#opened = { options, open: true, unread: [], unsent: 0, told: false };
        owner.#port = this.#opened;
        owner.#tellWritable(session, this.#opened);
      }
      read(): number | undefined {
        session.need();
        return this.#opened.unread.shift();
      }
      write(value: number): void {
        session.need();
        const port = this.#opened;
        if (port.unsent >= BUFFER_BYTES) throw new Error("console: output full");
        port.unsent += 1;
        owner.output = (owner.output + String.fromCharCode(value)).slice(-OUTPUT_CHARACTERS);
        if (port.unsent === 1) owner.#drain(session, port);
      }
      close(): void {
        if (!this.#opened.open) return;
        this.#opened.open = false;
        if (owner.#port === this.#opened) owner.#port = undefined;
      }
    };
  }

  #drain(session: BoardSession, port: Port): void {
    this.#clock.set(() => {
      port.unsent = Math.max(0, port.unsent - BYTES_PER_STEP);
      if (port.unsent > 0) this.#drain(session, port);
      this.#tellWritable(session, port);
    }, STEP_MS);
  }

  #tellWritable(session: BoardSession, port: Port): void {
    this.#clock.set(() => {
      if (port.open && port.unsent < BUFFER_BYTES) session.run(() => port.options.onWritable?.(BUFFER_BYTES - port.unsent));
    }, 0);
  }
}
