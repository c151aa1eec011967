import { readU32, writeU32 } from "../../protocol/bytes";
import type { CredentialKind } from "../../protocol/credential";
import { TAG_BYTES } from "../../protocol/limits";

/** What the journal knows of one limited right. */
export interface UseEntry {
  tag: Uint8Array;
  kind: CredentialKind;
  useCounter: number;
  uses: number;
  /** Highest number that the event of the last use can have. */
  event: number;
}

const STEP = 32;

/** The journal's counters in RAM, 14 bytes each: as objects, 448 of them would take more than a board has. */
export class UseEntries {
  /** Tag and counter as one number of 42 bits, so that the engine's own search finds it. */
  #keys = new Float64Array(0);
  #kinds = new Uint8Array(0);
  #uses = new Uint8Array(0);
  #events = new Uint32Array(0);
  #size = 0;

  get size(): number {
    return this.#size;
  }

  /** 0 where there is no entry. */
  usesOf(tag: Uint8Array, useCounter: number): number {
    const index = this.#keys.indexOf(keyOf(tag, useCounter));
    return index < 0 ? 0 : this.#uses[index];
  }

  set(entry: UseEntry): void {
    const key = keyOf(entry.tag, entry.useCounter);
    let index = this.#keys.indexOf(key);
    if (index < 0) {
      if (this.#size === this.#keys.length) this.#grow();
      index = this.#size++;
    }
    this.#keys[index] = key;
    this.#kinds[index] = entry.kind;
    this.#uses[index] = entry.uses;
    this.#events[index] = entry.event;
  }

  /** @param index below `size`. */
  at(index: number): UseEntry {
    const key = this.#keys[index];
    const useCounter = key % 4;
    const number = (key - useCounter) / 4;
    const tag = new Uint8Array(TAG_BYTES);
    tag[0] = Math.floor(number / 0x1_0000_0000);
    writeU32(tag, 1, number % 0x1_0000_0000);
    return { tag, useCounter, kind: this.#kinds[index] as CredentialKind, uses: this.#uses[index], event: this.#events[index] };
  }

  #grow(): void {
    const length = this.#size + STEP;
    // A free place must never be found: no key is negative.
    const [keys, kinds, uses, events] = [new Float64Array(length).fill(-1), new Uint8Array(length), new Uint8Array(length), new Uint32Array(length)];
    keys.set(this.#keys);
    kinds.set(this.#kinds);
    uses.set(this.#uses);
    events.set(this.#events);
    [this.#keys, this.#kinds, this.#uses, this.#events] = [keys, kinds, uses, events];
  }
}

function keyOf(tag: Uint8Array, useCounter: number): number {
  return (tag[0] * 0x1_0000_0000 + readU32(tag, 1)) * 4 + useCounter;
}
