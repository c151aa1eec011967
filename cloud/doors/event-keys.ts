import { nextEventKey } from "../../protocol/event-record";
import { nativeHashes } from "../keys/native-hashes";

/**
 * The evolving keys of a door's event chain by their periods. The cloud keeps the first key, so it can always
 * begin again; the last one found is remembered, because uploads go forward.
 */
export class EventKeys {
  readonly #first: Uint8Array;
  #period = 0;
  #key: Uint8Array;

  constructor(firstKey: Uint8Array) {
    this.#first = firstKey;
    this.#key = firstKey;
  }

  of(period: number): Uint8Array {
    if (period < this.#period) {
      this.#period = 0;
      this.#key = this.#first;
    }
    for (; this.#period < period; this.#period++) this.#key = nextEventKey(nativeHashes, this.#key);
    return this.#key;
  }
}
