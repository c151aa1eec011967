import type { Logger } from "pino";
import type { Clock } from "../clock";
import { HOME_UNLOCKS_AT_ONCE_MAX } from "../limits";
import { Refusal } from "../refusal";
import type { RemoteUnlocks } from "../remote-unlock/remote-unlocks";
import type { HomeDoor } from "./discovery";
import { mayUnlock } from "./home-choice";
import { readPress } from "./unlock-press";

/**
 * Presses of a lock's button in Home Assistant, where a property's manager lets it open doors: openings from afar like
 * any other (N14), by an actor of their own, so that the audit, the log and lock-down hold for them as well.
 */
export class HomeUnlocks {
  readonly #parts: HomeUnlocksParts;
  /** Doors that are being opened. */
  readonly #underWay = new Map<string, Promise<void>>();

  constructor(parts: HomeUnlocksParts) {
    this.#parts = parts;
  }

  isUnderWay(door: string): boolean {
    return this.#underWay.has(door);
  }

  async idle(): Promise<void> {
    while (this.#underWay.size > 0) await Promise.all([...this.#underWay.values()]);
  }

  /** @param payload untrusted: of whoever may write to the home's broker. */
  pressed(id: string, payload: Uint8Array, retained: boolean): void {
    const { doorOf, clock, log, onState } = this.#parts;
    const door = doorOf(id);
    if (door === undefined || !mayUnlock(door.choice)) return;
    // Whoever presses on and on waits for the first: nothing of it is kept for later.
    if (this.#underWay.has(id) || this.#underWay.size >= HOME_UNLOCKS_AT_ONCE_MAX) return;
    const press = readPress(payload, retained, clock.now());
    if (typeof press === "string") return log.warn({ door: id, reason: press }, "refused a command of Home Assistant's");
    // A door locks by itself: there is nothing to do.
    if (!press.unlock) return;
    const opening = this.#open(door, press.key).finally(() => {
      this.#underWay.delete(id);
      onState(id);
    });
    this.#underWay.set(id, opening);
    onState(id);
  }

  async #open({ id, property }: HomeDoor, key: string): Promise<void> {
    const { unlocks, log, onFailed } = this.#parts;
    try {
      const asked = await unlocks.ask({ kind: "home", property }, { door: id, outputs: STRIKE, key });
      if ("wait" in asked) return onFailed(id, "too-often");
      const { state, reason } = asked.unlock;
      // The same press twice has been answered.
      if (!asked.again && state !== "opened") onFailed(id, reason ?? state);
    } catch (error) {
      if (error instanceof Refusal) return onFailed(id, error.code);
      log.error({ door: id, err: error }, "failed to open a door for Home Assistant");
      onFailed(id, "failed");
    }
  }
}

/** Bit mask: the door itself, and no other output of it. */
const STRIKE = 1;

export interface HomeUnlocksParts {
  unlocks: Pick<RemoteUnlocks, "ask">;
  clock: Clock;
  log: Logger;
  /** A door that is shown there; undefined where it is none. */
  doorOf(door: string): HomeDoor | undefined;
  /** It is being opened, or no longer. */
  onState(door: string): void;
  /** @param reason in one word. */
  onFailed(door: string, reason: string): void;
}
