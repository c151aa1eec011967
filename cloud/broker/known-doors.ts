import type { Clock } from "../clock";
import { UNKNOWN_DOORS_PER_SECOND_MAX } from "../limits";
import type { Database } from "../store/store";

/**
 * Which doors are claimed. A broker whose access rules are wrong lets anybody name doors that there are not: these take
 * no memory, and no more than a bounded part of the database's time.
 */
export class KnownDoors {
  readonly #database: Database;
  readonly #clock: Clock;
  readonly #known = new Set<string>();
  readonly #asked = new Map<string, Promise<boolean>>();
  #second = 0;
  #askedInSecond = 0;
  /** Reads all, once in a second at most. */
  #loading: Promise<void> | undefined;

  constructor(database: Database, clock: Clock) {
    this.#database = database;
    this.#clock = clock;
  }

  /** Reads all of them at once. */
  async load(): Promise<void> {
    const rows = await claimed(this.#database).execute();
    for (const { id } of rows) this.#known.add(id);
  }

  /** At once where it is known; answers to one door's questions come in their order. */
  has(door: string): boolean | Promise<boolean> {
    if (this.#known.has(door)) return true;
    const asked = this.#asked.get(door);
    if (asked !== undefined) return asked;
    const now = this.#clock.now();
    if (now !== this.#second) [this.#second, this.#askedInSecond, this.#loading] = [now, 0, undefined];
    if (++this.#askedInSecond > UNKNOWN_DOORS_PER_SECOND_MAX) return this.#amongAll(door);
    const answer = this.#ask(door).finally(() => this.#asked.delete(door));
    this.#asked.set(door, answer);
    return answer;
  }

  /** It has just been claimed. */
  add(door: string): void {
    this.#known.add(door);
  }

  /** It may be no more, or somebody else's. */
  forget(door: string): void {
    this.#known.delete(door);
  }

  /** A whole site may have been claimed by way of another process, and connect at once: then all are read in one go. */
  async #amongAll(door: string): Promise<boolean> {
    await (this.#loading ??= this.load());
    return this.#known.has(door);
  }

  async #ask(door: string): Promise<boolean> {
    const row = await claimed(this.#database).where("id", "=", door).executeTakeFirst();
    if (row !== undefined) this.#known.add(door);
    return row !== undefined;
  }
}

function claimed(database: Database) {
  return database.selectFrom("doors").select("id").where("claimed_at", "is not", null).where("stolen_at", "is", null);
}
