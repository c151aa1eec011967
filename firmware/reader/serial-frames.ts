import { isKey } from "./keys";

/** What a byte of a serial reader completed. */
export type SerialReading =
  | { kind: "key"; key: number }
  /** The 5 bytes of a card's number. */
  | { kind: "card"; value: Uint8Array }
  | { kind: "unreadable" };

/** What a line that is broken or let go reads as. */
const NUL = 0x00;
const STX = 0x02;
const ETX = 0x03;
const LF = 0x0a;
const CR = 0x0d;
const VALUE_BYTES = 5;
/** Ten of the number, two of the checksum. */
const HEX_DIGITS = 2 * VALUE_BYTES + 2;

/** Where in a frame the stream stands. `lost`: in what is left of a bad frame, whose digits are no keys. */
type Place = "outside" | "digits" | "end" | "lost";

/**
 * Reads a stream in which ASCII keys and card frames mix: STX, ten hexadecimal digits, two of the checksum (the
 * bytes of the number, XORed), CR LF or not, ETX, as RDM6300 and ID-12 send them. Keeps 5 bytes and no more, and
 * finds its way back after garbage: the next STX begins a frame, the next ETX or a pause ends a bad one.
 */
export class SerialFrames {
  #place: Place = "outside";
  #digits = 0;
  #value = new Uint8Array(VALUE_BYTES);
  #checksum = 0;

  /** Whether a frame has begun that has not ended: the caller calls `pause` when nothing follows for a while. */
  get inFrame(): boolean {
    return this.#place !== "outside";
  }

  /**
   * @returns undefined where the byte completed nothing. Outside frames what is neither a key nor the end of a line
   * is unreadable: it may have been a key.
   */
  feed(byte: number): SerialReading | undefined {
    if (byte === STX) return this.#begin();
    switch (this.#place) {
      case "outside":
        if (isKey(byte)) return { kind: "key", key: byte };
        return byte === CR || byte === LF || byte === NUL ? undefined : { kind: "unreadable" };
      case "digits":
        return this.#digit(byte);
      case "end":
        if (byte === CR || byte === LF) return undefined;
        return byte === ETX ? this.#complete() : this.#lose(byte);
      case "lost":
        if (byte === ETX) this.#place = "outside";
        return undefined;
    }
  }

  /** Nothing has come for too long: a frame that has begun will not be completed. */
  pause(): SerialReading | undefined {
    const half = this.#place === "digits" || this.#place === "end";
    this.#reset("outside");
    return half ? { kind: "unreadable" } : undefined;
  }

  #begin(): SerialReading | undefined {
    const half = this.#place === "digits" || this.#place === "end";
    this.#reset("digits");
    return half ? { kind: "unreadable" } : undefined;
  }

  #digit(byte: number): SerialReading | undefined {
    const nibble = hexValue(byte);
    if (nibble === undefined) return this.#lose(byte);
    const index = this.#digits >> 1;
    const part = this.#digits % 2 === 0 ? nibble << 4 : nibble;
    if (index < VALUE_BYTES) this.#value[index] |= part;
    this.#checksum ^= part;
    this.#digits += 1;
    if (this.#digits === HEX_DIGITS) this.#place = "end";
    return undefined;
  }

  #complete(): SerialReading {
    const value = this.#value.slice();
    // The checksum's own digits went in as well: right, it is 0.
    const right = this.#checksum === 0;
    this.#reset("outside");
    if (right) return { kind: "card", value };
    value.fill(0);
    return { kind: "unreadable" };
  }

  #lose(byte: number): SerialReading {
    this.#reset(byte === ETX ? "outside" : "lost");
    return { kind: "unreadable" };
  }

  #reset(place: Place): void {
    this.#place = place;
    this.#digits = 0;
    this.#checksum = 0;
    this.#value.fill(0);
  }
}

function hexValue(byte: number): number | undefined {
  if (byte >= 0x30 && byte <= 0x39) return byte - 0x30;
  if (byte >= 0x41 && byte <= 0x46) return byte - 0x37;
  if (byte >= 0x61 && byte <= 0x66) return byte - 0x57;
  return undefined;
}
