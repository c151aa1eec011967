/** Work that goes on while nobody waits for it, and its end when the person signs out. */
export class Background {
  readonly #work = new Set<Promise<unknown>>();
  #ended = new AbortController();

  /** Signing out waits for it. */
  track<T>(work: Promise<T>): Promise<T> {
    this.#work.add(work);
    const forget = (): void => void this.#work.delete(work);
    work.then(forget, forget);
    return work;
  }

  /** @returns a signal that the given ones and the end both set off. */
  until(...signals: (AbortSignal | undefined)[]): AbortSignal {
    return AbortSignal.any([this.#ended.signal, ...signals.filter((signal) => signal !== undefined)]);
  }

  /** When nothing that was started is under way any more. */
  async settled(): Promise<void> {
    while (this.#work.size > 0) await Promise.allSettled(this.#work);
  }

  /** Ends what is under way, and what begins meanwhile. @param then runs when all of it has ended. */
  async end(then: () => Promise<void>): Promise<void> {
    this.#ended.abort();
    await this.settled();
    await then();
    this.#ended = new AbortController();
  }
}
