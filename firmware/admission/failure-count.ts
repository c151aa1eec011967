/** How failures turn into waiting. */
export interface Pace {
  /** Failures before the first wait. */
  free: number;
  /** ms after the free attempts; doubles with each further failure … */
  waitMs: number;
  /** … up to here. */
  waitMaxMs: number;
  /** Failures that are counted at most. */
  most: number;
  /** Whether `most` failures end it: no attempt and no time leads on from there. */
  stops: boolean;
  /** ms in which time takes back one failure. */
  decayMs: number;
}

/** What a count can be put back to. */
export interface FailureMark {
  count: number;
  since: number;
  lastFailure: number | undefined;
  decaysAt: number;
  advanced: boolean;
}

/**
 * One count of failed attempts. Times are ms of uptime: a boot makes a new one from `count` alone, with the wait and
 * the time to the next take-back in full, so that a power cut only makes it stricter.
 */
export class FailureCount {
  readonly #pace: Pace;
  #mark: FailureMark;

  constructor(pace: Pace, count: number, now: number) {
    this.#pace = pace;
    this.#mark = { count, since: now, lastFailure: undefined, decaysAt: now + pace.decayMs, advanced: false };
  }

  get count(): number {
    return this.#mark.count;
  }

  /** Uptime of the attempt from which the wait counts. */
  get since(): number {
    return this.#mark.since;
  }

  get stopped(): boolean {
    return this.#pace.stops && this.count >= this.#pace.most;
  }

  /** When time next changes something; undefined where it never does. */
  get decaysAt(): number | undefined {
    const active = (this.count > 0 && !this.stopped) || this.#mark.advanced;
    return active ? this.#mark.decaysAt : undefined;
  }

  /** ms until the next attempt may be compared; 0 = now, Infinity = never. */
  waitMs(now: number): number {
    const { free, waitMs, waitMaxMs } = this.#pace;
    if (this.count < free) return 0;
    if (this.stopped) return Infinity;
    return Math.max(0, this.since + Math.min(waitMs * 2 ** (this.count - free), waitMaxMs) - now);
  }

  /** One more failure, until it is taken back by `restore`. */
  charge(now: number): void {
    const decaysAt = this.decaysAt ?? now + this.#pace.decayMs;
    this.#mark = { ...this.#mark, count: Math.min(this.count + 1, this.#pace.most), since: now, lastFailure: now, decaysAt };
  }

  mark(): FailureMark {
    return this.#mark;
  }

  restore(mark: FailureMark): void {
    this.#mark = mark;
  }

  /** At least as strict from now on as another count was. */
  takeOver(other: FailureCount, now: number): void {
    const decaysAt = Math.max(this.decaysAt ?? now, other.decaysAt ?? now + this.#pace.decayMs);
    this.#mark = { ...this.#mark, count: Math.max(this.count, other.count), since: Math.max(this.since, other.since), decaysAt };
  }

  /** Whether there is a failure that is not older than `withinMs`. */
  failedWithin(withinMs: number, now: number): boolean {
    return this.count > 0 && this.#mark.lastFailure !== undefined && now - this.#mark.lastFailure <= withinMs;
  }

  /** Takes back one failure in advance of time, which then passes over its next turn. */
  forgive(now: number): void {
    if (this.count === 0) return;
    this.#mark = { ...this.#mark, count: this.count - 1, lastFailure: undefined, decaysAt: this.decaysAt ?? now + this.#pace.decayMs, advanced: true };
  }

  /** Time has come to `decaysAt`. */
  decay(): void {
    const { count, decaysAt, advanced } = this.#mark;
    this.#mark = { ...this.#mark, count: advanced || this.stopped ? count : Math.max(0, count - 1), advanced: false, decaysAt: decaysAt + this.#pace.decayMs };
  }
}
