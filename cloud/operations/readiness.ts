import type { Logger } from "pino";
import type { Clock } from "../clock";
import { READY_PROBE_SECONDS, READY_PROBE_TIMEOUT_SECONDS } from "../limits";
import type { Database, Unit } from "../store/store";
import { inTransactionAhead } from "../store/transaction";

/** Whether this process should be given work, and what of it is not as it should be: words without secrets. */
export interface Readiness {
  ready: boolean;
  checks: Record<CheckName, string>;
}

export type CheckName = "process" | "database" | "broker";

const OK = "ok";

/**
 * Says whether this process can do its work: it is not about to end, the database takes writes, doors can be reached.
 * The database is tried when somebody asks, and not more than every few seconds however often they do.
 */
export class ReadinessCheck {
  readonly #parts: ReadinessParts;
  #stopping = false;
  #probe: { at: number; result: Promise<string> } | undefined;

  constructor(parts: ReadinessParts) {
    this.#parts = parts;
  }

  /** From now on it is not ready: whoever gives out work must give it to others. */
  stopping(): void {
    this.#stopping = true;
  }

  async look(): Promise<Readiness> {
    const database = this.#stopping ? "not looked at" : await this.#database();
    const checks = { process: this.#stopping ? "stopping" : OK, database, broker: this.#parts.brokerProblem() ?? OK };
    return { ready: Object.values(checks).every((word) => word === OK), checks };
  }

  #database(): Promise<string> {
    const now = this.#parts.clock.now();
    if (this.#probe === undefined || Math.abs(now - this.#probe.at) >= READY_PROBE_SECONDS) this.#probe = { at: now, result: this.#writes(now) };
    return this.#probe.result;
  }

  /** One row of its own, which hourly upkeep drops: a full disk and a standby of PostgreSQL read well, and store nothing. */
  async #writes(now: number): Promise<string> {
    const { database, log, holder } = this.#parts;
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<string>((resolve) => {
      // Real time: it is about this machine.
      timer = setTimeout(() => resolve("does not answer in time"), READY_PROBE_TIMEOUT_SECONDS * 1_000);
      timer.unref();
    });
    const written = inTransactionAhead(database, (unit) => writeProbe(unit, holder, now)).then(
      () => OK,
      (error: unknown) => {
        log.error({ err: error }, "the database takes no writes");
        return "takes no writes";
      },
    );
    const result = await Promise.race([written, late]);
    clearTimeout(timer);
    return result;
  }
}

export interface ReadinessParts {
  database: Database;
  clock: Clock;
  log: Logger;
  /** Of this start of this process. */
  holder: string;
  /** Why doors cannot be reached, in a few words without secrets; undefined = they can. */
  brokerProblem(): string | undefined;
}

async function writeProbe(unit: Unit, holder: string, now: number): Promise<void> {
  await unit
    .insertInto("rate_limits")
    .values({ key: `ready ${holder}`, since: now, count: 0 })
    .onConflict((conflict) => conflict.column("key").doUpdateSet({ since: now }))
    .execute();
}
