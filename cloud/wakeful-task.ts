import type { Clock, Timer } from "./clock";

/**
 * Work that runs once at a time: woken while it runs, it runs again afterwards, since what woke it may have come too
 * late to be seen. Between runs nothing is held but perhaps one timer.
 */
export class WakefulTask {
  readonly #clock: Clock;
  readonly #run: () => Promise<void>;
  #running: Promise<void> | undefined;
  #again = false;
  #stopped = false;
  #timer: Timer | undefined;

  /** @param run must not reject. */
  constructor(clock: Clock, run: () => Promise<void>) {
    this.#clock = clock;
    this.#run = run;
  }

  /** Whether it is to come to an end: a long run looks now and then. */
  get stopped(): boolean {
    return this.#stopped;
  }

  wake(): void {
    this.#again = true;
    this.#running ??= this.#runs().finally(() => {
      this.#running = undefined;
    });
  }

  /** Wakes it later, in place of what was set before. */
  wakeIn(seconds: number): void {
    this.#timer?.cancel();
    if (!this.#stopped) this.#timer = this.#clock.after(seconds, () => this.wake());
  }

  /** Resolves when it does not run. */
  async idle(): Promise<void> {
    while (this.#running !== undefined) await this.#running;
  }

  /** Waits for the run that there is; no other follows. */
  async stop(): Promise<void> {
    this.#stopped = true;
    this.#timer?.cancel();
    await this.idle();
  }

  async #runs(): Promise<void> {
    while (this.#again && !this.#stopped) {
      this.#again = false;
      await this.#run();
    }
  }
}
