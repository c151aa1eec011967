import type { HeardBy } from "../store/rows/courier-rows";
import type { Database, Unit } from "../store/store";
import { inDoorTransaction } from "../store/transaction";
import type { RemoteUnlocks } from "../remote-unlock/remote-unlocks";
import type { DoorSecrets } from "./door-secrets";
import { receiveEvents } from "./receive-events";
import { receiveReceipt } from "./receive-receipt";

/**
 * Takes what a door says under its keys, and has happen what follows from it; whether it came over the door's own
 * connection or in somebody's pocket makes no difference (X2).
 */
export class DoorMessages {
  readonly #parts: DoorMessagesParts;

  constructor(parts: DoorMessagesParts) {
    this.#parts = parts;
  }

  /**
   * @param bytes untrusted.
   * @param answer works out, in the same transaction, what the door is to be told.
   * @throws {ProtocolError} as `receiveReceipt`: nothing has changed.
   */
  async receipt<T>(door: string, bytes: Uint8Array, by: HeardBy, now: number, answer: (unit: Unit) => Promise<T>): Promise<T> {
    const { noted, answered } = await inDoorTransaction(this.#parts.database, door, async (unit) => {
      const noted = await receiveReceipt(unit, this.#parts.secrets, door, bytes, by, now);
      return { noted, answered: await answer(unit) };
    });
    if (noted) this.#parts.onNoted();
    this.#parts.onReceipt(door);
    return answered;
  }

  /**
   * @param bytes untrusted.
   * @param answer as above; `next` is the first event that is not stored.
   * @param answered is told at once, before whatever else follows.
   * @throws {ProtocolError} as `receiveEvents`: nothing has changed.
   */
  async events<T>(door: string, bytes: Uint8Array, now: number, answer: (unit: Unit, next: number) => Promise<T>, answered: (answer: T) => Promise<void>): Promise<void> {
    const taken = await inDoorTransaction(this.#parts.database, door, async (unit) => {
      const { next, decisions, noted } = await receiveEvents(unit, this.#parts.secrets, door, bytes, now);
      return { noted, decisions, answer: await answer(unit, next) };
    });
    if (taken.noted) this.#parts.onNoted();
    await answered(taken.answer);
    await this.#parts.unlocks.eventsStored(door);
    this.#parts.onEvents(door, taken.decisions);
  }
}

export interface DoorMessagesParts {
  database: Database;
  secrets: DoorSecrets;
  unlocks: Pick<RemoteUnlocks, "eventsStored">;
  /** Lists of doors must be made anew. */
  onNoted(): void;
  /** A door has told what happened there. @param decisions reasons of those that are new. */
  onEvents(door: string, decisions: readonly string[]): void;
  /** What is known of a door may be something else now. */
  onReceipt(door: string): void;
}
