import type { DoorState } from "../../protocol/door-state";
import { REFUSALS, type ProtocolErrorCode } from "../../protocol/protocol-error";

/** What a door refused since boot, by name. */
export class RefusalCounters {
  readonly #counts: number[] = REFUSALS.map(() => 0);
  #last = 0;

  count(code: ProtocolErrorCode): void {
    const index = REFUSALS.indexOf(code);
    this.#counts[index] += 1;
    this.#last = index + 1;
  }

  of(code: ProtocolErrorCode): number {
    return this.#counts[REFUSALS.indexOf(code)];
  }

  /** For `up/state`. */
  get state(): Pick<DoorState, "refusals" | "lastRefusal" | "refusedBy" | "dropped"> {
    let refusals = 0;
    const refusedBy: DoorState["refusedBy"] = [];
    this.#counts.forEach((count, index) => {
      refusals += count;
      if (count > 0) refusedBy.push({ code: index + 1, count });
    });
    return { refusals, lastRefusal: this.#last, refusedBy, dropped: this.of("no-room") };
  }
}
