import { sql } from "kysely";
import { WRITES_AT_ONCE, WRITES_TOGETHER_MS } from "../limits";
import type { Unit } from "./store";

interface Waiting {
  /** Its turn has come. */
  run(unit: Unit): Promise<void>;
  /** What it did is on the disk. */
  committed(): void;
  failed(error: unknown): void;
}

/**
 * Commits together what waits to be written to SQLite: each work in a savepoint of its own, so that one that throws takes
 * back its own changes and nobody else's, and one wait for the disk for all of them. Nobody hears that a work is done
 * before that. Where many doors speak at once the disk is what they wait for; who comes alone waits no longer than before.
 */
export class GroupedWrites {
  readonly #transact: (work: (unit: Unit) => Promise<void>) => Promise<void>;
  readonly #queue: Waiting[] = [];
  #running = false;

  /** @param transact runs a work in a transaction, all of it or nothing. */
  constructor(transact: (work: (unit: Unit) => Promise<void>) => Promise<void>) {
    this.#transact = transact;
  }

  /** @throws whatever `work` throws, after which nothing of it has changed; or the disk's failure, of the whole group. */
  add<T>(work: (unit: Unit) => Promise<T>): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      let result: T;
      this.#queue.push({
        async run(unit) {
          result = await work(unit);
        },
        committed: () => resolve(result),
        failed: reject,
      });
      if (this.#running) return;
      this.#running = true;
      void this.#work();
    });
  }

  async #work(): Promise<void> {
    while (this.#queue.length > 0) await this.#group();
    this.#running = false;
  }

  async #group(): Promise<void> {
    const done: Waiting[] = [];
    const refused: { each: Waiting; error: unknown }[] = [];
    let begun = false;
    try {
      await this.#transact(async (unit) => {
        begun = true;
        const until = performance.now() + WRITES_TOGETHER_MS;
        do {
          const next = this.#queue.shift()!;
          try {
            await SAVE.execute(unit);
            await next.run(unit);
            await KEEP.execute(unit);
            done.push(next);
          } catch (error) {
            refused.push({ each: next, error });
            // After some failures of the disk SQLite has taken back everything by itself: then this throws, for all.
            await TAKE_BACK.execute(unit);
            await KEEP.execute(unit);
          }
        } while (this.#queue.length > 0 && done.length < WRITES_AT_ONCE && performance.now() < until);
      });
    } catch (error) {
      for (const each of done) each.failed(error);
      if (!begun) this.#queue.shift()!.failed(error);
      return;
    } finally {
      // Whoever hears it may close the database: not in the middle of a transaction.
      for (const { each, error } of refused) each.failed(error);
    }
    for (const each of done) each.committed();
  }
}

const SAVE = sql`SAVEPOINT work`;
const KEEP = sql`RELEASE work`;
const TAKE_BACK = sql`ROLLBACK TO work`;
