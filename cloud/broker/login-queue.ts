import { LOGINS_AT_ONCE, LOGINS_WAITING_MAX } from "../limits";

interface Waiting {
  check: () => Promise<boolean>;
  wanted: () => boolean;
  resolve: (verdict: LoginVerdict) => void;
}

export type LoginVerdict = "right" | "wrong" | "busy" | "failed";

/**
 * Looks logins up a few at a time, since each asks the database, and a flood of wrong ones must leave it to those who
 * work. Addresses from which a door has logged in before come first.
 */
export class LoginQueue {
  readonly #onFailed: (error: unknown) => void;
  readonly #known: Waiting[] = [];
  readonly #strangers: Waiting[] = [];
  #running = 0;

  constructor(onFailed: (error: unknown) => void) {
    this.#onFailed = onFailed;
  }

  get waiting(): number {
    return this.#known.length + this.#strangers.length;
  }

  /** @param wanted asked when its turn has come: a connection may be gone by then. */
  check(known: boolean, check: () => Promise<boolean>, wanted: () => boolean): Promise<LoginVerdict> {
    const line = known ? this.#known : this.#strangers;
    if (line.length >= LOGINS_WAITING_MAX) return Promise.resolve("busy");
    return new Promise((resolve) => {
      line.push({ check, wanted, resolve });
      this.#next();
    });
  }

  #next(): void {
    while (this.#running < LOGINS_AT_ONCE) {
      const waiting = this.#known.shift() ?? this.#strangers.shift();
      if (waiting === undefined) return;
      if (!waiting.wanted()) {
        waiting.resolve("busy");
        continue;
      }
      this.#running += 1;
      void this.#run(waiting);
    }
  }

  async #run({ check, resolve }: Waiting): Promise<void> {
    try {
      resolve((await check()) ? "right" : "wrong");
    } catch (error) {
      this.#onFailed(error);
      resolve("failed");
    } finally {
      this.#running -= 1;
      this.#next();
    }
  }
}
