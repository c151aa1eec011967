import ModdableSerial from "embedded:io/serial";
import type { Serial, SerialConstructor, SerialOptions } from "../device";

const CONSOLE = { port: 0, receive: 3, transmit: 1, baud: 115_200 } as const;
/** What the console's user may have waiting. */
const USER_BYTES = 256;
/** Lines of trace beyond this are lost: nobody may be there to read, and a door does not wait for that. */
const TRACE_BYTES = 1_536;
const CARRIAGE_RETURN = 0x0d;
const LINE_FEED = 0x0a;

/**
 * UART 0, the USB socket of most boards, shared by the lines of trace and the installer's console. The SDK's own
 * `trace` prints nothing in release builds on ESP32, and in debug builds the line belongs to the debugger.
 */
export class ConsolePort {
  readonly #serial: Serial;
  readonly #waiting = new Uint8Array(USER_BYTES + TRACE_BYTES);
  #first = 0;
  #count = 0;
  #room = 0;
  #user: SerialOptions | undefined;
  #userBytes = 0;

  constructor() {
    const RealSerial = ModdableSerial as unknown as SerialConstructor;
    this.#serial = new RealSerial({
      ...CONSOLE,
      format: "number",
      onReadable: (count) => this.#readable(count),
      onWritable: (count: number) => {
        this.#room = count;
        this.#flush();
        this.#tellUser();
      },
    });
  }

  /** Prints a line; one that does not fit is lost as a whole. */
  trace(line: string): void {
    if (this.#count + line.length + 2 > TRACE_BYTES) return;
    for (let i = 0; i < line.length; i++) this.#append(line.charCodeAt(i) & 0xff);
    this.#append(CARRIAGE_RETURN);
    this.#append(LINE_FEED);
    this.#flush();
  }

  /** A line before the board starts anew, at once and past whatever waits; the chip still sends what its FIFO took. */
  lastWords(line: string): void {
    try {
      for (let i = 0; i < line.length; i++) this.#serial.write(line.charCodeAt(i) & 0xff);
      this.#serial.write(CARRIAGE_RETURN);
      this.#serial.write(LINE_FEED);
    } catch {
      // The FIFO is full: the rest stays unsaid.
    }
  }

  /** The Serial class of the console's one user. */
  get io(): SerialConstructor {
    const port = this as ConsolePort;
    return class ConsoleSerial implements Serial {
      constructor(options: SerialOptions) {
        if (port.#user !== undefined) throw new Error("console: in use");
        port.#user = options;
        port.#tellUser();
      }
      read(): number | undefined {
        return port.#serial.read();
      }
      write(value: number): void {
        if (port.#userBytes >= USER_BYTES) throw new Error("console: output full");
        port.#userBytes += 1;
        port.#append(value);
        port.#flush();
      }
      close(): void {
        port.#user = undefined;
      }
    };
  }

  #readable(count: number): void {
    if (this.#user?.onReadable !== undefined) this.#user.onReadable(count);
    // Nobody listens: what is not read stops the line.
    else while (this.#serial.read() !== undefined);
  }

  #append(byte: number): void {
    if (this.#count === this.#waiting.length) return;
    this.#waiting[(this.#first + this.#count) % this.#waiting.length] = byte;
    this.#count += 1;
  }

  #flush(): void {
    for (; this.#count > 0 && this.#room > 0; this.#room--, this.#count--) {
      this.#serial.write(this.#waiting[this.#first]);
      this.#first = (this.#first + 1) % this.#waiting.length;
    }
    // Trace and user share one line: whatever is left is at most the user's.
    this.#userBytes = Math.min(this.#userBytes, this.#count);
  }

  #tellUser(): void {
    const onWritable = this.#user?.["onWritable"] as ((count: number) => void) | undefined;
    if (this.#userBytes < USER_BYTES) onWritable?.(USER_BYTES - this.#userBytes);
  }
}
