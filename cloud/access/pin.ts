import { randomInt } from "node:crypto";
import { PIN_DIGITS_MAX } from "../../protocol/limits";

/** Shortest PIN that is given out, however few people a door has. */
export const DIGITS_MIN = 6;
/** X9: the chance that one attempt at a keypad hits anybody's PIN stays at or below this. */
const GUESS_CHANCE_MAX = 5e-5;

/**
 * Digits of a new PIN where, with it, `population` PINs open the same door: 50 → 6, 1,000 → 8.
 * @throws Error beyond 12 digits: no door holds that many rows.
 */
export function pinDigitsFor(population: number): number {
  for (let digits = DIGITS_MIN; digits <= PIN_DIGITS_MAX; digits++) {
    if (population <= GUESS_CHANCE_MAX * 10 ** digits) return digits;
  }
  throw new Error("population too large for any PIN");
}

/**
 * A PIN that is uniform over all texts of so many digits but a handful that people try first. The rest stays as
 * hard to guess as before: of 10^6 PINs fewer than 40 are left out.
 * @param draw a uniform integer in [0, bound), from a CSPRNG.
 */
export function drawPin(digits: number, draw: (bound: number) => number = randomInt): string {
  for (;;) {
    const pin = String(draw(10 ** digits)).padStart(digits, "0");
    if (!isTriedFirst(pin)) return pin;
  }
}

/** One digit all over, or counting up or down by one. */
export function isTriedFirst(pin: string): boolean {
  const step = (pin.charCodeAt(1) - pin.charCodeAt(0) + 10) % 10;
  if (step !== 0 && step !== 1 && step !== 9) return false;
  for (let i = 1; i < pin.length; i++) {
    if ((pin.charCodeAt(i) - pin.charCodeAt(i - 1) + 10) % 10 !== step) return false;
  }
  return true;
}
