import { ascii } from "../../protocol/bytes";

/**
 * A QR code of the one kind that a claim needs: version 4, level L, byte mode, mask 0 (ISO/IEC 18004), which holds up
 * to 78 bytes; a claim text has 60.
 */
const SIZE = 33;
const DATA_CODEWORDS = 80;
const CHECK_CODEWORDS = 20;
const BYTES_MAX = 78;
const ALIGNMENT = 26; // centre, both ways
/** Level L, mask 0, with its check bits and the standard's mask. */
const FORMAT = 0x77c4;
const FIELD_POLYNOMIAL = 0x11d;
const PADDING = [0xec, 0x11];
const UNSET = 2;

/** Rows of modules, 1 = dark. @throws Error for more than 78 bytes. */
export function claimQr(text: string): Uint8Array[] {
  const rows: Uint8Array[] = [];
  for (let y = 0; y < SIZE; y++) rows.push(new Uint8Array(SIZE).fill(UNSET));
  drawPatterns(rows);
  drawCodewords(rows, codewords(ascii(text)));
  return rows;
}

/** For a terminal that knows ANSI's colours, with a margin: two spaces a module, so that they are square. */
export function drawQr(rows: readonly Uint8Array[]): string[] {
  const margin = `${LIGHT}${"  ".repeat(SIZE + 4)}${PLAIN}`;
  const lines = rows.map((row) => {
    let line = `${LIGHT}    `;
    row.forEach((module, x) => {
      if (x === 0 ? module === 1 : module !== row[x - 1]) line += module === 1 ? DARK : LIGHT;
      line += "  ";
    });
    return `${line}${LIGHT}    ${PLAIN}`;
  });
  return [margin, margin, ...lines, margin, margin];
}

/** The claim as an installer scans it, and as they type it. */
export function claimQrLines(text: string): string[] {
  return [...drawQr(claimQr(text)), text];
}

const LIGHT = "\u001b[47m";
const DARK = "\u001b[40m";
const PLAIN = "\u001b[0m";

/** Mode 4, length, bytes, terminator, padding; then their Reed-Solomon check. */
function codewords(bytes: Uint8Array): Uint8Array {
  if (bytes.length > BYTES_MAX) throw new Error(`a QR of ${bytes.length} bytes`);
  const all = new Uint8Array(DATA_CODEWORDS + CHECK_CODEWORDS);
  // Everything stands four bits after a byte's begin: the mode takes them.
  all[0] = 0x40 | (bytes.length >> 4);
  all[1] = (bytes.length << 4) & 0xff;
  bytes.forEach((byte, index) => {
    all[1 + index] |= byte >> 4;
    all[2 + index] = (byte << 4) & 0xff;
  });
  for (let at = 2 + bytes.length; at < DATA_CODEWORDS; at++) all[at] = PADDING[(at - 2 - bytes.length) % 2];
  all.set(check(all.subarray(0, DATA_CODEWORDS)), DATA_CODEWORDS);
  return all;
}

/** The remainder by the generator, the product of (x − 2^i). */
function check(data: Uint8Array): Uint8Array {
  const generator = new Uint8Array(CHECK_CODEWORDS);
  generator[CHECK_CODEWORDS - 1] = 1;
  for (let i = 0, root = 1; i < CHECK_CODEWORDS; i++, root = times(root, 2)) {
    for (let j = 0; j < CHECK_CODEWORDS; j++) {
      generator[j] = times(generator[j], root);
      if (j + 1 < CHECK_CODEWORDS) generator[j] ^= generator[j + 1];
    }
  }
  const remainder = new Uint8Array(CHECK_CODEWORDS);
  for (const byte of data) {
    const factor = byte ^ remainder[0];
    remainder.copyWithin(0, 1);
    remainder[CHECK_CODEWORDS - 1] = 0;
    for (let j = 0; j < CHECK_CODEWORDS; j++) remainder[j] ^= times(generator[j], factor);
  }
  return remainder;
}

/** In the field of 256. */
function times(a: number, b: number): number {
  let product = 0;
  for (let bit = 7; bit >= 0; bit--) {
    product = (product << 1) ^ (product >> 7 === 0 ? 0 : FIELD_POLYNOMIAL);
    if (((b >> bit) & 1) === 1) product ^= a;
  }
  return product;
}

function drawPatterns(rows: Uint8Array[]): void {
  const ring = (centreX: number, centreY: number, radius: number, light: number): void => {
    for (let y = -radius; y <= radius; y++) {
      for (let x = -radius; x <= radius; x++) {
        const distance = Math.max(Math.abs(x), Math.abs(y));
        const row = rows[centreY + y];
        if (row !== undefined && centreX + x >= 0 && centreX + x < SIZE) row[centreX + x] = distance === light || distance > 3 ? 0 : 1;
      }
    }
  };
  for (let at = 0; at < SIZE; at++) rows[6][at] = rows[at][6] = (at + 1) % 2;
  for (const [x, y] of [[3, 3], [SIZE - 4, 3], [3, SIZE - 4]]) ring(x, y, 4, 2);
  ring(ALIGNMENT, ALIGNMENT, 2, 1);
  for (let bit = 0; bit < 15; bit++) drawFormatBit(rows, bit, (FORMAT >> bit) & 1);
  rows[SIZE - 8][8] = 1;
}

/** Each bit of the format stands there twice. */
function drawFormatBit(rows: Uint8Array[], bit: number, module: number): void {
  if (bit < 8) {
    rows[bit < 6 ? bit : bit + 1][8] = module;
    rows[8][SIZE - 1 - bit] = module;
  } else {
    rows[8][bit === 8 ? 7 : 14 - bit] = module;
    rows[SIZE - 15 + bit][8] = module;
  }
}

/** In columns of two from the right, up and down in turn, around what is drawn already. */
function drawCodewords(rows: Uint8Array[], words: Uint8Array): void {
  let bit = 0;
  for (let right = SIZE - 1, up = true; right > 0; right -= 2, up = !up) {
    // The column of the timing pattern is none of them.
    if (right === 6) right = 5;
    for (let step = 0; step < SIZE; step++) {
      const y = up ? SIZE - 1 - step : step;
      for (const x of [right, right - 1]) {
        if (rows[y][x] !== UNSET) continue;
        const module = bit < 8 * words.length ? (words[bit >> 3] >> (7 - (bit & 7))) & 1 : 0;
        rows[y][x] = module ^ ((x + y) % 2 === 0 ? 1 : 0);
        bit += 1;
      }
    }
  }
}
