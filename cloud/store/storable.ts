/**
 * Checks a value on its way to a database: both take the same, so that a test on one shows what the other does.
 * Booleans are 0 and 1.
 * @throws Error for what is no whole number, text without NUL, bytes, boolean or null: a bug.
 */
export function storable(value: unknown): string | number | bigint | Uint8Array | null {
  if (value === null || typeof value === "bigint" || value instanceof Uint8Array) return value;
  if (typeof value === "boolean") return value ? 1 : 0;
  if (typeof value === "number") {
    if (!Number.isSafeInteger(value)) throw new Error("only whole numbers are stored");
    return value;
  }
  if (typeof value === "string") {
    if (value.includes("\0")) throw new Error("a text to be stored holds NUL");
    return value;
  }
  throw new Error(`cannot be stored: ${typeof value}`);
}
