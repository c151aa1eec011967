import type { Background } from "./background";
import type { CourierBag } from "./courier-bag";
import type { KeyRing } from "./key-ring";
import { HANDLES_FEW, RETRY_MS, RETRY_MS_MAX } from "./limits";
import type { RefillOutcome } from "./outcome";
import type { PhoneClock } from "./phone-clock";
import { StoreError, type PhoneStore } from "./phone-store";

export interface HousekeepingParts {
  store: PhoneStore;
  clock: PhoneClock;
  bag: CourierBag;
  ring: KeyRing;
  background: Background;
  online: () => boolean;
}

/** What a phone does with its cloud, by itself or asked to: keys and handles, bundles, uploads, and trying again later. */
export class Housekeeping {
  readonly #parts: HousekeepingParts;
  #failures = 0;
  #cancelRetry: (() => void) | undefined;

  constructor(parts: HousekeepingParts) {
    this.#parts = parts;
  }

  /** Keys and handles anew, bundles down, collected items up. */
  async refill(): Promise<RefillOutcome> {
    try {
      const outcome = await this.#refillKeys();
      if (outcome.refilled) await this.#exchange();
      return outcome;
    } catch (error) {
      if (error instanceof StoreError) return { refilled: false, why: "no-storage" };
      throw error;
    }
  }

  /** As `refill`, with keys only where handles are few. */
  async refresh(): Promise<void> {
    try {
      if (await this.#isShortOfHandles()) await this.#refillKeys();
      await this.#exchange();
    } catch (error) {
      if (!(error instanceof StoreError)) throw error;
    }
  }

  /** Where something waits to be uploaded or handles are few: sees to it, now or later. */
  lookAfter(): void {
    const look = async (): Promise<void> => {
      try {
        const waits = (await this.#parts.bag.waiting()).length > 0 || (await this.#isShortOfHandles());
        const atOnce = this.#failures === 0 && this.#parts.online();
        if (waits && (atOnce || this.#cancelRetry === undefined)) this.#retry(atOnce ? 0 : undefined);
      } catch (error) {
        if (!(error instanceof StoreError)) throw error;
      }
    };
    void this.#parts.background.track(look());
  }

  /** Nothing is tried again. */
  stop(): void {
    this.#cancelRetry?.();
    this.#cancelRetry = undefined;
    this.#failures = 0;
  }

  async #refillKeys(): Promise<RefillOutcome> {
    const outcome = await this.#parts.ring.refill({ signal: this.#parts.background.until() });
    this.#count(outcome.refilled);
    return outcome;
  }

  async #exchange(): Promise<void> {
    const { bag, store, background } = this.#parts;
    const bounds = { signal: background.until() };
    let ok = true;
    const properties = new Set((await store.readAll("doors")).map(({ property }) => property));
    for (const property of properties) ok = (await bag.refresh(property, bounds)) === undefined && ok;
    for (const door of await bag.waiting()) ok = (await bag.upload(door, [], bounds)).failure === undefined && ok;
    this.#count(ok);
    if (!ok && this.#cancelRetry === undefined && (await bag.waiting()).length > 0) this.#retry();
  }

  /** @param milliseconds default: the longer, the more often it has failed. */
  #retry(milliseconds = Math.min(RETRY_MS * 2 ** this.#failures, RETRY_MS_MAX)): void {
    const { clock, background } = this.#parts;
    if (background.until().aborted) return;
    this.#cancelRetry?.();
    this.#cancelRetry = clock.after(milliseconds, () => {
      this.#cancelRetry = undefined;
      void background.track(this.refresh());
    });
  }

  async #isShortOfHandles(): Promise<boolean> {
    const doors = await this.#parts.store.readAll("doors");
    return doors.some(({ keys }) => keys.some(({ opens, handles }) => opens && handles.length <= HANDLES_FEW));
  }

  #count(ok: boolean): void {
    this.#failures = ok ? 0 : this.#failures + 1;
  }
}
