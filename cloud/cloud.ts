import type { Logger } from "pino";
import { toHex } from "../protocol/bytes";
import type { AdminToken } from "./admin-token";
import { EmbeddedBroker } from "./broker/embedded-broker";
import { checkLogin } from "./broker/door-login";
import { systemClock, type Clock } from "./clock";
import { CourierDesk } from "./couriers/courier-desk";
import { DoorMessages } from "./doors/door-messages";
import { DoorPresence } from "./doors/door-presence";
import { DoorSecrets } from "./doors/door-secrets";
import { DoorSync } from "./doors/door-sync";
import { createApp } from "./http/app";
import { readCertificate } from "./http/certificate";
import { HttpServer } from "./http/http-server";
import { ListIssuer } from "./issuing/list-issuer";
import { AUDIT_KEPT_DAYS } from "./limits";
import { createLog } from "./log";
import { MessageSender } from "./messages/message-sender";
import { channelsOf } from "./messages/message-settings";
import { SmsSender } from "./messages/sms-sender";
import { SmtpSender } from "./messages/smtp-sender";
import { Notifier } from "./notifications/notifier";
import type { Settings } from "./settings";
import { ProcessNews } from "./processes/process-news";
import { followNews } from "./start/follow-news";
import { listen } from "./start/listen";
import { openData } from "./start/open-data";
import { startUpkeep } from "./start/upkeep";
import { newId } from "./store/ids";
import { textKeySent } from "./sharing/text-key";
import { RemoteUnlocks } from "./remote-unlock/remote-unlocks";
import { LiveTruth } from "./truth/live-truth";
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
      EmbeddedBroker.start(
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
    const unlocks = new RemoteUnlocks({ database, secrets, clock, log, link: broker, onChanged: (id) => news.tell({ what: "unlock", id }) });
    /** What is known of a door may be something else now, for whoever looks on here or at another process. */
    const changed = (door: string): void => {
      live.changed(door);
      news.tell({ what: "door", id: door });
    };
    /** Doors' lists must be made anew. */
    const noted = (): void => {
      issuer.wake();
      news.tell({ what: "work" });
    };
    const messages = new DoorMessages({
      ...{ database, secrets, unlocks },
      onNoted: noted,
      onEvents: (door) => {
        changed(door);
        notifier.wake();
      },
      onReceipt: (door) => {
        changed(door);
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
        news.tell({ what: "list", id: door });
      },
    });
    const { mail, sms } = settings.messages;
    const sender = new MessageSender({
      ...{ database, keystore, clock, log },
      senders: { ...(mail !== "outbox" && { email: new SmtpSender(mail) }), ...(typeof sms !== "string" && { sms: new SmsSender(sms) }) },
      onKeySent: (unit, key, now) => textKeySent(unit, { keystore, secrets }, key, now),
      onChanged: () => {
        noted();
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
    /** Works off what was committed, here or elsewhere. */
    const work = (): void => {
      issuer.wake();
      notifier.wake();
      sender.wake();
      webhooks.wake();
    };
    /** Something was committed that lists follow, or that somebody is told of. */
    const wake = (): void => {
      work();
      news.tell({ what: "work" });
    };
    const news = new ProcessNews({ store, holder: newId(), log, listener: followNews({ live, sync, unlocks, ownDoors: true, wake: work, log }) });
    stops.push(
      () => news.stop(),
      () => sync.idle(),
      () => sender.stop(),
      () => webhooks.stop(),
      () => notifier.stop(),
      () => issuer.stop(),
      () => broker.stop(),
    );
    const couriers = new CourierDesk({ database, keystore, secrets, clock, messages, onCarried: changed });
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
    const upkeep = startUpkeep({
      ...{ database, keystore, secrets, clock, log, sync, wake, work },
      ...{ shared: news.shared, ownDoors: true },
      channels: channelsOf(settings.messages),
      publicUrl: () => settings.publicUrl ?? url(),
      auditKeptDays: settings.auditKeptDays ?? AUDIT_KEPT_DAYS,
      renewCertificate: () => {
        if (settings.tls !== undefined) http.useCertificate(readCertificate(settings.tls));
      },
    });
    stops.push(() => upkeep.cancel());
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
