/** Where the cloud gets its time from; tests inject their own. */
export interface Clock {
  /** Unix time in whole seconds. */
  now(): number;
  /** Calls back once, `seconds` from now, unless cancelled. */
  after(seconds: number, callback: () => void): Timer;
}

export interface Timer {
  cancel(): void;
}

export const systemClock: Clock = {
  now: () => Math.floor(Date.now() / 1_000),
  after(seconds, callback) {
    const timeout = setTimeout(callback, seconds * 1_000);
    timeout.unref();
    return { cancel: () => clearTimeout(timeout) };
  },
};

/** Calls `task` every `seconds` until cancelled; the next wait begins when the task has ended. */
export function every(clock: Clock, seconds: number, task: () => Promise<void>): Timer {
  let cancelled = false;
  let timer = clock.after(seconds, run);
  function run(): void {
    void task().finally(() => {
      if (!cancelled) timer = clock.after(seconds, run);
    });
  }
  return {
    cancel() {
      cancelled = true;
      timer.cancel();
    },
  };
}
