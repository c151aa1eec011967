import type { Logger } from "pino";
import type { Clock } from "../clock";
import type { Keystore } from "../keys/keystore";
import { LISTS_AT_ONCE, OUTBOX_RETRY_SECONDS, OUTBOX_RETRY_SECONDS_MAX } from "../limits";
import type { Meters } from "../operations/meters";
import type { Database } from "../store/store";
import { lockDoor } from "../store/row-lock";
import { inDoorTransaction, inSnapshot } from "../store/transaction";
import { WakefulTask } from "../wakeful-task";
import { issueList } from "./issue-list";
import { isNoted, notedDoors } from "./outbox";

/**
 * Works off the outbox: one transaction a door compiles, signs and stores its list and takes the note away. What
 * fails stays noted and is tried again, ever less often; other doors go on. Of several processes each takes doors that
 * none of the others has; what one leaves when it dies is free at once.
 */
export class ListIssuer {
  readonly #parts: ListIssuerParts;
  readonly #task: WakefulTask;
  #retrySeconds = OUTBOX_RETRY_SECONDS;

  constructor(parts: ListIssuerParts) {
    this.#parts = parts;
    this.#task = new WakefulTask(parts.clock, () => this.#run());
  }

  /** There may be notes: after a command, and at the start. */
  wake(): void {
    this.#task.wake();
  }

  /** Resolves when no note is being worked on. */
  idle(): Promise<void> {
    return this.#task.idle();
  }

  stop(): Promise<void> {
    return this.#task.stop();
  }

  async #run(): Promise<void> {
    const { database, log } = this.#parts;
    try {
      const doors = await inSnapshot(database, notedDoors);
      const taken: string[] = [];
      let failed = false;
      const issue = async (door: string, busy: "skip" | "wait"): Promise<void> => {
        const outcome = await this.#issue(door, busy);
        if (outcome === "failed") failed = true;
        else if (outcome === "busy" && busy === "skip") taken.push(door);
      };
      // Some at a time, so that the store commits them together, and others' writes between them.
      const waiting = doors.values();
      const turn = async (): Promise<void> => {
        for (const door of waiting) await issue(door, "skip");
      };
      await Promise.all(Array.from({ length: LISTS_AT_ONCE }, turn));
      // What was noted meanwhile whoever had them may not have seen.
      for (const door of taken) await issue(door, "wait");
      if (failed) this.#later();
      else this.#retrySeconds = OUTBOX_RETRY_SECONDS;
    } catch (error) {
      log.error({ err: error }, "failed to read the outbox");
      this.#later();
    }
  }

  async #issue(door: string, busy: "skip" | "wait"): Promise<"done" | "busy" | "failed"> {
    const { database, keystore, clock, log, onIssued } = this.#parts;
    if (this.#task.stopped) return "done";
    const from = performance.now();
    try {
      const outcome = await inDoorTransaction(database, door, async (unit) => {
        if (!(await lockDoor(unit, door, busy))) return "busy";
        if (!(await isNoted(unit, door))) return "done elsewhere";
        await issueList(unit, keystore, door, clock.now());
        return "issued";
      });
      if (outcome === "issued") {
        this.#parts.meters?.listSeconds.observe((performance.now() - from) / 1_000);
        onIssued(door);
      }
      return outcome === "busy" ? "busy" : "done";
    } catch (error) {
      this.#parts.meters?.listFailures.inc();
      log.error({ door, err: error }, "failed to issue a list; it will be tried again");
      return "failed";
    }
  }

  #later(): void {
    this.#task.wakeIn(this.#retrySeconds);
    this.#retrySeconds = Math.min(2 * this.#retrySeconds, OUTBOX_RETRY_SECONDS_MAX);
  }
}

export interface ListIssuerParts {
  database: Database;
  keystore: Keystore;
  clock: Clock;
  log: Logger;
  meters?: Pick<Meters, "listSeconds" | "listFailures">;
  /** A door has a new list. */
  onIssued(door: string): void;
}
