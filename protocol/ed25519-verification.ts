import { Point } from "@noble/ed25519";
import { concat, equalBytes, toHex } from "./bytes";

/**
 * Checking an Ed25519 signature (RFC 8032 §5.1.7) in slices, with libsodium's verdicts (1.0.18): S below the
 * group order, the key a canonical encoding, neither key nor R of small order, and R = S·B − k·A computed again
 * and compared byte by byte. Without cofactor: an equation that holds only after multiplying by 8 is refused.
 *
 * Points are noble's; its own `verify` is not used because it accepts more (ZIP215) and because its table for the
 * base point takes a megabyte. Everything here is public, so nothing needs constant time.
 */

/** A running check. Between slices it keeps about 5 KB of an ESP32's memory. */
export interface Verification {
  /**
   * Does the next slice: at most 20,000 units of XS `compute`.
   * @returns the verdict, or undefined while more is to do. Goes on returning the verdict once there is one.
   */
  step(): boolean | undefined;
}

export const SIGNATURE_BYTES = 64;
export const PUBLIC_KEY_BYTES = 32;

/** Bits of both scalars that one slice works off: 5 doublings and at most 2 additions. */
const BITS_PER_SLICE = 5;
/** Signed odd digits of this many bits: fewer additions against more points to make beforehand. */
const KEY_WINDOW_BITS = 5;
/** The base point's multiples are made when the module loads, on a board at build time, so they may be more. */
const BASE_WINDOW_BITS = 6;

const { p: P, n: ORDER, d: D } = Point.CURVE();
/** A square root of −1: 2^((p−1)/4) (RFC 8032 §5.1.3). */
const SQRT_MINUS_1 = 0x2b8324804fc1df0b2b4d00993dfbd7a72f431806ad2fe478c4ee1b274a0ea0b0n;
const LOW_255_BITS = (1n << 255n) - 1n;
const BASE_MULTIPLES = Object.freeze(oddMultiples(Point.BASE, 1 << (BASE_WINDOW_BITS - 2)));

/** A generator that yields after each slice. */
type Sliced<T> = Generator<unknown, T>;

/**
 * Starts to check a signature. The arguments may change afterwards: what is needed is copied, and the message is
 * hashed at once.
 * @param signature 64 bytes; any other length is refused like a wrong signature.
 * @param publicKey 32 bytes; any other length is refused likewise.
 * @param sha512 FIPS 180-4; native on a board.
 */
export function beginVerification(
  signature: Uint8Array,
  message: Uint8Array,
  publicKey: Uint8Array,
  sha512: (data: Uint8Array) => Uint8Array,
): Verification {
  const slices = begin(signature, message, publicKey, sha512);
  let verdict: boolean | undefined = slices === undefined ? false : undefined;
  return {
    step() {
      if (verdict === undefined) {
        const slice = slices!.next();
        if (slice.done) verdict = slice.value;
      }
      return verdict;
    },
  };
}

/** @returns undefined where the bytes alone are enough to refuse. */
function begin(
  signature: Uint8Array,
  message: Uint8Array,
  publicKey: Uint8Array,
  sha512: (data: Uint8Array) => Uint8Array,
): Sliced<boolean> | undefined {
  if (signature.length !== SIGNATURE_BYTES || publicKey.length !== PUBLIC_KEY_BYTES) return undefined;
  const s = littleEndian(signature.subarray(32));
  // RFC 8032 §5.1.7: otherwise S + L would be a second signature of the same message.
  if (s >= ORDER) return undefined;
  const r = signature.slice(0, 32);
  const k = littleEndian(sha512(concat(r, publicKey, message))) % ORDER;
  return check(r, s, k, publicKey.slice());
}

function* check(r: Uint8Array, s: bigint, k: bigint, publicKey: Uint8Array): Sliced<boolean> {
  const key = yield* decodePoint(publicKey);
  if (key === undefined) return false;
  // Under a key of small order a signature can be made up that fits every message.
  if (hasSmallOrder(key)) return false;
  yield;
  const computed = yield* multiplyJointly(s, k, key.negate());
  // libsodium refuses these first; R is compared below, so it is the same to ask what was computed.
  if (hasSmallOrder(computed)) return false;
  yield;
  return equalBytes(computed.toBytes(), r);
}

/** 8·p = 0: the eight points whose order divides the cofactor. */
function hasSmallOrder(p: Point): boolean {
  return p.double().double().double().is0();
}

/** S·B + k·Q by one chain of doublings and a window of signed digits for each scalar. */
function* multiplyJointly(s: bigint, k: bigint, q: Point): Sliced<Point> {
  const keyMultiples = oddMultiples(q, 1 << (KEY_WINDOW_BITS - 2));
  yield;
  const baseDigits = signedDigits(s, BASE_WINDOW_BITS);
  const keyDigits = signedDigits(k, KEY_WINDOW_BITS);
  let sum = Point.ZERO;
  for (let bit = DIGITS - 1; bit >= 0; bit--) {
    if (sum !== Point.ZERO) sum = sum.double();
    sum = addMultiple(sum, BASE_MULTIPLES, baseDigits[bit]);
    sum = addMultiple(sum, keyMultiples, keyDigits[bit]);
    if (bit % BITS_PER_SLICE === 0) yield;
  }
  return sum;
}

/** @param digit 0 or odd. */
function addMultiple(sum: Point, multiples: readonly Point[], digit: number): Point {
  if (digit > 0) return sum.add(multiples[digit >> 1]);
  if (digit < 0) return sum.subtract(multiples[-digit >> 1]);
  return sum;
}

/** [1·p, 3·p, 5·p, …], `count` of them. */
function oddMultiples(p: Point, count: number): readonly Point[] {
  const twice = p.double();
  const multiples = [p];
  while (multiples.length < count) multiples.push(multiples[multiples.length - 1].add(twice));
  return multiples;
}

/** Scalars are below L < 2^252 + 2^125, so no carry gets past bit 252. */
const DIGITS = 253;
/** Bits taken from a BigInt at a time; with what is left from before they fit a 32-bit integer. */
const CHUNK_BITS = 24;

/**
 * A scalar as Σ digit[i]·2^i with odd digits of less than 2^(width−1) in amount, of which at most one among
 * `width` neighbours is not zero (width-w non-adjacent form).
 */
function signedDigits(scalar: bigint, width: number): Int8Array {
  const digits = new Int8Array(DIGITS);
  const full = 1 << width;
  // What of the scalar belongs to `bit` and the `bitsAhead` − 1 after it, a carry included.
  let ahead = 0;
  let bitsAhead = 0;
  for (let bit = 0; scalar !== 0n || ahead !== 0; ) {
    if (bitsAhead < width) {
      ahead += Number(BigInt.asUintN(CHUNK_BITS, scalar)) << bitsAhead;
      scalar >>= BigInt(CHUNK_BITS);
      bitsAhead += CHUNK_BITS;
    }
    let done = width;
    if ((ahead & 1) === 1) {
      const low = ahead & (full - 1);
      const digit = low < full >> 1 ? low : low - full;
      digits[bit] = digit;
      ahead -= digit;
    } else {
      const zeros = ahead === 0 ? bitsAhead : 31 - Math.clz32(ahead & -ahead);
      done = Math.min(zeros, bitsAhead);
    }
    ahead >>= done;
    bitsAhead -= done;
    bit += done;
  }
  return digits;
}

/** RFC 8032 §5.1.3, with only the canonical encoding of each point. @returns undefined for anything else. */
function* decodePoint(bytes: Uint8Array): Sliced<Point | undefined> {
  const encoded = littleEndian(bytes);
  const y = encoded & LOW_255_BITS;
  const sign = encoded >> 255n;
  if (y >= P) return undefined;
  // x² = u/v; a root, if there is one, is u·v³·(u·v⁷)^((p−5)/8), or that times √−1.
  const y2 = (y * y) % P;
  const u = (y2 + P - 1n) % P;
  const v = (D * y2 + 1n) % P;
  const v3 = (((v * v) % P) * v) % P;
  const power = yield* powerOfPMinus5Over8((((u * v3) % P) * ((v3 * v) % P)) % P);
  let x = (((u * v3) % P) * power) % P;
  const vx2 = (v * ((x * x) % P)) % P;
  if (vx2 !== u) {
    // Not `!== P`: to XS a BigInt in flash, where a board keeps this module's constants, equals none in RAM.
    if ((vx2 + u) % P !== 0n) return undefined;
    x = (x * SQRT_MINUS_1) % P;
  }
  // Only ±1 as y gives x = 0; that the sign is refused here too keeps this the decoding of the RFC, step 4.
  if (x === 0n && sign === 1n) return undefined;
  if ((x & 1n) !== sign) x = P - x;
  return Point.fromAffine({ x, y });
}

/** z^((p−5)/8) = z^(2^252 − 3). Names tell the exponent: z10 = z^(2^10 − 1). */
function* powerOfPMinus5Over8(z: bigint): Sliced<bigint> {
  const z2 = multiply(squareOften(z, 1), z);
  const z4 = multiply(squareOften(z2, 2), z2);
  const z5 = multiply(squareOften(z4, 1), z);
  const z10 = multiply(squareOften(z5, 5), z5);
  const z20 = multiply(squareOften(z10, 10), z10);
  const z40 = multiply(squareOften(z20, 20), z20);
  const z80 = multiply(squareOften(z40, 40), z40);
  yield;
  const z160 = multiply(squareOften(z80, 80), z80);
  yield;
  const z240 = multiply(squareOften(z160, 80), z80);
  yield;
  const z250 = multiply(squareOften(z240, 10), z10);
  return multiply(squareOften(z250, 2), z) % P;
}

/** x^(2^times) modulo p, below 2^256 like x. */
function squareOften(x: bigint, times: number): bigint {
  for (let i = 0; i < times; i++) x = multiply(x, x);
  return x;
}

/** x·y modulo p, below 2^256 like both: 2^255 = 19, so what is above bit 255 is added 19 times, twice. */
function multiply(x: bigint, y: bigint): bigint {
  const product = x * y;
  const folded = (product >> 255n) * 19n + (product & LOW_255_BITS);
  return (folded >> 255n) * 19n + (folded & LOW_255_BITS);
}

function littleEndian(bytes: Uint8Array): bigint {
  return BigInt(`0x${toHex(bytes.slice().reverse())}`);
}
