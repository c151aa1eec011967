import type { Serial, SerialReaderWiring, Timers, TimerHandle } from "../device";
import { SERIAL_PAUSE_MS } from "../limits";
import type { ReaderDriver, ReaderInput } from "./reader";
import { SerialFrames, type SerialReading } from "./serial-frames";

/**
 * A reader on a serial line. The driver's buffer keeps what arrives while other work has the board, so no digit is
 * lost; here at most one card frame is kept.
 */
export class SerialReader implements ReaderDriver {
  readonly #input: ReaderInput;
  readonly #timers: Timers;
  readonly #serial: Serial;
  readonly #frames = new SerialFrames();
  #pause: TimerHandle | undefined;

  constructor(wiring: SerialReaderWiring, input: ReaderInput, timers: Timers) {
    this.#input = input;
    this.#timers = timers;
    const { io: SerialPort, ...options } = wiring;
    this.#serial = new SerialPort({ ...options, format: "number", onReadable: () => this.#drain() });
  }

  get reading(): boolean {
    return this.#frames.inFrame;
  }

  #drain(): void {
    let any = false;
    for (let byte = this.#serial.read(); byte !== undefined; byte = this.#serial.read()) {
      any = true;
      this.#tell(this.#frames.feed(byte));
    }
    if (any) this.#watchPause();
  }

  #watchPause(): void {
    if (this.#pause !== undefined) this.#timers.clear(this.#pause);
    this.#pause = this.#frames.inFrame ? this.#timers.set(() => this.#paused(), SERIAL_PAUSE_MS) : undefined;
  }

  #paused(): void {
    this.#pause = undefined;
    // Bytes may wait that came while other work had the board: that was no silence.
    this.#drain();
    if (this.#pause === undefined) this.#tell(this.#frames.pause());
  }

  #tell(reading: SerialReading | undefined): void {
    if (reading?.kind === "key") this.#input.key(reading.key);
    else if (reading?.kind === "card") this.#input.card(reading.value);
    else if (reading?.kind === "unreadable") this.#input.unreadable();
  }
}
