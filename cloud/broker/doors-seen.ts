import { PRESENCE_SECONDS } from "../limits";

/**
 * Which doors are connected to a broker that is not ours, by what they say: their state, retained there, and the
 * broker's word, their will, once they have gone. A broker that was killed has given no such word, and keeps what it
 * retained: so doors count as gone that have not been heard of for PRESENCE_SECONDS.
 */
export class DoorsSeen {
  readonly #seen = new Map<string, number>();

  /** @param now Unix seconds. */
  seen(door: string, now: number): void {
    this.#seen.set(door, now);
  }

  /** @returns whether it was connected. */
  gone(door: string): boolean {
    return this.#seen.delete(door);
  }

  has(door: string): boolean {
    return this.#seen.has(door);
  }

  all(): string[] {
    return [...this.#seen.keys()];
  }

  /** Those that have not been heard of for too long. */
  silent(now: number): string[] {
    return [...this.#seen].filter(([, at]) => at < now - PRESENCE_SECONDS).map(([door]) => door);
  }
}
