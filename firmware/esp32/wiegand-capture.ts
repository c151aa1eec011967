import Timer from "timer";
import type { Wiegand, WiegandFrame } from "../device";
import { FRAME_GAP_MS, WiegandFrames } from "./wiegand-frames";

/** How often edges are looked for; a card is known one gap and one of these after its last bit. */
const POLL_MS = 10;
const EDGES_AT_ONCE = 64;

export interface WiegandOptions {
  /** GPIO of the lines D0 and D1, with pull-ups; 5 V readers need a level shifter. */
  data0: number;
  data1: number;
  onReadable?(count: number): void;
}

/**
 * A Wiegand reader (device.ts: WiegandConstructor). The edges are captured by wiegand-capture.c beside this file, with
 * their times, whatever JavaScript or flash are doing; here they become frames.
 */
export class WiegandCapture implements Wiegand {
  readonly #options: WiegandOptions;
  readonly #reader: number;
  readonly #frames = new WiegandFrames();
  readonly #edges = new ArrayBuffer(4 * EDGES_AT_ONCE);
  readonly #words = new Uint32Array(this.#edges);
  readonly #timer: Timer;
  #quietMs = 0;

  /** @throws Error for a third reader, or a pin that cannot be had. */
  constructor(options: WiegandOptions) {
    this.#options = options;
    this.#reader = WiegandLines.open(options.data0, options.data1);
    this.#timer = Timer.repeat(() => this.#poll(), POLL_MS);
  }

  read(): WiegandFrame | undefined {
    return this.#frames.take();
  }

  close(): void {
    Timer.clear(this.#timer);
    WiegandLines.close(this.#reader);
  }

  #poll(): void {
    let count: number;
    let quiet = true;
    do {
      const taken = WiegandLines.take(this.#reader, this.#edges);
      count = taken < 0 ? -1 - taken : taken;
      for (let i = 0; i < count; i++) this.#frames.edge(this.#words[i]);
      if (taken < 0) this.#frames.spoil();
      if (taken !== 0) quiet = false;
    } while (count === EDGES_AT_ONCE);
    // Timers of a busy board come late and never early, so a frame is never ended too soon by this.
    this.#quietMs = quiet ? this.#quietMs + POLL_MS : 0;
    if (this.#frames.open && this.#quietMs > FRAME_GAP_MS) this.#frames.end();
    if (this.#frames.count > 0) this.#options.onReadable?.(this.#frames.count);
  }
}

/** XS binds C functions to bodies of exactly this shape, hence a class of its own with nothing but them. */
class WiegandLines {
  static open(data0: number, data1: number): number {
    return native("xs_latchkey_wiegand_open").call(this, data0, data1) as number;
  }
  static take(reader: number, edges: ArrayBuffer): number {
    return native("xs_latchkey_wiegand_take").call(this, reader, edges) as number;
  }
  static close(reader: number): void {
    return native("xs_latchkey_wiegand_close").call(this, reader) as void;
  }
}
