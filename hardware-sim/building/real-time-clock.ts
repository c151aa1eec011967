import { VirtualClock } from "../virtual-clock";

/** How long due callbacks may keep the process from its sockets, ms. */
const SLICE_MS = 8;

/** A VirtualClock whose time is the PC's: it cannot be advanced, it passes. */
export class RealTimeClock extends VirtualClock {
  #origin: number;
  #timeout: NodeJS.Timeout | undefined;
  #immediate: NodeJS.Immediate | undefined;
  #onError: (error: unknown) => void;

  /** @param onError takes what a callback throws; time goes on. */
  constructor(onError: (error: unknown) => void) {
    super(Date.now());
    this.#origin = performance.now();
    this.#onError = onError;
    this.onEarlier = () => this.#arm();
  }

  override get now(): number {
    return Math.floor(performance.now() - (this.#origin ?? performance.now()));
  }

  stop(): void {
    this.onEarlier = undefined;
    clearTimeout(this.#timeout);
    clearImmediate(this.#immediate);
  }

  #arm(): void {
    clearTimeout(this.#timeout);
    const due = this.nextDue;
    if (due === undefined || !this.onEarlier) return;
    const wait = due - this.now;
    if (wait > 0) {
      // Longer waits than setTimeout can hold are cut into pieces.
      this.#timeout = setTimeout(() => this.#run(), Math.min(wait, 0x7fff_ffff));
    } else {
      this.#immediate ??= setImmediate(() => this.#run());
    }
  }

  #run(): void {
    this.#immediate = undefined;
    const until = this.now;
    try {
      while (this.step(until) && this.now < until + SLICE_MS);
    } catch (error) {
      this.#onError(error);
    }
    this.#arm();
  }
}
