import type { Logger } from "pino";
import type { Clock } from "../clock";
import { Exposition } from "../operations/exposition";
import type { Meters } from "../operations/meters";
import { latestNotedTime } from "../operations/noted-time";
import type { OperationsAddress } from "../operations/operations-settings";
import { OperationsServer } from "../operations/operations-server";
import type { ReadinessCheck } from "../operations/readiness";
import { SteadyClock } from "../operations/steady-clock";
import type { Database } from "../store/store";
import { inSnapshot, observeTransactions } from "../store/transaction";
import { listen } from "./listen";

/** This machine's clock, held against the one that only goes on. */
export function steadyClockOf(clock: Clock, log: Logger, meters: Meters): SteadyClock {
  return new SteadyClock({ clock, monotonicSeconds: () => performance.now() / 1_000, log, meters });
}

/** Counts how the database does, and holds the clock against what was noted there. */
export async function observeDatabase(database: Database, clock: Clock, meters: Meters): Promise<void> {
  observeTransactions(database, {
    waited: (seconds) => meters.transactionWaitSeconds.observe(seconds),
    ended(kind, seconds, attempts) {
      meters.transactionSeconds.observe({ kind }, seconds);
      if (attempts > 1) meters.transactionCollisions.inc(attempts - 1);
    },
    storageFailed: () => meters.databaseFailures.inc(),
  });
  if (clock instanceof SteadyClock) clock.hasBeen(await inSnapshot(database, latestNotedTime));
}

/** The listener of whoever runs this cloud. @throws StartupError where its address cannot be had. */
export function startOperations(address: OperationsAddress, parts: OperationsParts): Promise<OperationsServer> {
  const { readiness, log } = parts;
  return listen("METRICS", address.host, address.port, () => OperationsServer.start(address, { exposition: new Exposition(parts), readiness, log, token: address.token }));
}

type OperationsParts = ConstructorParameters<typeof Exposition>[0] & { readiness: ReadinessCheck };
