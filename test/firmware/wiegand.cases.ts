/** Frames on D0 and D1. The numbers are published ones where a source stands beside them. */
import { readWiegand, type WiegandReading } from "../../firmware/reader/wiegand";
import { cardBits } from "../../hardware-sim/virtual-wiegand-reader";
import { fromHex, toHex } from "../../protocol/bytes";
import type { Cases } from "../support/cases";

function read(bits: string): string {
  const data = new Uint8Array(Math.ceil(bits.length / 8));
  for (let i = 0; i < bits.length; i++) if (bits[i] === "1") data[i >> 3] |= 0x80 >> (i & 7);
  return told(readWiegand({ bits: bits.length, data }));
}

function told(reading: WiegandReading): string {
  if (reading.kind === "card") return `card ${toHex(reading.value)}`;
  return reading.kind === "key" ? `key ${String.fromCharCode(reading.key)}` : reading.kind;
}

/** A hexadecimal number as so many bits. */
function binary(hex: string, bits: number): string {
  const all = Array.from(hex, (digit) => parseInt(digit, 16).toString(2).padStart(4, "0")).join("");
  return all.padStart(bits, "0").slice(-bits);
}

function flip(bits: string, at: number): string {
  return `${bits.slice(0, at)}${bits[at] === "0" ? "1" : "0"}${bits.slice(at + 1)}`;
}

/** Frame, and the card's number in it. */
const PUBLISHED: readonly [source: string, bits: string, card: string][] = [
  ["26 bits, CIVINTEC CN56X0B-X manual 6.4.2", "1 11010100 00011011 10000001 0", "d41b81"],
  ["26 bits, wiegand-encoder on npm: facility 90, card 324", "00101101000000001010001000", "5a0144"],
  ["34 bits, CIVINTEC CN56X0B-X manual 6.4.5", "1 10001001 11010100 00011011 10000001 1", "89d41b81"],
  ["34 bits, Hikvision camera manual: card 1234567890", "1 0100 1001 1001 0110 0000 0010 1101 0010 0", "499602d2"],
  ["37 bits, proxmark3 issue 273: H10304, facility 666, card 31337", binary("1029a0f4d2", 37), "0014d07a69"],
];

/** HID, PINpad 8-bit Wiegand reader, table 1 (whose row of 7 has a misprint), as Rosslare AY-G6xx0 option 3 has it. */
const KEYS_8: Record<string, string> = {
  "0": "11110000",
  "1": "11100001",
  "2": "11010010",
  "3": "11000011",
  "4": "10110100",
  "5": "10100101",
  "6": "10010110",
  "7": "10000111",
  "8": "01111000",
  "9": "01101001",
  "*": "01011010",
  "#": "01001011",
};

export const cases: Cases = {
  "wiegand: published frames of 26, 34 and 37 bits give the cards that are printed beside them"(assert) {
    for (const [source, spaced, card] of PUBLISHED) {
      const bits = Array.from(spaced).filter((bit) => bit !== " ").join("");
      assert.is(read(bits), `card ${card}`, source);
    }
  },

  "wiegand: the published frame of issue 273 with its last bit wrong is unreadable"(assert) {
    assert.is(read(binary("1029a0f4d3", 37)), "unreadable");
  },

  "wiegand: any bit that flips makes any card unreadable"(assert) {
    for (const card of ["000000", "ffffff", "5a0144", "00000000", "ffffffff", "499602d2", "0000000000", "07ffffffff", "014d07a690"]) {
      const bits = cardBits(fromHex(card)!);
      assert.is(read(bits), `card ${card}`);
      for (let at = 0; at < bits.length; at++) assert.is(read(flip(bits, at)), "unreadable", `${card}, bit ${at}`);
    }
  },

  "wiegand: of 37 bits the middle one counts in both parities"(assert) {
    // Data bit 18 of 35 alone: both halves have a one.
    assert.is(read(`1${"0".repeat(17)}1${"0".repeat(17)}0`), "card 0000020000");
    assert.is(read(`0${"0".repeat(17)}1${"0".repeat(17)}0`), "unreadable");
    assert.is(read(`1${"0".repeat(17)}1${"0".repeat(17)}1`), "unreadable");
  },

  "wiegand: keys of 4 and of 8 bits"(assert) {
    for (const [key, bits] of Object.entries(KEYS_8)) {
      assert.is(read(bits), `key ${key}`);
      assert.is(read(bits.slice(4)), `key ${key}`);
      for (let at = 0; at < 8; at++) assert.is(read(flip(bits, at)), "unreadable", `${key}, bit ${at}`);
    }
    for (const code of ["1100", "1101", "1110", "1111"]) assert.is(read(code), "unreadable");
    for (const code of ["00111100", "00101101", "00011110", "00001111"]) assert.is(read(code), "unreadable");
  },

  "wiegand: no other length is read, and none that says more bits than it has"(assert) {
    for (let length = 0; length <= 80; length++) {
      if ([4, 8, 26, 34, 37].includes(length)) continue;
      for (const bit of ["0", "1"]) assert.is(read(bit.repeat(length)), "unreadable", `${length}`);
    }
    assert.is(told(readWiegand({ bits: 26, data: new Uint8Array(3) })), "unreadable");
    assert.is(told(readWiegand({ bits: 37, data: new Uint8Array(0) })), "unreadable");
    assert.is(told(readWiegand({ bits: 4, data: new Uint8Array(0) })), "unreadable");
  },
};
