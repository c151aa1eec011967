import { ProtocolError } from "./protocol-error";

/**
 * The subset of CBOR that Latchkey signs (RFC 8949 §4.2, core deterministic encoding): unsigned integers below
 * 2^53, byte strings, null, arrays of definite length, maps of definite length whose keys are unsigned integers
 * in ascending order. Everything else is `malformed`. Nothing here allocates by an announced length: a length
 * is checked against the bytes that are there first.
 */

const UNSIGNED = 0;
const BYTES = 2;
const ARRAY = 4;
const MAP = 5;
const NULL = 0xf6;

/** Reads one item after the other; every reader ends with `end()`, so that trailing bytes are an error. */
export class CborReader {
  readonly #bytes: Uint8Array;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  /** @param maximum inclusive. */
  unsigned(maximum: number = Number.MAX_SAFE_INTEGER): number {
    const value = this.#head(UNSIGNED);
    if (value > maximum) throw new ProtocolError("malformed", "integer out of range");
    return value;
  }

  /** A view into the input, not a copy. */
  bytes(minimum: number, maximum: number = minimum): Uint8Array {
    const length = this.#head(BYTES);
    if (length > maximum) throw new ProtocolError("too-large", "byte string");
    if (length < minimum) throw new ProtocolError("malformed", "byte string too short");
    if (length > this.#bytes.length - this.#at) throw new ProtocolError("malformed", "truncated");
    const start = this.#at;
    this.#at += length;
    return this.#bytes.subarray(start, this.#at);
  }

  null(): void {
    if (this.#byte() !== NULL) throw new ProtocolError("malformed", "null expected");
  }

  /** @returns the number of items, `minimum` to `maximum`. */
  array(minimum: number, maximum: number = minimum): number {
    const count = this.#head(ARRAY);
    if (count > maximum) throw new ProtocolError("too-large", "array");
    if (count < minimum) throw new ProtocolError("malformed", "array too short");
    return count;
  }

  map(): CborMapReader {
    return new CborMapReader(this, this.#head(MAP));
  }

  end(): void {
    if (this.#at !== this.#bytes.length) throw new ProtocolError("malformed", "trailing bytes");
  }

  #byte(): number {
    if (this.#at >= this.#bytes.length) throw new ProtocolError("malformed", "truncated");
    return this.#bytes[this.#at++];
  }

  /** RFC 8949 §4.2.1: the argument must be in its shortest form. */
  #head(major: number): number {
    const initial = this.#byte();
    if (initial >> 5 !== major) throw new ProtocolError("malformed", "unexpected type");
    const info = initial & 31;
    if (info < 24) return info;
    if (info > 27) throw new ProtocolError("malformed", "indefinite or reserved length");
    const size = 1 << (info - 24);
    let value = 0;
    for (let i = 0; i < size; i++) value = value * 256 + this.#byte();
    const smallest = size === 1 ? 24 : 2 ** (4 * size);
    if (value < smallest) throw new ProtocolError("malformed", "not the shortest form");
    if (value > Number.MAX_SAFE_INTEGER) throw new ProtocolError("malformed", "integer out of range");
    return value;
  }
}

/**
 * Reads a map's fields in ascending order of their keys. Because the caller asks in that order, a duplicate, an
 * unsorted or an unknown key is simply a key that nobody asked for.
 */
export class CborMapReader {
  readonly #reader: CborReader;
  #left: number;
  #pending: number | undefined;

  constructor(reader: CborReader, count: number) {
    this.#reader = reader;
    this.#left = count;
  }

  /** The reader, placed at the value of `key`; @throws `malformed` where the next key is another. */
  required(key: number): CborReader {
    if (!this.has(key)) throw new ProtocolError("malformed", `key ${key} missing`);
    return this.#reader;
  }

  /** Takes the next key if it is `key`: then the caller must read its value. */
  has(key: number): boolean {
    if (this.#pending === undefined) {
      if (this.#left === 0) return false;
      this.#left -= 1;
      this.#pending = this.#reader.unsigned();
    }
    if (this.#pending !== key) return false;
    this.#pending = undefined;
    return true;
  }

  unsigned(key: number, maximum: number): number {
    return this.required(key).unsigned(maximum);
  }

  /** Zero is the absence of an optional integer; writing it out is not deterministic, hence malformed. */
  optionalUnsigned(key: number, maximum: number): number {
    if (!this.has(key)) return 0;
    const value = this.#reader.unsigned(maximum);
    if (value === 0) throw new ProtocolError("malformed", `key ${key} holds its default`);
    return value;
  }

  bytes(key: number, minimum: number, maximum: number = minimum): Uint8Array {
    return this.required(key).bytes(minimum, maximum);
  }

  /** The empty string is the absence of an optional byte string. */
  optionalBytes(key: number, maximum: number): Uint8Array {
    return this.has(key) ? this.#reader.bytes(1, maximum) : new Uint8Array(0);
  }

  end(): void {
    if (this.#left !== 0 || this.#pending !== undefined) throw new ProtocolError("malformed", "unknown key");
  }
}

/** Writes what CborReader reads. Maps are the caller's duty: ascending keys, and the count that was announced. */
export class CborWriter {
  readonly #parts: Uint8Array[] = [];
  #length = 0;

  unsigned(value: number): this {
    return this.#head(UNSIGNED, value);
  }

  bytes(value: Uint8Array): this {
    return this.#head(BYTES, value.length).#put(value);
  }

  null(): this {
    return this.#put(Uint8Array.of(NULL));
  }

  array(count: number): this {
    return this.#head(ARRAY, count);
  }

  map(count: number): this {
    return this.#head(MAP, count);
  }

  finish(): Uint8Array {
    const whole = new Uint8Array(this.#length);
    let at = 0;
    for (const part of this.#parts) {
      whole.set(part, at);
      at += part.length;
    }
    return whole;
  }

  #put(bytes: Uint8Array): this {
    this.#parts.push(bytes);
    this.#length += bytes.length;
    return this;
  }

  #head(major: number, value: number): this {
    if (!Number.isSafeInteger(value) || value < 0) throw new Error(`not an unsigned integer: ${value}`);
    const high = major << 5;
    if (value < 24) return this.#put(Uint8Array.of(high | value));
    const sizeLog = value < 0x100 ? 0 : value < 0x1_0000 ? 1 : value < 0x1_0000_0000 ? 2 : 3;
    const bytes = new Uint8Array(1 + (1 << sizeLog));
    bytes[0] = high | (24 + sizeLog);
    for (let i = bytes.length - 1, rest = value; i > 0; i--, rest = Math.floor(rest / 256)) bytes[i] = rest % 256;
    return this.#put(bytes);
  }
}

/** A field of a map to be written: an optional one that is zero or empty is left out. */
export type CborField = [key: number, value: number | Uint8Array | ((writer: CborWriter) => void)];

/**
 * The deterministic map of `fields`, whose keys must ascend.
 * @param optionalFrom fields with this key or a greater one are left out when zero or empty.
 */
export function encodeMap(fields: CborField[], optionalFrom: number = Infinity): Uint8Array {
  const present = fields.filter(([key, value]) => key < optionalFrom || typeof value === "function" || (typeof value === "number" ? value !== 0 : value.length > 0));
  const writer = new CborWriter().map(present.length);
  for (const [key, value] of present) {
    writer.unsigned(key);
    if (typeof value === "number") writer.unsigned(value);
    else if (typeof value === "function") value(writer);
    else writer.bytes(value);
  }
  return writer.finish();
}
