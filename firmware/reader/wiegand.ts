import type { WiegandFrame } from "../device";
import { HASH_KEY, STAR_KEY, ZERO_KEY } from "./keys";

/** What a frame on D0 and D1 says; `unreadable` says nothing of what stood in it. */
export type WiegandReading =
  | { kind: "card"; value: Uint8Array }
  /** ASCII `0`–`9`, `*` or `#`. */
  | { kind: "key"; key: number }
  | { kind: "unreadable" };

const UNREADABLE: WiegandReading = { kind: "unreadable" };

/**
 * Card formats by their length: HID H10301 (26 bits), H10306 (34) and H10302 (37; H10304 has its parity too). The
 * first bit makes the first `span` bits even, the last one makes the last `span` odd; in 37 bits the one in the
 * middle counts in both.
 */
function paritySpan(bits: number): number | undefined {
  if (bits === 26) return 13;
  if (bits === 34) return 17;
  if (bits === 37) return 19;
  return undefined;
}

/**
 * Reads one frame: a card without its parity bits, right-aligned and big-endian in ceil(bits / 8) bytes (3, 4 or 5),
 * or a key of 4 bits, or of 8 whose upper nibble is the lower's complement (10 = `*`, 11 = `#`).
 */
export function readWiegand(frame: WiegandFrame): WiegandReading {
  const { bits, data } = frame;
  if (data.length * 8 < bits) return UNREADABLE;
  if (bits === 4) return key(data[0] >> 4);
  if (bits === 8) return (data[0] >> 4) === (~data[0] & 0x0f) ? key(data[0] & 0x0f) : UNREADABLE;
  const span = paritySpan(bits);
  if (span === undefined || ones(data, 0, span) % 2 !== 0 || ones(data, bits - span, bits) % 2 !== 1) return UNREADABLE;
  return { kind: "card", value: cardValue(frame) };
}

function key(code: number): WiegandReading {
  if (code <= 9) return { kind: "key", key: ZERO_KEY + code };
  if (code === 10) return { kind: "key", key: STAR_KEY };
  return code === 11 ? { kind: "key", key: HASH_KEY } : UNREADABLE;
}

function cardValue({ bits, data }: WiegandFrame): Uint8Array {
  const count = bits - 2;
  const value = new Uint8Array(Math.ceil(count / 8));
  for (let i = 0; i < count; i++) {
    // The last data bit is bit 0 of the last byte.
    const place = count - 1 - i;
    if (bitAt(data, i + 1)) value[value.length - 1 - (place >> 3)] |= 1 << (place & 7);
  }
  return value;
}

function ones(data: Uint8Array, from: number, to: number): number {
  let count = 0;
  for (let i = from; i < to; i++) count += bitAt(data, i);
  return count;
}

/** Bit `index` as it came, 0 or 1. */
function bitAt(data: Uint8Array, index: number): number {
  return (data[index >> 3] >> (7 - (index & 7))) & 1;
}
