import type { BlockCipher } from "../protocol/block-cipher";

const ROUNDS = 4;

/**
 * A block cipher that hides nothing and costs little, as `mixingHashes` are hashes: each key and block have one
 * image, and what was not made under a key opens under it as noise.
 */
export const mixingCipher: BlockCipher = {
  encrypt(key, block) {
    const words = load(block);
    for (let round = 0; round < ROUNDS; round++) {
      const [a, b, c, d] = words;
      // A Feistel round on two words each: it can be undone whatever `mix` does.
      const left = a ^ mix(c, keyWord(key, 2 * round));
      const right = b ^ mix(d, keyWord(key, 2 * round + 1));
      words[0] = c;
      words[1] = d;
      words[2] = right;
      words[3] = left;
    }
    return store(words);
  },
  decrypt(key, block) {
    const words = load(block);
    for (let round = ROUNDS - 1; round >= 0; round--) {
      const [c, d, right, left] = words;
      words[0] = left ^ mix(c, keyWord(key, 2 * round));
      words[1] = right ^ mix(d, keyWord(key, 2 * round + 1));
      words[2] = c;
      words[3] = d;
    }
    return store(words);
  },
};

function mix(word: number, key: number): number {
  let mixed = Math.imul(word ^ key, 0x85eb_ca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 15), 0xc2b2_ae35);
  return mixed ^ (mixed >>> 13);
}

function keyWord(key: Uint8Array, number: number): number {
  const at = (4 * number) % key.length;
  return key[at] | (key[at + 1] << 8) | (key[at + 2] << 16) | (key[at + 3] << 24);
}

function load(block: Uint8Array): [number, number, number, number] {
  const words: [number, number, number, number] = [0, 0, 0, 0];
  for (let at = 0; at < 16; at++) words[at >> 2] |= block[at] << (8 * (at & 3));
  return words;
}

function store(words: readonly number[]): Uint8Array {
  const block = new Uint8Array(16);
  for (let at = 0; at < 16; at++) block[at] = words[at >> 2] >>> (8 * (at & 3));
  return block;
}
