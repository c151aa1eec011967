import { DOOR_EVENTS_PER_MINUTE } from "../limits";

const MINUTE_MS = 60_000;

/**
 * Whether what leaf and exit button do is still told. A loose wire, or a child at the button, would fill the log of
 * a door without network within minutes, in the place of grants: more than so many events in a minute are left out,
 * and so are those of the minutes after it until one of them has no more than that.
 */
export class EventRate {
  readonly #ticks: () => number;
  #minute: number | undefined;
  #count = 0;
  #over = false;

  constructor(ticks: () => number) {
    this.#ticks = ticks;
  }

  /** Counts an event. @returns whether to tell it, not to tell it, or to tell in its place that some are left out. */
  count(): "tell" | "omit" | "begin" {
    const now = this.#ticks();
    const passed = this.#minute === undefined ? MINUTE_MS : (now - this.#minute) >>> 0;
    if (passed >= MINUTE_MS) {
      if (this.#count <= DOOR_EVENTS_PER_MINUTE || passed >= 2 * MINUTE_MS) this.#over = false;
      this.#minute = now;
      this.#count = 0;
    }
    this.#count += 1;
    if (this.#over) return "omit";
    if (this.#count <= DOOR_EVENTS_PER_MINUTE) return "tell";
    this.#over = true;
    return "begin";
  }
}
