import type { Hashes } from "../protocol/hashes";
import { writeU32 } from "../protocol/bytes";

/** What a trace tells; the number of a kind is its place. */
export const TRACE_KINDS = ["step", "line", "output", "power", "receipt", "event", "issue", "down", "up", "heal", "violation"] as const;
export type TraceKind = (typeof TRACE_KINDS)[number];

const ENTRY_BYTES = 20;
const CHUNK_ENTRIES = 512;

/**
 * All that happens in a world, 20 bytes each: kind ‖ door ‖ 0 0 ‖ instant (u32 twice) ‖ two numbers (u32). SHA-256 is
 * chained over pieces of it, so that a run of any length has one hash and keeps nothing.
 */
export class Trace {
  /** Entries so far. */
  events = 0;
  /** Somebody who reads along. */
  onLine: ((line: string) => void) | undefined;
  readonly #hashes: Hashes;
  readonly #now: () => number;
  readonly #chunk = new Uint8Array(32 + CHUNK_ENTRIES * ENTRY_BYTES);
  #used = 0;

  /** @param now ms of the world. */
  constructor(hashes: Hashes, now: () => number) {
    this.#hashes = hashes;
    this.#now = now;
  }

  /** @param door its number. @param text for readers only; of a "line" the text itself counts. */
  note(kind: TraceKind, door: number, a: number, b: number, text?: () => string): void {
    const at = this.#now();
    const offset = 32 + this.#used * ENTRY_BYTES;
    const chunk = this.#chunk;
    chunk[offset] = TRACE_KINDS.indexOf(kind);
    chunk[offset + 1] = door;
    writeU32(chunk, offset + 4, Math.floor(at / 0x1_0000_0000));
    writeU32(chunk, offset + 8, at >>> 0);
    writeU32(chunk, offset + 12, a >>> 0);
    writeU32(chunk, offset + 16, b >>> 0);
    this.events += 1;
    if (++this.#used === CHUNK_ENTRIES) this.#flush();
    if (this.onLine !== undefined) this.onLine(`${clockText(at)} door ${door} ${kind} ${text?.() ?? `${a} ${b}`}`);
  }

  /** A diagnostic line of a door's firmware. */
  line(door: number, text: string): void {
    let mixed = 0x811c_9dc5;
    for (let i = 0; i < text.length; i++) mixed = Math.imul(mixed ^ text.charCodeAt(i), 0x0100_0193);
    this.note("line", door, mixed, text.length, () => text);
  }

  /** SHA-256 over all that was noted. */
  finish(): Uint8Array {
    this.#flush();
    return this.#chunk.slice(0, 32);
  }

  #flush(): void {
    this.#chunk.set(this.#hashes.sha256(this.#chunk.subarray(0, 32 + this.#used * ENTRY_BYTES)));
    this.#used = 0;
  }
}

/** `day hh:mm:ss.mmm` of a world's instant. */
export function clockText(at: number): string {
  const two = (value: number): string => (value < 10 ? `0${value}` : `${value}`);
  const seconds = Math.floor(at / 1_000);
  const milliseconds = Math.floor(at % 1_000);
  const fraction = milliseconds < 10 ? `00${milliseconds}` : milliseconds < 100 ? `0${milliseconds}` : `${milliseconds}`;
  return `${Math.floor(seconds / 86_400)} ${two(Math.floor(seconds / 3_600) % 24)}:${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}.${fraction}`;
}
