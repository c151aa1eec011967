/** Keys as every reader hands them on: ASCII. */
export const ZERO_KEY = 0x30;
export const NINE_KEY = 0x39;
/** `*`, clears. */
export const STAR_KEY = 0x2a;
/** `#`, enters. */
export const HASH_KEY = 0x23;

export function isDigit(byte: number): boolean {
  return byte >= ZERO_KEY && byte <= NINE_KEY;
}

export function isKey(byte: number): boolean {
  return isDigit(byte) || byte === STAR_KEY || byte === HASH_KEY;
}
