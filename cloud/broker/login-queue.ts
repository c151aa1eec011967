import { LOGINS_AT_ONCE, LOGINS_WAITING_MAX } from "../limits";

interface Waiting {
  check: () => Promise<boolean>;
  wanted: () => boolean;
  resolve: (verdict: LoginVerdict) => void;
}

/** The password of the door's last login, or its certificate; an address from which doors have logged in; neither. */
export type Likelihood = "likely" | "known" | "stranger";
export type LoginVerdict = "right" | "wrong" | "busy" | "failed";

/**
 * Looks logins up a few at a time, since each asks the database, and a flood of wrong ones must leave it to those who
 * work. Whoever is most likely to be right comes first.
 */
export class LoginQueue {
  readonly #onFailed: (error: unknown) => void;
  readonly #lines: Record<Likelihood, Waiting[]> = { likely: [], known: [], stranger: [] };
  #running = 0;

  constructor(onFailed: (error: unknown) => void) {
    this.#onFailed = onFailed;
  }

  get waiting(): number {
    const { likely, known, stranger } = this.#lines;
    return likely.length + known.length + stranger.length;
  }

  /** @param wanted asked when its turn has come: a connection may be gone by then. */
  check(likelihood: Likelihood, check: () => Promise<boolean>, wanted: () => boolean): Promise<LoginVerdict> {
    const line = this.#lines[likelihood];
    if (line.length >= LOGINS_WAITING_MAX) return Promise.resolve("busy");
    return new Promise((resolve) => {
      line.push({ check, wanted, resolve });
      this.#next();
    });
  }

  #next(): void {
    const { likely, known, stranger } = this.#lines;
    while (this.#running < LOGINS_AT_ONCE) {
      const waiting = likely.shift() ?? known.shift() ?? stranger.shift();
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
