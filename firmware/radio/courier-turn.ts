import { COURIER_ITEM_MS, COURIER_STALL_MS } from "../limits";
import type { RadioPeer } from "./radio-peer";

/**
 * Whose turn it is to hand an item over: one courier at a time, an item each while others wait. Who stalls, or is too
 * slow, gives way, so that nobody keeps the news of others from a door.
 */
export class CourierTurn {
  readonly #now: () => number;
  readonly #onSlow: (holder: RadioPeer) => boolean;
  #holder: RadioPeer | undefined;
  #since = 0;
  #progressAt = 0;
  readonly #waiting: RadioPeer[] = [];

  /**
   * @param now milliseconds since boot.
   * @param onSlow the turn of this one shall go to another. @returns whether it may: not while what it brought is being checked.
   */
  constructor(now: () => number, onSlow: (holder: RadioPeer) => boolean) {
    this.#now = now;
    this.#onSlow = onSlow;
  }

  /** @returns whether it is this one's turn; if not, it waits in line. */
  claim(peer: RadioPeer): boolean {
    if (this.#holder === peer) return true;
    if (this.#holder !== undefined && this.#isSlow && this.#onSlow(this.#holder)) this.#holder = undefined;
    const place = this.#waiting.indexOf(peer);
    if (this.#holder !== undefined || (this.#waiting.length > 0 && place !== 0)) {
      if (place < 0) this.#waiting.push(peer);
      return false;
    }
    if (place === 0) this.#waiting.shift();
    this.#holder = peer;
    this.#since = this.#progressAt = this.#now();
    return true;
  }

  holds(peer: RadioPeer): boolean {
    return this.#holder === peer;
  }

  /** Something of what was asked for has come. */
  progress(): void {
    this.#progressAt = this.#now();
  }

  /** The turn, or the place in the line, is over. */
  release(peer: RadioPeer): void {
    if (this.#holder === peer) this.#holder = undefined;
    const place = this.#waiting.indexOf(peer);
    if (place >= 0) this.#waiting.splice(place, 1);
  }

  get #isSlow(): boolean {
    const now = this.#now();
    return now - this.#progressAt > COURIER_STALL_MS || now - this.#since > COURIER_ITEM_MS;
  }
}
