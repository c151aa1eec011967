/** The chip's random number generator, in true-random.c beside this file. */
export class TrueRandom {
  /**
   * Fills an array, every byte unpredictable. On an ESP32 the radio must be on: its noise is the source.
   * XS binds the C function to a body of exactly this shape, `this` included, hence a static method.
   */
  static fill(bytes: Uint8Array): void {
    return native("xs_latchkey_true_random").call(this, bytes) as void;
  }
}
