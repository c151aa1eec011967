import { CONSOLE_LINE_CHARACTERS_MAX } from "../limits";

export interface ConsoleLineListener {
  /** What the terminal is to show. */
  onEcho(text: string): void;
  /** A whole line; undefined: one that was too long, of which nothing was kept. */
  onLine(line: string | undefined): void;
  /** Whether the next character of this line is to stay secret. */
  hides(line: string): boolean;
}

const BACKSPACE = 8;
const LINE_FEED = 10;
const CARRIAGE_RETURN = 13;
const INTERRUPT = 3;
const DELETE = 127;

/** Puts lines together from what a terminal sends: printable ASCII, backspace, Ctrl-C. Bounded, whatever comes. */
export class ConsoleLine {
  readonly #listener: ConsoleLineListener;
  #line = "";
  #tooLong = false;
  #last = 0;

  constructor(listener: ConsoleLineListener) {
    this.#listener = listener;
  }

  receive(byte: number): void {
    const last = this.#last;
    this.#last = byte;
    if (byte === LINE_FEED && last === CARRIAGE_RETURN) return;
    if (byte === CARRIAGE_RETURN || byte === LINE_FEED) return this.#end();
    if (byte === INTERRUPT) return this.#drop();
    if (byte === BACKSPACE || byte === DELETE) return this.#erase();
    if (byte < 0x20 || byte >= 0x7f) return;
    if (this.#line.length >= CONSOLE_LINE_CHARACTERS_MAX) {
      this.#tooLong = true;
      return;
    }
    const character = String.fromCharCode(byte);
    this.#listener.onEcho(this.#listener.hides(this.#line) ? "*" : character);
    this.#line += character;
  }

  #end(): void {
    const line = this.#tooLong ? undefined : this.#line;
    this.#clear();
    this.#listener.onLine(line);
  }

  #drop(): void {
    this.#clear();
    this.#listener.onLine("");
  }

  #erase(): void {
    if (this.#line.length === 0 || this.#tooLong) return;
    this.#line = this.#line.slice(0, -1);
    this.#listener.onEcho("\b \b");
  }

  #clear(): void {
    this.#line = "";
    this.#tooLong = false;
  }
}
