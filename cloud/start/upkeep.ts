import type { Logger } from "pino";
import { forgetOldProofs } from "../accounts/account-upkeep";
import { newestEntry } from "../audit/audit";
import { dropOldEntries } from "../audit/retention";
import { every, type Clock, type Timer } from "../clock";
import { forgetOldCarriers } from "../couriers/courier-news";
import type { DoorSecrets } from "../doors/door-secrets";
import type { DoorSync } from "../doors/door-sync";
import { forgetOldEvents } from "../doors/event-retention";
import { endDue } from "../households/end-due";
import { noteAgedLists } from "../issuing/list-upkeep";
import type { RolloutDesk } from "../firmware-images/rollout-desk";
import type { Keystore } from "../keys/keystore";
import { CERTIFICATE_LOOK_SECONDS, HOUSEHOLD_UPKEEP_SECONDS, LEFT_WORK_SECONDS, RESEND_SECONDS, ROLLOUT_LOOK_SECONDS } from "../limits";
import type { Channels } from "../messages/channels";
import { forgetOldMessages } from "../messages/message-lifetime";
import { endLapsedRules, forgetOldNotifications } from "../notifications/notification-upkeep";
import { endSupersededCodes, renewDueCodes } from "../pins/pin-upkeep";
import { takeDuty } from "../processes/duty";
import { forgetOldUnlocks, settleLeftUnlocks } from "../remote-unlock/settle-unlock";
import { endDueKeys } from "../sharing/key-upkeep";
import type { Database } from "../store/store";
import { inSnapshot, inTransaction, inTransactionAhead, type Transact } from "../store/transaction";
import { forgetOldDeliveries } from "../webhooks/delivery";

/** Work that time alone calls for. Each duty may run at any process, and twice: what it finds done it leaves. */
interface Duty {
  /** The one of several processes that comes first does it, for a period; undefined: each does, because it is about the process itself. */
  name?: string;
  /** As the log says it where it fails. */
  what: string;
  seconds: number;
  run(): Promise<void> | void;
}

/** Does all that recurs, until cancelled. What fails is logged and tried again a period later. */
export function startUpkeep(parts: UpkeepParts): Timer {
  const { database, clock, log, shared } = parts;
  const mine = async (name: string, seconds: number): Promise<boolean> => !shared || inTransactionAhead(database, (unit) => takeDuty(unit, name, seconds, clock.now()));
  const timers = duties(parts).map(({ name, what, seconds, run }) =>
    every(clock, seconds, async () => {
      try {
        if (name === undefined || (await mine(name, seconds))) await run();
      } catch (error) {
        log.error({ err: error }, `failed: ${what}; it will be tried again`);
      }
    }),
  );
  return { cancel: () => timers.forEach((timer) => timer.cancel()) };
}

function duties(parts: UpkeepParts): Duty[] {
  const { database, clock, log, sync, wake, work, shared, ownDoors, rollouts } = parts;
  const transact: Transact = (work) => inTransaction(database, (unit) => work(unit, clock.now()));
  return [
    ...(shared ? [{ what: "looking for work that a process which has ended left", seconds: LEFT_WORK_SECONDS, run: work }] : []),
    { ...(!ownDoors && { name: "resend" }), what: "saying again what doors lack", seconds: RESEND_SECONDS, run: () => sync.updateAll() },
    { ...(!ownDoors && { name: "rollouts" }), what: "going on with roll-outs of firmware", seconds: ROLLOUT_LOOK_SECONDS, run: () => rollouts.look() },
    { name: "left-unlocks", what: "ending openings from afar that a crash has left", seconds: HOUSEHOLD_UPKEEP_SECONDS, run: () => transact(settleLeftUnlocks) },
    {
      name: "ended-places",
      what: "ending places whose time is over",
      seconds: HOUSEHOLD_UPKEEP_SECONDS,
      async run() {
        const keys = await endDueKeys(transact, log);
        if ((await endDue(transact, parts, log)) || keys) wake();
      },
    },
    { what: "reading the certificate, which may have been renewed", seconds: CERTIFICATE_LOOK_SECONDS, run: parts.renewCertificate },
    { name: "hourly", what: "hourly upkeep", seconds: HOUR, run: () => hourly(parts, transact) },
  ];
}

const HOUR = 3_600;

async function hourly(parts: UpkeepParts, transact: Transact): Promise<void> {
  const { database, log, auditKeptDays, wake } = parts;
  await transact(async (unit, now) => {
    await noteAgedLists(unit, now);
    await endSupersededCodes(unit, now);
    await forgetOldEvents(unit, now);
    await forgetOldUnlocks(unit, now);
    await forgetOldMessages(unit, now);
    await forgetOldProofs(unit, now);
    await forgetOldNotifications(unit, now);
    await forgetOldDeliveries(unit, now);
    await forgetOldCarriers(unit, now);
    await dropOldEntries(unit, auditKeptDays * 86_400, now);
  });
  // A log that is kept elsewhere shows later whether the audit was cut off or written anew.
  const newest = await inSnapshot(database, newestEntry);
  if (newest !== undefined) log.info(newest, "the newest entry of the audit");
  await renewDueCodes(transact, parts, log);
  await endLapsedRules(transact);
  wake();
}

export interface UpkeepParts {
  database: Database;
  keystore: Keystore;
  secrets: DoorSecrets;
  clock: Clock;
  log: Logger;
  sync: Pick<DoorSync, "updateAll">;
  rollouts: Pick<RolloutDesk, "look">;
  channels: Channels;
  publicUrl: () => string;
  auditKeptDays: number;
  /** Has the certificate's files read anew. */
  renewCertificate(): void;
  /** Something was committed that lists follow, or that somebody is told of. */
  wake(): void;
  /** Works off what was committed, here or elsewhere. */
  work(): void;
  /** Whether other processes may be at work on the database. */
  shared: boolean;
  /** Whether doors are connected to this process, and not to a broker that all processes reach them by. */
  ownDoors: boolean;
}
