/**
 * Where TLS has its randomness from: takes the place of the SDK's "rng" (manifest.json), which is one RC4 stream from a
 * seed. Keys of a connection are made from the chip's generator, as everything else is (../true-random.c).
 */
export default class KeyRandomness {
  /** Read by network.ts: this is not the SDK's class. */
  static readonly isLatchkeys = true;

  static get(byteLength: number): ArrayBuffer {
    const bytes = new ArrayBuffer(byteLength);
    KeyRandomness.fill(bytes);
    return bytes;
  }

  static fill(bytes: ArrayBuffer): void {
    return native("xs_latchkey_true_random").call(this, bytes) as void;
  }
}
