/** Rows from the top, columns from the left: key number = 3 × row + column. */
export const MATRIX_ROWS = 4;
export const MATRIX_COLUMNS = 3;

/** What one more scan of the keys showed: the number of a key that is pressed now, once for each press. */
export type ScanResult = { kind: "nothing" } | { kind: "pressed"; key: number } | { kind: "unclear" };

const NOTHING: ScanResult = { kind: "nothing" };
const UNCLEAR: ScanResult = { kind: "unclear" };

/**
 * Makes key presses of scans. A key is down once two scans in a row show it and up once two do not, so a bouncing
 * contact is one press. Without diodes three keys can show a fourth that nobody touches, two cannot: scans of more
 * than two keys are passed over. Of two keys that go down in the same scan nobody can tell which came first:
 * `unclear`, and the person begins again rather than have a wrong PIN counted.
 */
export class MatrixScan {
  #last = 0;
  #down = 0;

  /** @param seen bit n = key n makes contact. */
  feed(seen: number): ScanResult {
    if (count(seen) > 2) return NOTHING;
    const both = seen & this.#last;
    const either = seen | this.#last;
    const before = this.#down;
    this.#down = (before & either) | both;
    this.#last = seen;
    const pressed = this.#down & ~before;
    if (pressed === 0) return NOTHING;
    return count(pressed) === 1 ? { kind: "pressed", key: 31 - Math.clz32(pressed) } : UNCLEAR;
  }
}

function count(bits: number): number {
  let ones = 0;
  for (let rest = bits; rest !== 0; rest &= rest - 1) ones += 1;
  return ones;
}
