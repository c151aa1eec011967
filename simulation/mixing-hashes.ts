import type { Hashes } from "../protocol/hashes";

/**
 * Hash functions that prove nothing and cost little: what is equal has equal hashes and what differs has, for all
 * that a simulation ever draws, different ones. The cryptography is tested by its own vectors; here it would take
 * most of the time. The same on every engine.
 */
export const mixingHashes: Hashes = {
  sha256: (data) => digest(NO_KEY, data, 8, 0x51ed_270b),
  sha512: (data) => digest(NO_KEY, data, 16, 0x2545_f491),
  hmacSha256: (key, data) => digest(key, data, 8, 0x7f4a_7c15),
};

const NO_KEY = new Uint8Array(0);

/**
 * 128 bits of state, four words that take in one word after the other; each step can be undone, so nothing is lost
 * on the way in.
 */
function digest(key: Uint8Array, data: Uint8Array, words: number, salt: number): Uint8Array {
  let a = 0x9e37_79b9 ^ salt;
  let b = 0x85eb_ca6b ^ key.length;
  let c = 0xc2b2_ae35 ^ data.length;
  let d = 0x27d4_eb2f;
  for (let round = 0; round < 2; round++) {
    const bytes = round === 0 ? key : data;
    const whole = bytes.length & ~3;
    for (let at = 0; at < bytes.length; at += 4) {
      let word = bytes[at];
      if (at < whole) word |= (bytes[at + 1] << 8) | (bytes[at + 2] << 16) | (bytes[at + 3] << 24);
      else for (let rest = at + 1; rest < bytes.length; rest++) word |= bytes[rest] << (8 * (rest - at));
      a = Math.imul(a ^ word, 0x9e37_79b1);
      a = (a << 13) | (a >>> 19);
      const taken = a;
      a = (b + taken) | 0;
      b = c ^ taken;
      c = (d << 7) | (d >>> 25);
      d = (taken + b) | 0;
    }
  }
  const out = new Uint8Array(4 * words);
  for (let word = -4; word < words; word++) {
    a = Math.imul(a ^ (a >>> 16), 0x85eb_ca6b) + d;
    b = Math.imul(b ^ (b >>> 13), 0xc2b2_ae35) + a;
    c = Math.imul(c ^ (c >>> 16), 0x27d4_eb2f) + b;
    d = (Math.imul(d ^ (d >>> 15), 0x1656_67b1) + c + word) | 0;
    if (word < 0) continue;
    const mixed = a ^ (d >>> 7);
    out[4 * word] = mixed;
    out[4 * word + 1] = mixed >>> 8;
    out[4 * word + 2] = mixed >>> 16;
    out[4 * word + 3] = mixed >>> 24;
  }
  return out;
}
