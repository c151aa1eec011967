/** What a line is about; the page colours by it. */
export type LogSource = "person" | "reader" | "strike" | "leaf" | "firmware" | "network" | "memory" | "power" | "phone" | "radio";

export interface LogLine {
  /** Counts from 1 over the whole building. */
  sequence: number;
  /** Unix ms. */
  at: number;
  /** Index of the door; -1: at none. */
  door: number;
  source: LogSource;
  text: string;
}

/** Lines that a page which opens late still sees. */
const LINES_KEPT = 500;

/** Everything that happens at the doors, in order. */
export class BuildingLog {
  #lines: LogLine[] = [];
  #sequence = 0;
  #listeners = new Set<(line: LogLine) => void>();

  add(door: number, source: LogSource, text: string): void {
    const line: LogLine = { sequence: ++this.#sequence, at: Date.now(), door, source, text };
    this.#lines.push(line);
    if (this.#lines.length > LINES_KEPT) this.#lines.shift();
    for (const listener of this.#listeners) listener(line);
  }

  /** Lines after a sequence number, as far as they are kept; all, when the number is of another run or none. */
  after(sequence: number): LogLine[] {
    if (!(sequence <= this.#sequence)) return [...this.#lines];
    return this.#lines.filter((line) => line.sequence > sequence);
  }

  /** @returns takes the listener off. */
  listen(listener: (line: LogLine) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }
}
