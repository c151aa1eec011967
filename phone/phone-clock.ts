/** What a phone needs of time: durations. What o'clock it is, only doors and the cloud decide on. */
export interface PhoneClock {
  /** Milliseconds from any start. */
  now(): number;
  /** @returns takes it back. */
  after(milliseconds: number, callback: () => void): () => void;
}

/** The platform's. */
export const systemClock: PhoneClock = {
  now: () => Date.now(),
  after: (milliseconds, callback) => {
    const timer: unknown = setTimeout(callback, milliseconds);
    // A phone that waits to try again keeps no process of Node alive.
    if (typeof timer === "object" && timer !== null && "unref" in timer && typeof timer.unref === "function") (timer.unref as () => void).call(timer);
    return () => clearTimeout(timer as Parameters<typeof clearTimeout>[0]);
  },
};

/** Why work was not waited for any longer. */
export class Unawaited extends Error {
  readonly why: "time-up" | "cancelled";

  constructor(why: "time-up" | "cancelled") {
    super(why);
    this.why = why;
  }
}

/**
 * @param work goes on unheard where it is not waited for.
 * @throws {Unawaited}
 */
export function within<T>(clock: PhoneClock, milliseconds: number, work: Promise<T>, signal?: AbortSignal): Promise<T> {
  return new Promise<T>((resolve, reject) => {
    const onAbort = (): void => end(() => reject(new Unawaited("cancelled")));
    const cancel = clock.after(milliseconds, () => end(() => reject(new Unawaited("time-up"))));
    const end = (settle: () => void): void => {
      cancel();
      signal?.removeEventListener("abort", onAbort);
      settle();
    };
    signal?.addEventListener("abort", onAbort);
    if (signal?.aborted === true) onAbort();
    work.then(
      (value) => end(() => resolve(value)),
      (error: unknown) => end(() => reject(error instanceof Error ? error : new Error("failed"))),
    );
  });
}

/** Waits, and no longer than until one of the signals ends it. */
export function pause(clock: PhoneClock, milliseconds: number, signals: readonly (AbortSignal | undefined)[]): Promise<void> {
  return new Promise<void>((resolve) => {
    const end = (): void => {
      cancel();
      for (const signal of signals) signal?.removeEventListener("abort", end);
      resolve();
    };
    const cancel = clock.after(milliseconds, end);
    for (const signal of signals) signal?.addEventListener("abort", end);
  });
}
