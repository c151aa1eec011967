import type { Flash, KeyValue } from "../../firmware/device";
import { PowerCut, PowerSupply, type CutPoint } from "../../hardware-sim/power-supply";
import { VirtualFlash } from "../../hardware-sim/virtual-flash";
import { VirtualKeyValue } from "../../hardware-sim/virtual-key-value";
import type { CaseHost } from "./cases";

export const CUT_POINTS: readonly CutPoint[] = ["before", "inside", "after"];

/** Where in a step the power is to fail: at each point, or at one of them in turn. */
export function cutPoints({ thorough }: Pick<CaseHost, "thorough">, step: number): readonly CutPoint[] {
  return thorough ? CUT_POINTS : [CUT_POINTS[step % CUT_POINTS.length]];
}
/** Flash as it ships, and as a board without encryption has it. */
export const FLASH_MODES = [true, false] as const;

/** What survives a power cut, without a board around it: for parts that need no pins and no time. */
export class TrialMemory {
  readonly supply = new PowerSupply();
  readonly flash: VirtualFlash;
  readonly #store: VirtualKeyValue;

  constructor(encrypted: boolean, seed: string | number = 0) {
    this.flash = new VirtualFlash({ blocks: 160, encrypted, seed, supply: this.supply });
    this.#store = new VirtualKeyValue(this.supply);
  }

  get keyValue(): KeyValue {
    return this.#store.open("latchkey");
  }

  /** Runs until it is done or the power fails; afterwards the power is back. */
  run<T>(work: (flash: Flash, keyValue: KeyValue) => T): { done: true; value: T } | { done: false } {
    try {
      return { done: true, value: work(this.flash, this.keyValue) };
    } catch (error) {
      if (!(error instanceof PowerCut)) throw error;
      return { done: false };
    } finally {
      this.supply.cancelCut();
      this.supply.restore();
    }
  }

  /** Both memories as they are now; calling it puts them back. */
  keep(): () => void {
    const [flash, store] = [this.flash.snapshot(), this.#store.snapshot()];
    return () => {
      this.flash.restore(flash);
      this.#store.restore(store);
    };
  }

  /**
   * Runs `work` once for every way in which the power can fail in it (`cutPoints`), and once whole: each time from the same
   * memories, and each time followed by `check`.
   */
  everyCut(host: Pick<CaseHost, "thorough">, work: (flash: Flash, keyValue: KeyValue) => void, check: (how: string, whole: boolean) => void): void {
    const back = this.keep();
    for (let step = 0; ; step++) {
      for (const point of cutPoints(host, step)) {
        back();
        this.supply.cutAfter(step, point);
        const { done } = this.run(work);
        check(`cut ${point} step ${step}`, done);
        if (done) return;
      }
    }
  }
}
