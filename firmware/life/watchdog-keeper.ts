import type { Device } from "../device";
import { WATCHDOG_FEED_MS, WORK_ENDLESS_MS, WORK_STALLED_MS } from "../limits";
import type { WorkQueue } from "../work-queue";

export interface WatchdogKeeperOptions {
  device: Pick<Device, "timer" | "watchdog" | "trace">;
  queue: Pick<WorkQueue, "idle" | "slices" | "ended">;
  /** Milliseconds since boot. */
  now(): number;
}

/**
 * Feeds the board's watchdog for as long as the firmware is alive in every way that counts: timers run (this is one),
 * waiting work gets its slices, and no work goes on for ever. A slice that never ends stops the timers, and with them
 * this. Where it stops, the board starts anew.
 */
export class WatchdogKeeper {
  readonly #options: WatchdogKeeperOptions;
  #slices = -1;
  #sliceAt = 0;
  #ended = -1;
  #endedAt = 0;

  constructor(options: WatchdogKeeperOptions) {
    this.#options = options;
    if (options.device.watchdog !== undefined) this.#look();
  }

  #look(): void {
    const { device, queue, now } = this.#options;
    const at = now();
    if (queue.idle || queue.slices !== this.#slices) this.#sliceAt = at;
    if (queue.idle || queue.ended !== this.#ended) this.#endedAt = at;
    this.#slices = queue.slices;
    this.#ended = queue.ended;
    if (at - this.#sliceAt < WORK_STALLED_MS && at - this.#endedAt < WORK_ENDLESS_MS) device.watchdog!.feed();
    else device.trace("work is stuck: the watchdog starves");
    device.timer.set(() => this.#look(), WATCHDOG_FEED_MS);
  }
}
