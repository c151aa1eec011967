/** What a memory throws when the supply fails while it works, and on every access while there is none. */
export class PowerCut extends Error {
  constructor() {
    super("power cut");
  }
}

/** What becomes of the step at which the supply fails: never begun, left half done, or finished unheard. */
export type CutPoint = "before" | "inside" | "after";

/**
 * One supply for all of a board's memories. Every step that changes one (a flash unit of 16 bytes, an erased
 * block, a key-value write or delete) is counted here, so that "cut at every write boundary" is one loop over
 * `cutAfter(n)` from 0 up to the `steps` that the whole run takes.
 */
export class PowerSupply {
  /** Called once when the power goes, before `PowerCut` is thrown. */
  onLost: (() => void) | undefined;
  #on = true;
  #steps = 0;
  #cutStep: number | undefined;
  #cutPoint: CutPoint = "inside";

  get on(): boolean {
    return this.#on;
  }

  /** Memory-changing steps since the world began. */
  get steps(): number {
    return this.#steps;
  }

  /**
   * Lets `n` more steps pass and cuts at the one that follows.
   * @param point what is left of that step; "inside" tears it.
   */
  cutAfter(n: number, point: CutPoint = "inside"): void {
    this.#cutStep = this.#steps + n;
    this.#cutPoint = point;
  }

  /** Takes back `cutAfter`. */
  cancelCut(): void {
    this.#cutStep = undefined;
  }

  /** Whether a cut is announced that has not come yet. */
  get cutPending(): boolean {
    return this.#cutStep !== undefined;
  }

  restore(): void {
    this.#on = true;
  }

  /** Ends the supply without a throw: somebody pulls the plug between two steps. */
  turnOff(): void {
    if (!this.#on) return;
    this.#on = false;
    this.#cutStep = undefined;
    this.onLost?.();
  }

  /** As `turnOff` for whoever runs on it, but a cut that was announced is still to come: the board starts itself anew. */
  reset(): void {
    if (!this.#on) return;
    this.#on = false;
    this.onLost?.();
  }

  /** @throws PowerCut while there is no power. */
  need(): void {
    if (!this.#on) throw new PowerCut();
  }

  /**
   * Counts a step. The memory does what the answer says and then calls `cut()`, unless it is "done".
   * @throws PowerCut while there is no power.
   */
  step(): "done" | CutPoint {
    this.need();
    const cut = this.#cutStep === this.#steps;
    this.#steps += 1;
    return cut ? this.#cutPoint : "done";
  }

  cut(): never {
    this.turnOff();
    throw new PowerCut();
  }
}
