import type { Logger } from "pino";
import { toHex } from "../protocol/bytes";
import type { AdminToken } from "./admin-token";
import { systemClock, type Clock } from "./clock";
import { CourierDesk } from "./couriers/courier-desk";
import { DoorMessages } from "./doors/door-messages";
import { DoorPresence } from "./doors/door-presence";
import { DoorSecrets } from "./doors/door-secrets";
import { DoorSync } from "./doors/door-sync";
import { HomeAssistant } from "./home-assistant/home-assistant";
import { createApp } from "./http/app";
import { HttpServer } from "./http/http-server";
import { ListIssuer } from "./issuing/list-issuer";
import { AUDIT_KEPT_DAYS, REQUESTS_AT_ONCE_MAX } from "./limits";
import { createLog } from "./log";
import { MessageSender } from "./messages/message-sender";
import { channelsOf } from "./messages/message-settings";
import { SmsSender } from "./messages/sms-sender";
import { SmtpSender } from "./messages/smtp-sender";
import { Notifier } from "./notifications/notifier";
import { Meters } from "./operations/meters";
import { ReadinessCheck } from "./operations/readiness";
import { endOf } from "./network/certificate";
import { RefusalTally } from "./network/refusal-tally";
import { ticks } from "./network/token-bucket";
import type { Settings } from "./settings";
import { ProcessNews } from "./processes/process-news";
import { followNews } from "./start/follow-news";
import { brokerAddresses } from "./start/broker-addresses";
import { openCertificates } from "./start/certificates";
import { listen } from "./start/listen";
import { openData } from "./start/open-data";
import { publicBroker, startBroker } from "./start/start-broker";
import { observeDatabase, startOperations, steadyClockOf } from "./start/start-operations";
import { startFirmware } from "./start/start-firmware";
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
  /** Where metrics are read; undefined: nowhere. */
  operationsPort: number | undefined;
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
  const { log = createLog(settings.logLevel) } = options;
  const meters = new Meters();
  const clock = options.clock ?? steadyClockOf(systemClock, log, meters);
  const certificates = openCertificates(settings, log);
  certificates.look(clock.now());
  const addresses = brokerAddresses(settings, certificates);
  const { keystore, keyRotation, adminToken, store } = await openData(settings, clock);
  const { database } = store;
  const holder = newId();
  const secrets = new DoorSecrets(keystore.sealing);
  const presence = new DoorPresence();

  const stops: (() => Promise<void> | void)[] = [() => store.close()];
  const stop = async (): Promise<void> => {
    for (const step of stops.splice(0).reverse()) await step();
  };
  let operationsPort: number | undefined;
  try {
    await observeDatabase(database, clock, meters);
    // Where a test moves the clock, what counts by time goes on with it.
    const brokerTicks = options.clock && (() => ticks() + 1_000 * clock.now());
    const broker = await startBroker(settings, addresses, {
      ticks: brokerTicks,
      ...{ database, sealing: keystore.sealing, site: toHex(keystore.site), clock, log, holder },
      events: {
        received: (door, what, payload, fresh) => sync.receive(door, what, payload, fresh),
        disconnected: (door) => {
          sync.disconnected(door);
          live.changed(door);
          void unlocks.disconnected(door);
        },
        room: () => sync.room(),
        idle: () => sync.idle(),
      },
    });
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
      onEvents: (door, decisions) => {
        for (const reason of decisions) meters.doorDecisions.inc({ reason });
        changed(door);
        notifier.wake();
      },
      onReceipt: (door) => {
        changed(door);
        notifier.wake();
      },
    });
    const onState = (door: string): void => {
      live.changed(door);
      const state = presence.stateOf(door);
      if (state !== undefined) firmware.told.heard(door, state);
    };
    const sync = new DoorSync({ database, keystore, secrets, clock, log, link: broker, presence, unlocks, messages, onState });
    const live = new LiveTruth({ clock, log });
    const firmware = startFirmware({ database, sealing: keystore.sealing, clock, log, link: broker });
    const issuer = new ListIssuer({
      ...{ database, keystore, clock, log, meters },
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
      home?.wake();
      broker.wake?.();
    };
    /** Something was committed that lists follow, or that somebody is told of. */
    const wake = (): void => {
      work();
      news.tell({ what: "work" });
    };
    const news = new ProcessNews({ store, holder, log, listener: followNews({ live, sync, unlocks, ownDoors: settings.broker === undefined, wake: work, log }) });
    stops.push(
      () => news.stop(),
      () => firmware.told.stop(),
      () => sync.idle(),
      () => sender.stop(),
      () => webhooks.stop(),
      () => notifier.stop(),
      () => issuer.stop(),
      () => broker.stop(),
    );
    const home = settings.home && new HomeAssistant({ ...{ settings: settings.home, site: toHex(keystore.site), holder, database, secrets, clock, log, link: broker, presence, unlocks }, siteUrl: () => settings.publicUrl ?? url() });
    if (home !== undefined) {
      live.follow((door) => home.changed(door));
      stops.push(() => home.stop());
    }
    const couriers = new CourierDesk({ database, keystore, secrets, clock, messages, onCarried: changed });
    const readiness = new ReadinessCheck({ database, clock, log, holder, brokerProblem: () => broker.problem });
    const behindProxy = settings.tls === undefined && settings.publicUrl?.startsWith("https:") === true;
    const app = createApp({
      ...{ meters, readiness, requestsAtOnce: settings.requestsAtOnce ?? REQUESTS_AT_ONCE_MAX },
      ...{ database, keystore, keyRotation, secrets, presence, clock, log, adminToken, link: broker },
      channels: channelsOf(settings.messages),
      live,
      unlocks,
      couriers,
      images: firmware.images,
      home,
      timeZone: settings.timeZone,
      region: settings.region,
      behindProxy,
      publicUrl: () => settings.publicUrl ?? url(),
      brokerAddress: () => publicBroker(settings, broker.port),
      privateWebhooks,
      onChanged: wake,
    });
    const httpRefusals = new RefusalTally(log);
    const httpAddress = { host: settings.httpHost, port: settings.httpPort, certificate: certificates.http?.current, behindProxy };
    const http = await listen("HTTP", settings.httpHost, settings.httpPort, () => HttpServer.start(httpAddress, app, (address) => httpRefusals.count("closed a connection to HTTP: too many", { address })));
    stops.push(() => httpRefusals.stop());
    certificates.http?.onRenewed((renewed) => http.useCertificate(renewed));
    certificates.mqtt?.onRenewed((renewed) => broker.useCertificate?.(renewed));
    const url = (): string => `http${settings.tls ? "s" : ""}://${settings.httpHost.includes(":") ? `[${settings.httpHost}]` : settings.httpHost}:${http.port}`;
    // Nobody new comes in; streams and waits for doors end; whoever is being answered is answered.
    stops.push(async () => {
      const answered = http.stop();
      live.stop();
      unlocks.stop();
      firmware.images.stop();
      await answered;
    });
    if (settings.operations !== undefined) {
      const certificateEnds = (): number[] => [certificates.http, certificates.mqtt].flatMap((each) => (each === undefined ? [] : [endOf(each.current)]));
      const operations = await startOperations(settings.operations, { ...{ meters, readiness, database, clock, log, certificateEnds, broker, sync } });
      operationsPort = operations.port;
      stops.push(() => operations.stop());
    }
    const upkeep = startUpkeep({
      ...{ database, keystore, secrets, clock, log, sync, wake, work },
      rollouts: firmware.rollouts,
      ...{ shared: news.shared, ownDoors: settings.broker === undefined },
      channels: channelsOf(settings.messages),
      publicUrl: () => settings.publicUrl ?? url(),
      auditKeptDays: settings.auditKeptDays ?? AUDIT_KEPT_DAYS,
      renewCertificate: () => certificates.look(clock.now()),
    });
    stops.push(
      () => upkeep.cancel(),
      () => readiness.stopping(),
    );
    wake();
    await broker.open?.();
    await home?.start();
    log.info({ http: http.port, mqtt: broker.port }, "the cloud is up");
    return {
      httpPort: http.port,
      mqttPort: publicBroker(settings, broker.port).port,
      operationsPort,
      url: url(),
      adminToken,
      site: toHex(keystore.site),
      async settled() {
        await issuer.idle();
        await sync.idle();
        await firmware.told.idle();
        await unlocks.idle();
        await notifier.idle();
        await sender.idle();
        await webhooks.idle();
        await home?.idle();
      },
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}
