/** So many at once, and then so many a second. */
export interface Allowance {
  burst: number;
  perSecond: number;
}

/** Monotonic milliseconds: limits on connections are about real time, whatever the wall clock says. */
export type Ticks = () => number;

export const ticks: Ticks = () => performance.now();

/** What is left of an allowance. It holds two numbers, so that there may be one for each address and each door. */
export class TokenBucket {
  readonly #allowance: Allowance;
  readonly #ticks: Ticks;
  #left: number;
  #at: number;

  constructor(allowance: Allowance, now: Ticks = ticks) {
    this.#allowance = allowance;
    this.#ticks = now;
    this.#left = allowance.burst;
    this.#at = now();
  }

  /** @returns whether there was one; then it is gone. */
  take(): boolean {
    if (this.left < 1) return false;
    this.#left -= 1;
    return true;
  }

  /** For what is only known afterwards: it may leave a debt, and until that is paid `left` is below zero. */
  charge(tokens: number): void {
    this.#left = this.left - tokens;
  }

  giveBack(): void {
    this.#left = Math.min(this.#allowance.burst, this.left + 1);
  }

  get left(): number {
    const now = this.#ticks();
    this.#left = Math.min(this.#allowance.burst, this.#left + (Math.max(0, now - this.#at) / 1_000) * this.#allowance.perSecond);
    this.#at = now;
    return this.#left;
  }

  /** As if nothing had ever been taken: such a bucket can be forgotten. */
  get isFull(): boolean {
    return this.left >= this.#allowance.burst;
  }

  /** Milliseconds until there are so many tokens. */
  wait(tokens: number): number {
    return Math.max(0, ((tokens - this.left) / this.#allowance.perSecond) * 1_000);
  }
}
