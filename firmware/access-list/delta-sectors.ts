import { equalBytes } from "../../protocol/bytes";
import { parseSigned } from "../../protocol/cose-sign1";
import { decodeDelta, type Delta } from "../../protocol/delta";
import type { Hashes } from "../../protocol/hashes";
import { DELTA_BYTES_MAX } from "../../protocol/limits";
import { hash8 } from "../../protocol/manifest";
import { ProtocolError } from "../../protocol/protocol-error";
import type { Flash } from "../device";
import { deltaSector, DELTA_SECTORS } from "../flash-layout";
import { isSameMessage, readSealed, writeSealed } from "./sealed-sector";
import type { Sliced } from "../work-queue";

/** A delta with the message that it came in, which it reads in place. */
export interface ListDelta {
  delta: Delta;
  /** `hash8` of its payload. */
  hash: Uint8Array;
  message: Uint8Array;
}

/** Two sectors that hold the delta in force twice, except while another is taking its place. */
export class DeltaSectors {
  readonly #flash: Flash;
  readonly #hashes: Hashes;
  /** `hash8` of what each sector holds, if it holds anything. */
  readonly #kept: (Uint8Array | undefined)[] = [];

  constructor(flash: Flash, hashes: Hashes) {
    this.#flash = flash;
    this.#hashes = hashes;
  }

  /** What the sectors hold, each delta once. */
  read(): (ListDelta | undefined)[] {
    const deltas: (ListDelta | undefined)[] = [];
    for (let copy = 0; copy < DELTA_SECTORS; copy++) {
      const message = readSealed(this.#flash, this.#hashes, deltaSector(copy));
      const known = message && deltas.find((delta) => delta !== undefined && isSameMessage(this.#hashes, delta.message, message));
      if (known === undefined) deltas[copy] = message && this.#parse(message);
      this.#kept[copy] = (known ?? deltas[copy])?.hash;
    }
    return deltas;
  }

  /**
   * Writes a new delta once, where that does not cost the only copy of the one in force.
   * @param inForce `hash8` of the delta in force; of none, zeros.
   */
  *writeFirst(next: ListDelta, inForce: Uint8Array): Sliced<void> {
    yield* this.#write(this.#holds(0, inForce) && !this.#holds(1, inForce) ? 1 : 0, next);
  }

  /** Writes the delta in force to whichever sector lacks it. */
  *writeBoth(inForce: ListDelta): Sliced<void> {
    for (let copy = 0; copy < DELTA_SECTORS; copy++) {
      if (this.#holds(copy, inForce.hash)) continue;
      yield* this.#write(copy, inForce);
      yield;
    }
  }

  *#write(copy: number, { message, hash }: ListDelta): Sliced<void> {
    this.#kept[copy] = undefined;
    yield* writeSealed(this.#flash, this.#hashes, deltaSector(copy), message);
    this.#kept[copy] = hash;
  }

  #holds(copy: number, hash: Uint8Array): boolean {
    const kept = this.#kept[copy];
    return kept !== undefined && equalBytes(kept, hash);
  }

  #parse(message: Uint8Array): ListDelta | undefined {
    try {
      const { payload } = parseSigned(message, NO_CONTEXT, DELTA_BYTES_MAX);
      return { delta: decodeDelta(payload), hash: hash8(this.#hashes, payload), message };
    } catch (error) {
      if (error instanceof ProtocolError) return undefined;
      throw error;
    }
  }
}

const NO_CONTEXT = new Uint8Array(0);
