import type { Background } from "./background";
import type { DoorVisit } from "./door-visit";
import { ERRAND_MS } from "./limits";
import { Unawaited, type PhoneClock } from "./phone-clock";

/** Something that a phone does at a door and that gives way to a tap there: carrying, above all. */
export class Errand {
  /** The connection, from when there is one. */
  visit: DoorVisit | undefined;
  /** Rejects where it failed; giving way is no failure. */
  readonly done: Promise<void>;
  readonly #giveWay = new AbortController();
  #broken = false;
  #handedOver = false;

  /** @param act with `yields` it ends before its next step: then the person taps, or it has taken too long. */
  constructor(background: Background, clock: PhoneClock, act: (errand: Errand, yields: AbortSignal) => Promise<void>) {
    const cancel = clock.after(ERRAND_MS, () => this.#giveWay.abort());
    this.done = background.track(this.#run(act, background.until(this.#giveWay.signal)).finally(cancel));
  }

  /** Ends it soon. @returns the connection, where it still can be used. */
  async handOver(): Promise<DoorVisit | undefined> {
    this.#handedOver = true;
    this.#giveWay.abort();
    await Promise.allSettled([this.done]);
    return this.#broken ? undefined : this.visit;
  }

  async #run(act: (errand: Errand, yields: AbortSignal) => Promise<void>, yields: AbortSignal): Promise<void> {
    try {
      await act(this, yields);
    } catch (error) {
      this.#broken = !(error instanceof Unawaited);
      if (this.#broken) throw error;
    } finally {
      if (this.#broken || !this.#handedOver) this.visit?.close();
    }
  }
}
