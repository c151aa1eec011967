import type { Device, Serial } from "../device";
import { CONSOLE_OUTPUT_CHARACTERS_MAX } from "../limits";
import { ConsoleLine } from "./console-line";

/** What lines typed at a console do. */
export interface ConsoleCommandLine {
  /** @returns the lines that answer. */
  run(line: string): string[];
  /** Whether the next character of this line is to stay secret. */
  hides(line: string): boolean;
}

const PROMPT = "> ";
const LINE_END = "\r\n";

/** A board's serial console: echoes what is typed, but no secret; runs lines; prints as fast as the port takes it. */
export class Console {
  readonly #serial: Serial;
  #pending = "";
  #writable = 0;

  /** @param greeting lines printed at the start. */
  constructor(wiring: NonNullable<Device["console"]>, commands: ConsoleCommandLine, greeting: readonly string[]) {
    const line = new ConsoleLine({
      onEcho: (text) => this.#print(text),
      hides: (typed) => commands.hides(typed),
      onLine: (typed) => {
        this.#print(LINE_END);
        this.#answer(typed === undefined ? ["too long"] : commands.run(typed));
      },
    });
    const { io: Port, ...options } = wiring;
    this.#serial = new Port({
      ...options,
      format: "number",
      onReadable: () => {
        for (let byte = this.#serial.read(); byte !== undefined; byte = this.#serial.read()) line.receive(byte);
      },
      onWritable: (count) => {
        this.#writable = count;
        this.#flush();
      },
    });
    this.#answer(greeting);
  }

  #answer(lines: readonly string[]): void {
    let text = "";
    for (const each of lines) text += each + LINE_END;
    this.#print(text + PROMPT);
  }

  /** What nobody reads in time is not kept for ever. */
  #print(text: string): void {
    if (this.#pending.length + text.length > CONSOLE_OUTPUT_CHARACTERS_MAX) return;
    this.#pending += text;
    this.#flush();
  }

  #flush(): void {
    const count = Math.min(this.#writable, this.#pending.length);
    for (let i = 0; i < count; i++) this.#serial.write(this.#pending.charCodeAt(i));
    this.#writable -= count;
    this.#pending = this.#pending.slice(count);
  }
}
