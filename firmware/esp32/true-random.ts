/** The chip's random number generator: true-random.c beside this file. */
export class TrueRandom {
  /** Fills an array, every byte unpredictable. On an ESP32 the radio must be on: its noise is the source. */
  // XS wants exactly this body to bind the C function; with `this` a static method is the shortest that has one.
  static fill(bytes: Uint8Array): void {
    return native("xs_latchkey_true_random").call(this, bytes) as void;
  }
}
