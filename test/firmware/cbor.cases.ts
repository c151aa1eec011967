import { fromHex, toHex } from "../../protocol/bytes";
import { CborReader, CborWriter, encodeMap } from "../../protocol/cbor";
import type { Cases } from "../support/cases";

const bytes = (hex: string): Uint8Array => fromHex(hex)!;

/** Reads {1: unsigned, ? 2: bytes of 1 to 4, ? 3: unsigned} to its end. */
function readSample(hex: string): { one: number; two: Uint8Array; three: number } {
  const reader = new CborReader(bytes(hex));
  const map = reader.map();
  const sample = { one: map.unsigned(1, 1_000), two: map.optionalBytes(2, 4), three: map.optionalUnsigned(3, 9) };
  map.end();
  reader.end();
  return sample;
}

/** One fault each, named after it. */
const FAULTS: Record<string, [hex: string, code: string]> = {
  "an integer in two bytes that fits in one": ["a1011801", "malformed"],
  "an integer in three bytes that fits in two": ["a1011900ff", "malformed"],
  "an integer in five bytes that fits in three": ["a1011a0000ffff", "malformed"],
  "an integer in nine bytes that fits in five": ["a1011b00000000ffffffff", "malformed"],
  "an integer over its range": ["a1011903e9", "malformed"],
  "an integer over 2^53": ["a1011b0020000000000000", "malformed"],
  "2^63": ["a1011b8000000000000000", "malformed"],
  "a negative integer": ["a10120", "malformed"],
  "a text": ["a1016161", "malformed"],
  "a tag": ["a101c101", "malformed"],
  "a float": ["a101f93c00", "malformed"],
  "true": ["a101f5", "malformed"],
  "reserved additional information": ["a1011c", "malformed"],
  "a map of indefinite length": ["bf0101ff", "malformed"],
  "a byte string of indefinite length": ["a20101025f4101ff", "malformed"],
  "a key twice": ["a201010101", "malformed"],
  "keys out of order": ["a20241aa0101", "malformed"],
  "an unknown key after": ["a201010401", "malformed"],
  "an unknown key before": ["a200010101", "malformed"],
  "a required key missing": ["a10241aa", "malformed"],
  "an optional integer that holds its default": ["a201010300", "malformed"],
  "an optional byte string that is empty": ["a201010240", "malformed"],
  "a byte string over its bound": ["a20101024500000000ff", "too-large"],
  "a byte string that ends early": ["a201010242aa", "malformed"],
  "a byte string that announces 4 GB": ["a20101025affffffff00", "too-large"],
  "trailing bytes": ["a1010100", "malformed"],
  "a count that promises more": ["a20101", "malformed"],
  "nothing at all": ["", "malformed"],
};

export const cases: Cases = {
  "CBOR: what is deterministic is read": (assert) => {
    assert.deepEqual(readSample("a10118ff"), { one: 255, two: new Uint8Array(0), three: 0 });
    assert.deepEqual(readSample("a301010244aabbccdd0309"), { one: 1, two: bytes("aabbccdd"), three: 9 });
  },

  "CBOR: every integer is written in its shortest form and read back": (assert) => {
    const edges: [number, string][] = [
      [0, "00"],
      [23, "17"],
      [24, "1818"],
      [255, "18ff"],
      [256, "190100"],
      [65_535, "19ffff"],
      [65_536, "1a00010000"],
      [0xffff_ffff, "1affffffff"],
      [0x1_0000_0000, "1b0000000100000000"],
      [Number.MAX_SAFE_INTEGER, "1b001fffffffffffff"],
    ];
    for (const [value, hex] of edges) {
      assert.is(toHex(new CborWriter().unsigned(value).finish()), hex);
      assert.is(new CborReader(bytes(hex)).unsigned(), value);
    }
  },

  "CBOR: optional fields that are zero or empty are not written": (assert) => {
    assert.is(toHex(encodeMap([[1, 0], [2, new Uint8Array(0)], [3, 0], [4, 7]], 2)), "a201000407");
  },

  ...Object.fromEntries(
    Object.entries(FAULTS).map(([fault, [hex, code]]) => [
      `CBOR: ${fault} is refused`,
      (assert) => {
        assert.throws(() => readSample(hex), code);
      },
    ]),
  ),
};
