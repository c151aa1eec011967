import type { DoorState } from "../../protocol/door-state";

/** What doors tell of themselves without proof: shown, never decided upon, and gone with the process. */
export class DoorPresence {
  readonly #heardAt = new Map<string, number>();
  readonly #states = new Map<string, DoorState>();

  /** Any message that was not refused. @param now Unix seconds. */
  heard(door: string, now: number): void {
    this.#heardAt.set(door, now);
  }

  report(door: string, state: DoorState): void {
    this.#states.set(door, state);
  }

  /** Unix seconds; undefined = not since this process started. */
  heardAt(door: string): number | undefined {
    return this.#heardAt.get(door);
  }

  stateOf(door: string): DoorState | undefined {
    return this.#states.get(door);
  }
}
