import type { Logger } from "pino";
import type { Clock } from "../clock";
import type { DoorLink } from "../doors/door-link";
import type { Sealing } from "../keys/sealing";
import type { Database } from "../store/store";
import { inTransaction } from "../store/transaction";
import { advanceRollouts } from "./advance-rollouts";

/** Has roll-outs go on, now and then: all that it knows is in the database. */
export class RolloutDesk {
  readonly #parts: RolloutDeskParts;

  constructor(parts: RolloutDeskParts) {
    this.#parts = parts;
  }

  /** One look: who has failed, which stage it is, who is next; then they are offered the image. */
  async look(): Promise<void> {
    const { database, sealing, clock, log, link } = this.#parts;
    const { offers, halted } = await inTransaction(database, (unit) => advanceRollouts(unit, sealing, (door) => link.isConnected(door), clock.now()));
    for (const rollout of halted) log.error({ rollout }, "a firmware roll-out was halted: doors have failed");
    for (const { door, message } of offers) await link.send(door, message.topic, message.payload);
  }
}

export interface RolloutDeskParts {
  database: Database;
  sealing: Sealing;
  clock: Clock;
  log: Logger;
  link: Pick<DoorLink, "isConnected" | "send">;
}
