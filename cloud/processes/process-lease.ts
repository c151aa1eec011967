import type { Logger } from "pino";
import type { Clock, Timer } from "../clock";
import { PROCESS_LEASE_RENEWAL_SECONDS, PROCESS_LEASE_SECONDS } from "../limits";
import type { Database, Unit } from "../store/store";
import { inTransactionAhead } from "../store/transaction";

/**
 * What one process at a time does, as long as it lives: whoever holds the lease in the database renews it, and when
 * that stops the next one takes it, PROCESS_LEASE_SECONDS later at most; after `stop` at its next look. Clocks of
 * processes differ, so two may hold it for moments: what hangs on it must bear that.
 */
export class ProcessLease {
  readonly #parts: ProcessLeaseParts;
  #timer: Timer | undefined;
  #looking: Promise<void> | undefined;
  /** Ends it here when it has not been renewed in time; undefined = not held. */
  #expiry: Timer | undefined;
  #stopped = false;

  constructor(parts: ProcessLeaseParts) {
    this.#parts = parts;
  }

  /** Whether this process holds it. */
  get held(): boolean {
    return this.#expiry !== undefined;
  }

  /** Tries to get it, and goes on trying, until `stop`. Resolves after the first attempt. */
  start(): Promise<void> {
    return this.look();
  }

  /** Looks at once: somebody may have given it up. */
  look(): Promise<void> {
    this.#looking ??= this.#look().finally(() => (this.#looking = undefined));
    return this.#looking;
  }

  /** Gives it up, so that the next one need not wait. `onLost` is called where it was held. */
  async stop(): Promise<void> {
    this.#stopped = true;
    this.#timer?.cancel();
    await this.#looking;
    if (!this.held) return;
    this.#end();
    const { database, name, holder, log } = this.#parts;
    try {
      await inTransactionAhead(database, (unit) => unit.deleteFrom("process_leases").where("name", "=", name).where("holder", "=", holder).execute());
    } catch (error) {
      log.warn({ lease: name, err: error }, "failed to give up a lease; it will lapse");
    }
  }

  async #look(): Promise<void> {
    if (this.#stopped) return;
    const { database, clock, log, name, holder } = this.#parts;
    this.#timer?.cancel();
    // Counted from before the database writes its end down: over here no later than there.
    let lapsed = false;
    const expiry = clock.after(PROCESS_LEASE_SECONDS, () => {
      lapsed = true;
      this.#end();
    });
    try {
      const got = await inTransactionAhead(database, (unit) => takeLease(unit, name, holder, clock.now()));
      if (got && !lapsed) this.#hold(expiry);
      else {
        expiry.cancel();
        this.#end();
      }
    } catch (error) {
      expiry.cancel();
      log.warn({ lease: name, err: error }, "failed to renew a lease; it will be tried again");
    }
    if (!this.#stopped) this.#timer = clock.after(PROCESS_LEASE_RENEWAL_SECONDS, () => void this.look());
  }

  #hold(expiry: Timer): void {
    const { held } = this;
    this.#expiry?.cancel();
    this.#expiry = expiry;
    if (held || this.#stopped) return;
    this.#parts.log.info({ lease: this.#parts.name }, "this process holds the lease");
    this.#parts.onHeld();
  }

  #end(): void {
    if (!this.held) return;
    this.#expiry?.cancel();
    this.#expiry = undefined;
    this.#parts.log.info({ lease: this.#parts.name }, "this process holds the lease no more");
    this.#parts.onLost();
  }
}

export interface ProcessLeaseParts {
  /** Of what one process at a time does. */
  name: string;
  /** Of this start of this process, and of no other (`newId`). */
  holder: string;
  database: Database;
  clock: Clock;
  log: Logger;
  onHeld(): void;
  onLost(): void;
}

/** @returns whether it is the holder's now. */
async function takeLease(unit: Unit, name: string, holder: string, now: number): Promise<boolean> {
  const until = now + PROCESS_LEASE_SECONDS;
  const first = await unit.insertInto("process_leases").values({ name, holder, until }).onConflict((conflict) => conflict.column("name").doNothing()).executeTakeFirst();
  if (Number(first.numInsertedOrUpdatedRows) > 0) return true;
  const { numUpdatedRows } = await unit
    .updateTable("process_leases")
    .set({ holder, until })
    .where("name", "=", name)
    // The last one: noted by a clock that was ahead.
    .where((eb) => eb.or([eb("holder", "=", holder), eb("until", "<=", now), eb("until", ">", until + PROCESS_LEASE_SECONDS)]))
    .executeTakeFirst();
  return Number(numUpdatedRows) > 0;
}
