/**
 * How fast PINs can be guessed at one keypad at the most (X8), whatever a guesser does with the power and with a good
 * PIN of their own. It knows of each attempt no more than somebody who stands there: when it was made and what came
 * of it, and it credits the guesser with everything that the rules may forgive. A door that compares earlier is broken.
 */

const FREE_ATTEMPTS = 5;
const FIRST_WAIT_MS = 30_000;
const LONGEST_WAIT_MS = 3_600_000;
const HARD_STOP = 100;
const FORGIVEN_FOR_MS = 60_000;
const DAY_MS = 86_400_000;
const SIX_HOURS_MS = 21_600_000;
/** Clocks of the world and the board differ, and so do the instants of a key and of what it does. */
const LENIENCY = 0.99;

export class GuessingBound {
  /** Wrong PINs that nothing can have taken back. */
  #failures = 0;
  #bootedAt = 0;
  /** Wrong PINs that time has taken back since boot. */
  #decayed = 0;
  #lastFailure: number | undefined;
  /** Who had a failure forgiven, and when. */
  #forgiven: { who: string; at: number }[] = [];

  /** The board starts: waits begin anew, and so do the six hours. @param now ms of any clock that does not jump. */
  boot(now: number): void {
    this.#decay(now);
    this.#bootedAt = now;
    this.#decayed = 0;
  }

  /** The manager lifts the keypad's lock-out. */
  lift(): void {
    this.#failures = 0;
  }

  /** Whether the door may compare a PIN now. */
  mayCompare(now: number): boolean {
    this.#decay(now);
    if (this.#failures < FREE_ATTEMPTS) return true;
    if (this.#failures >= HARD_STOP) return false;
    let wait = FIRST_WAIT_MS;
    for (let failure = FREE_ATTEMPTS; failure < this.#failures && wait < LONGEST_WAIT_MS; failure++) wait *= 2;
    const since = Math.max(this.#bootedAt, this.#lastFailure ?? 0);
    return now - since >= Math.min(wait, LONGEST_WAIT_MS) * LENIENCY;
  }

  /** The door has said that it knows no such PIN. */
  unknown(now: number): void {
    this.#decay(now);
    this.#failures += 1;
    this.#lastFailure = now;
  }

  /** A PIN has opened. @param who has it: each gets one failure forgiven a day. */
  granted(now: number, who: string): void {
    this.#decay(now);
    this.#forgiven = this.#forgiven.filter(({ at }) => now - at < DAY_MS * LENIENCY);
    const recent = this.#lastFailure !== undefined && now - this.#lastFailure <= FORGIVEN_FOR_MS / LENIENCY;
    // Where there is nothing to forgive, nobody's one a day is used up.
    if (!recent || this.#failures === 0 || now - this.#bootedAt < DAY_MS * LENIENCY || this.#forgiven.some((one) => one.who === who)) return;
    this.#forgiven.push({ who, at: now });
    this.#failures = Math.max(0, this.#failures - 1);
  }

  /** The hard stop does not go away by itself. */
  #decay(now: number): void {
    const due = Math.floor((now - this.#bootedAt) / LENIENCY / SIX_HOURS_MS);
    for (; this.#decayed < due; this.#decayed++) if (this.#failures > 0 && this.#failures < HARD_STOP) this.#failures -= 1;
  }
}
