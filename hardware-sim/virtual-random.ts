/**
 * Deterministic random numbers (sfc32, Chris Doty-Humphrey's PractRand): the same seed gives the same
 * sequence on every engine. For simulations only; nothing about it is secret.
 */
export class VirtualRandom {
  #state: Uint32Array;

  /** @param seed any string or number; equal seeds give equal sequences. */
  constructor(seed: string | number) {
    // FNV-1a spreads the seed over three words; the rounds after it mix them.
    const text = String(seed);
    let hash = 0x811c9dc5;
    const words = [0, 0, 0];
    for (let i = 0; i < words.length; i++) {
      for (let j = 0; j < text.length; j++) hash = Math.imul(hash ^ text.charCodeAt(j), 0x01000193);
      hash = Math.imul(hash ^ (i + 1), 0x01000193);
      words[i] = hash >>> 0;
    }
    this.#state = Uint32Array.of(words[0], words[1], words[2], 1);
    for (let i = 0; i < 15; i++) this.u32();
  }

  /** A whole number from 0 to 2^32 - 1. */
  u32(): number {
    const s = this.#state;
    const result = (((s[0] + s[1]) | 0) + s[3]) | 0;
    s[3] = s[3] + 1;
    s[0] = s[1] ^ (s[1] >>> 9);
    s[1] = s[2] + (s[2] << 3);
    s[2] = ((s[2] << 21) | (s[2] >>> 11)) + result;
    return result >>> 0;
  }

  /** A whole number from 0 to `limit` - 1; `limit` up to 2^32. */
  below(limit: number): number {
    return Math.floor((this.u32() / 0x1_0000_0000) * limit);
  }

  /** True with probability `p`. */
  chance(p: number): boolean {
    return this.u32() < p * 0x1_0000_0000;
  }

  fill(bytes: Uint8Array): Uint8Array {
    let word = 0;
    for (let i = 0; i < bytes.length; i++) {
      if ((i & 3) === 0) word = this.u32();
      bytes[i] = word >>> ((i & 3) * 8);
    }
    return bytes;
  }

  bytes(length: number): Uint8Array {
    return this.fill(new Uint8Array(length));
  }

  /** Where the sequence stands, for a snapshot. */
  get state(): Uint32Array {
    return this.#state.slice();
  }
  set state(value: Uint32Array) {
    this.#state = value.slice();
  }
}
