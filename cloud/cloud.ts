import { existsSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import type { Logger } from "pino";
import { toHex } from "../protocol/bytes";
import { forgetOldProofs } from "./accounts/account-upkeep";
import { loadAdminToken, type AdminToken } from "./admin-token";
import { newestEntry } from "./audit/audit";
import { dropOldEntries } from "./audit/retention";
import { Broker } from "./broker/broker";
import { checkLogin } from "./broker/door-login";
import { every, systemClock, type Clock, type Timer } from "./clock";
import { forgetOldCarriers } from "./couriers/courier-news";
import { CourierDesk } from "./couriers/courier-desk";
import { DoorMessages } from "./doors/door-messages";
import { DoorPresence } from "./doors/door-presence";
import { DoorSecrets } from "./doors/door-secrets";
import { DoorSync } from "./doors/door-sync";
import { forgetOldEvents } from "./doors/event-retention";
import { endDue } from "./households/end-due";
import { createApp } from "./http/app";
import { readCertificate } from "./http/certificate";
import { HttpServer } from "./http/http-server";
import { ListIssuer } from "./issuing/list-issuer";
import { noteAgedLists } from "./issuing/list-upkeep";
import { KeyRotation } from "./keys/key-rotation";
import { createKeystore, loadKeystore, type Keystore } from "./keys/keystore";
import { adoptSite } from "./keys/site";
import { AUDIT_KEPT_DAYS, HOUSEHOLD_UPKEEP_SECONDS, RESEND_SECONDS } from "./limits";
import { createLog } from "./log";
import { forgetOldMessages } from "./messages/message-lifetime";
import { MessageSender } from "./messages/message-sender";
import { channelsOf } from "./messages/message-settings";
import { SmsSender } from "./messages/sms-sender";
import { SmtpSender } from "./messages/smtp-sender";
import { endLapsedRules, forgetOldNotifications } from "./notifications/notification-upkeep";
import { Notifier } from "./notifications/notifier";
import type { Settings } from "./settings";
import { endDueKeys } from "./sharing/key-upkeep";
import { StartupError } from "./startup-error";
import { endSupersededCodes, renewDueCodes } from "./pins/pin-upkeep";
import { textKeySent } from "./sharing/text-key";
import { RemoteUnlocks } from "./remote-unlock/remote-unlocks";
import { forgetOldUnlocks, settleLeftUnlocks } from "./remote-unlock/settle-unlock";
import { openStore } from "./store/open-store";
import type { Store } from "./store/store";
import { inSnapshot, inTransaction, type Transact } from "./store/transaction";
import { LiveTruth } from "./truth/live-truth";
import { forgetOldDeliveries } from "./webhooks/delivery";
import { WebhookSender } from "./webhooks/webhook-sender";

/** A running cloud. */
export interface Cloud {
  httpPort: number;
  mqttPort: number;
  /** Where it listens: `http://host:port`, or `https:` with a certificate of its own. */
  url: string;
  adminToken: AdminToken;
  /** Site id, 16 hexadecimal digits. */
  site: string;
  /** Resolves when lists are issued and doors are answered, as far as they have spoken. For tests. */
  settled(): Promise<void>;
  stop(): Promise<void>;
}

/**
 * Starts broker, HTTP and issuing in this process.
 * @throws StartupError in one line that its operator can act on.
 */
export async function startCloud(settings: Settings, options: { clock?: Clock; log?: Logger } = {}): Promise<Cloud> {
  const { clock = systemClock, log = createLog(settings.logLevel) } = options;
  const certificate = settings.tls && readCertificate(settings.tls);
  const { keystore, keyRotation, adminToken, store } = await openData(settings, clock);
  const { database } = store;
  const secrets = new DoorSecrets(keystore.sealing);
  const presence = new DoorPresence();

  const stops: (() => Promise<void> | void)[] = [() => store.close()];
  const stop = async (): Promise<void> => {
    for (const step of stops.splice(0).reverse()) await step();
  };
  try {
    const broker = await listen("MQTT", settings.mqttHost, settings.mqttPort, () =>
      Broker.start(
        { host: settings.mqttHost, port: settings.mqttPort },
        {
          login: (door, password) => checkLogin(database, door, password),
          received: (door, what, payload) => sync.receive(door, what, payload),
          disconnected: (door) => {
            sync.disconnected(door);
            live.changed(door);
            void unlocks.disconnected(door);
          },
        },
        log,
      ),
    );
    const unlocks = new RemoteUnlocks({ database, secrets, clock, log, link: broker });
    const messages = new DoorMessages({
      ...{ database, secrets, unlocks },
      onNoted: () => issuer.wake(),
      onEvents: (door) => {
        live.changed(door);
        notifier.wake();
      },
      onReceipt: (door) => {
        live.changed(door);
        notifier.wake();
      },
    });
    const sync = new DoorSync({ database, keystore, secrets, clock, log, link: broker, presence, unlocks, messages, onState: (door) => live.changed(door) });
    const live = new LiveTruth({ clock, log });
    const issuer = new ListIssuer({
      ...{ database, keystore, clock, log },
      onIssued: (door) => {
        sync.update(door);
        live.changed(door);
      },
    });
    const { mail, sms } = settings.messages;
    const sender = new MessageSender({
      ...{ database, keystore, clock, log },
      senders: { ...(mail !== "outbox" && { email: new SmtpSender(mail) }), ...(typeof sms !== "string" && { sms: new SmsSender(sms) }) },
      onKeySent: (unit, key, now) => textKeySent(unit, { keystore, secrets }, key, now),
      onChanged: () => {
        issuer.wake();
        notifier.wake();
      },
    });
    const privateWebhooks = settings.privateWebhooks ?? false;
    const webhooks = new WebhookSender({ database, keystore, clock, log, privateAllowed: privateWebhooks });
    const notifier = new Notifier({
      ...{ database, keystore, clock, log },
      channels: channelsOf(settings.messages),
      publicUrl: () => settings.publicUrl ?? url(),
      onQueued: () => {
        sender.wake();
        webhooks.wake();
      },
    });
    /** Something was committed that lists follow, or that somebody is told of. */
    const wake = (): void => {
      issuer.wake();
      notifier.wake();
      sender.wake();
      webhooks.wake();
    };
    stops.push(
      () => sync.idle(),
      () => sender.stop(),
      () => webhooks.stop(),
      () => notifier.stop(),
      () => issuer.stop(),
      () => broker.stop(),
    );
    const couriers = new CourierDesk({ database, keystore, secrets, clock, messages, onCarried: (door) => live.changed(door) });
    const app = createApp({
      ...{ database, keystore, keyRotation, secrets, presence, clock, log, adminToken, link: broker },
      channels: channelsOf(settings.messages),
      live,
      unlocks,
      couriers,
      timeZone: settings.timeZone,
      region: settings.region,
      behindProxy: settings.tls === undefined && settings.publicUrl?.startsWith("https:") === true,
      publicUrl: () => settings.publicUrl ?? url(),
      brokerAddress: () => ({ host: settings.mqttPublicHost, port: broker.port }),
      privateWebhooks,
      onChanged: wake,
    });
    const http = await listen("HTTP", settings.httpHost, settings.httpPort, () => HttpServer.start({ host: settings.httpHost, port: settings.httpPort, certificate }, app));
    const url = (): string => `http${settings.tls ? "s" : ""}://${settings.httpHost.includes(":") ? `[${settings.httpHost}]` : settings.httpHost}:${http.port}`;
    stops.push(
      () => http.stop(),
      () => live.stop(),
      () => unlocks.stop(),
    );
    const pinParts = { keystore, secrets, channels: channelsOf(settings.messages), publicUrl: () => settings.publicUrl ?? url() };
    const upkeep = async (what: string, task: () => Promise<void> | void): Promise<void> => {
      try {
        await task();
      } catch (error) {
        log.error({ err: error }, `failed: ${what}; it will be tried again`);
      }
    };
    const transact: Transact = (work) => inTransaction(database, (unit) => work(unit, clock.now()));
    const timers: Timer[] = [
      every(clock, RESEND_SECONDS, () => upkeep("saying again what doors lack", () => sync.updateAll())),
      every(clock, HOUSEHOLD_UPKEEP_SECONDS, () => upkeep("ending openings from afar that a crash has left", () => transact(settleLeftUnlocks))),
      every(clock, HOUSEHOLD_UPKEEP_SECONDS, () =>
        upkeep("ending places whose time is over", async () => {
          const keys = await endDueKeys(transact, log);
          if ((await endDue(transact, pinParts, log)) || keys) wake();
        }),
      ),
      every(clock, UPKEEP_SECONDS, () =>
        upkeep("reading the certificate, which may have been renewed", () => {
          if (settings.tls !== undefined) http.useCertificate(readCertificate(settings.tls));
        }),
      ),
      every(clock, UPKEEP_SECONDS, () =>
        upkeep("hourly upkeep", async () => {
          await inTransaction(database, async (unit) => {
            await noteAgedLists(unit, clock.now());
            await endSupersededCodes(unit, clock.now());
            await forgetOldEvents(unit, clock.now());
            await forgetOldUnlocks(unit, clock.now());
            await forgetOldMessages(unit, clock.now());
            await forgetOldProofs(unit, clock.now());
            await forgetOldNotifications(unit, clock.now());
            await forgetOldDeliveries(unit, clock.now());
            await forgetOldCarriers(unit, clock.now());
            await dropOldEntries(unit, (settings.auditKeptDays ?? AUDIT_KEPT_DAYS) * 86_400, clock.now());
          });
          // A log that is kept elsewhere shows later whether the audit was cut off or written anew.
          const newest = await inSnapshot(database, newestEntry);
          if (newest !== undefined) log.info(newest, "the newest entry of the audit");
          await renewDueCodes(transact, pinParts, log);
          await endLapsedRules(transact);
          wake();
        }),
      ),
    ];
    stops.push(() => timers.forEach((timer) => timer.cancel()));
    wake();
    log.info({ http: http.port, mqtt: broker.port }, "the cloud is up");
    return {
      httpPort: http.port,
      mqttPort: broker.port,
      url: url(),
      adminToken,
      site: toHex(keystore.site),
      async settled() {
        await issuer.idle();
        await sync.idle();
        await unlocks.idle();
        await notifier.idle();
        await sender.idle();
        await webhooks.idle();
      },
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

const UPKEEP_SECONDS = 3_600;

async function openData(settings: Settings, clock: Clock): Promise<{ keystore: Keystore; keyRotation: KeyRotation; adminToken: AdminToken; store: Store }> {
  const { dataFolder } = settings;
  try {
    mkdirSync(dataFolder, { recursive: true, mode: 0o700 });
  } catch (error) {
    throw new StartupError(`Cannot make the data folder ${dataFolder}: ${(error as Error).message}`);
  }
  const keystorePath = join(dataFolder, "keystore.json");
  const store = await openStore(settings.databaseUrl ?? join(dataFolder, "latchkey.sqlite"));
  try {
    // Of two first starts only one makes keys.
    return await store.alone(async () => {
      const keystore = existsSync(keystorePath) ? loadKeystore(keystorePath) : await firstKeystore(store, keystorePath);
      const adminToken = loadAdminToken(settings);
      await inTransaction(store.database, (unit) => adoptSite(unit, keystore, clock.now()));
      const keyRotation = new KeyRotation(keystorePath, keystore);
      keyRotation.settle();
      return { keystore, keyRotation, adminToken, store };
    });
  } catch (error) {
    await store.close();
    throw error;
  }
}

/** New keys are of no use to doors that know others: a database that has had keys does not get new ones. */
async function firstKeystore(store: Store, path: string): Promise<Keystore> {
  const site = await store.database.selectFrom("site").select("id").executeTakeFirst();
  if (site !== undefined) throw new StartupError(`The keystore ${path} is missing, and the database belongs to one: restore it from a backup.`);
  return createKeystore(path);
}

async function listen<T>(what: string, host: string, port: number, start: () => Promise<T>): Promise<T> {
  try {
    return await start();
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === "EADDRINUSE") throw new StartupError(`Port ${port} on ${host} is in use: set LATCHKEY_${what}_PORT to another one for ${what}.`);
    if (code !== undefined) throw new StartupError(`Cannot listen on ${host}:${port} for ${what}: ${message}`);
    throw error;
  }
}
