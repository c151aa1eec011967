import type { WiegandFrame } from "../device";

/** Of the capture unit's clock, which is the chip's 80 MHz bus clock. */
export const TICKS_PER_MS = 80_000;

/**
 * Pulses further apart belong to two frames. The SIA format (26 bits) has them 0.2 to 20 ms apart, most readers 1 to
 * 2; keypads leave 50 ms and more between two keys.
 */
export const FRAME_GAP_MS = 25;
/** A second edge of the same line sooner than this is the first one ringing; SIA: 200 µs at least. */
const BOUNCE_TICKS = 100 * (TICKS_PER_MS / 1_000);
/** More than any card has: noise. */
const FRAME_BITS_MAX = 64;
/** Frames that may wait; a person types 16 keys in no less than 2 s. */
const FRAMES_MAX = 16;

/** Makes frames of the edges that wiegand-capture.c took: 32 bits each, time in ticks and the line in bit 0. */
export class WiegandFrames {
  readonly #waiting: WiegandFrame[] = [];
  readonly #data = new Uint8Array(FRAME_BITS_MAX / 8);
  /** Of the open frame; 0: none is open. More than FRAME_BITS_MAX: it is spoilt. */
  #bits = 0;
  #last = 0;
  #lastOfLine = [0, 0];
  #lost = false;

  /** How many frames wait. */
  get count(): number {
    return this.#waiting.length;
  }

  get open(): boolean {
    return this.#bits > 0;
  }

  /** One edge, in the order in which they came. */
  edge(word: number): void {
    const line = word & 1;
    // Differences of 32-bit times, so that their wrap after 53 s does not matter.
    if (this.open && (word - this.#last) >>> 0 > FRAME_GAP_MS * TICKS_PER_MS) this.end();
    if (this.#lost) this.#bits = FRAME_BITS_MAX + 1;
    this.#lost = false;
    if (this.#bits > 0 && (word - this.#lastOfLine[line]) >>> 0 < BOUNCE_TICKS) return;
    if (this.#bits === 0) this.#lastOfLine[1 - line] = (word - FRAME_GAP_MS * TICKS_PER_MS) >>> 0;
    this.#last = word;
    this.#lastOfLine[line] = word;
    if (this.#bits < FRAME_BITS_MAX) this.#data[this.#bits >> 3] |= line << (7 - (this.#bits & 7));
    if (this.#bits <= FRAME_BITS_MAX) this.#bits += 1;
  }

  /** Edges were lost here: what is open is no frame, and neither is what begins with the next edge. */
  spoil(): void {
    this.#bits = FRAME_BITS_MAX + 1;
    this.end();
    this.#lost = true;
  }

  /** No edge came for FRAME_GAP_MS. A spoilt frame is handed on without its bits: the person shall hear of it. */
  end(): void {
    if (this.open && this.#waiting.length < FRAMES_MAX) {
      const spoilt = this.#bits > FRAME_BITS_MAX;
      this.#waiting.push({ bits: this.#bits, data: this.#data.slice(0, spoilt ? 0 : (this.#bits + 7) >> 3) });
    }
    this.#bits = 0;
    this.#data.fill(0);
  }

  /** The oldest frame, which then waits no more. */
  take(): WiegandFrame | undefined {
    return this.#waiting.shift();
  }
}
