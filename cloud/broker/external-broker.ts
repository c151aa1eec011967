import { setTimeout as sleep } from "node:timers/promises";
import type { Logger } from "pino";
import { decodeDoorState } from "../../protocol/door-state";
import { ProtocolError } from "../../protocol/protocol-error";
import { downTopic, parseTopic, upFilter, type DownTopic } from "../../protocol/topics";
import { every, type Clock, type Timer } from "../clock";
import type { Sealing } from "../keys/sealing";
import { ADMITTED_LOOK_MS, ADMITTED_MS, BROKER_START_MS, PRESENCE_LOOK_SECONDS } from "../limits";
import { ProcessLease } from "../processes/process-lease";
import type { Database } from "../store/store";
import { BrokerConnection } from "./broker-connection";
import type { DoorBroker } from "./door-broker";
import { DoorsSeen } from "./doors-seen";
import type { ExternalBrokerSettings } from "./external-broker-settings";
import { DynamicSecurity, SECURITY_ANSWERS } from "./door-logins/dynamic-security";
import { LoginProvisioner } from "./door-logins/login-provisioner";
import { KnownDoors } from "./known-doors";
import { mayPublish } from "./topic-access";

/** What the broker tells the cloud. */
export interface ExternalBrokerEvents {
  /** As of the embedded broker. @param fresh whether the door says it now; else the broker had kept it. */
  received(door: string, what: string, payload: Uint8Array, fresh?: boolean): void;
  disconnected(door: string): void;
  /** Resolves once there is room for more; undefined: there is. */
  room(): Promise<void> | undefined;
  /** Resolves when all that was received is worked off. */
  idle(): Promise<void>;
}

/** What all processes hear: who is there. */
const STATE_FILTER = upFilter("state");
/** What one process takes on, whichever. */
const WORK_FILTERS = (["receipt", "events", "need", "reply"] as const).map(upFilter);
const SHARED_FILTERS = WORK_FILTERS.map((filter) => `$share/latchkey/${filter}`);

/**
 * Doors by way of a broker that others run, to which this process is a client as they are. It is trusted to carry and
 * no further: a message counts by its MAC alone, and lengths and topics are checked here again. Nothing is lost with
 * it: doors say again what is not answered, and the cloud what is not acknowledged.
 *
 * Where the broker has shared subscriptions the processes of a cloud share what doors say; where it has not one of
 * them listens, and the next one when its lease lapses.
 */
export class ExternalBroker implements DoorBroker {
  readonly #parts: ExternalBrokerParts;
  readonly #connection: BrokerConnection;
  readonly #seen = new DoorsSeen();
  readonly #known: KnownDoors;
  readonly #lease: ProcessLease;
  /** Undefined where somebody else makes the doors' logins. */
  readonly #logins: { security: DynamicSecurity; provisioner: LoginProvisioner } | undefined;
  readonly #looks: Timer;
  #subscribed = false;
  #subscriptionProblem: string | undefined;
  #strays = 0;
  #stopped = false;
  #firstConnection: () => void = () => undefined;

  constructor(parts: ExternalBrokerParts) {
    const { settings, database, clock, log, holder, events } = parts;
    this.#parts = parts;
    this.#known = new KnownDoors(database, clock);
    this.#lease = new ProcessLease({ ...{ name: "door-messages", holder, database, clock, log }, onHeld: () => void this.#takeWork(), onLost: () => void this.#leaveWork() });
    this.#connection = new BrokerConnection({
      ...{ broker: settings.location, ca: settings.ca, clientId: `latchkey-cloud-${holder}`, log },
      onConnected: () => void this.#connected(),
      onLost: () => this.#lost(),
      onMessage: (topic, payload, retained) => this.#message(topic, payload, retained),
      room: () => events.room(),
    });
    if (settings.logins === "mosquitto") {
      const security = new DynamicSecurity((topic, payload) => this.#connection.publish(topic, payload), holder);
      this.#logins = { security, provisioner: new LoginProvisioner({ ...parts, security }) };
    }
    this.#looks = every(clock, PRESENCE_LOOK_SECONDS, () => {
      for (const door of this.#seen.silent(clock.now())) this.#gone(door);
      return Promise.resolve();
    });
  }

  /** Resolves once it is connected, or soon: a broker that is away is no reason not to start. */
  open(): Promise<void> {
    return new Promise<void>((resolve) => {
      const enough = setTimeout(resolve, BROKER_START_MS);
      this.#firstConnection = () => {
        clearTimeout(enough);
        resolve();
      };
      this.#connection.connect();
    });
  }

  get port(): number {
    return this.#parts.settings.location.port;
  }

  get problem(): string | undefined {
    return this.#connection.problem ?? this.#subscriptionProblem;
  }

  get dropped(): number {
    return this.#connection.dropped;
  }

  connected(): Iterable<string> {
    return this.#seen.all();
  }

  isConnected(door: string): boolean {
    return this.#seen.has(door);
  }

  send(door: string, topic: DownTopic, payload: Uint8Array): Promise<boolean> {
    return this.#connection.publish(downTopic(door, topic), payload);
  }

  /** What it says counts no more until it is known again; its connection is its login's, which ends at the broker. */
  drop(door: string): void {
    this.#known.forget(door);
    this.#gone(door);
  }

  wake(): void {
    this.#logins?.provisioner.wake();
  }

  async admitted(door: string): Promise<void> {
    this.#known.add(door);
    if (this.#logins === undefined || !this.#connection.connected) return;
    const until = Date.now() + ADMITTED_MS;
    while (Date.now() < until && !this.#stopped) {
      const waiting = await this.#parts.database.selectFrom("door_logins").select("door_id").where("door_id", "=", door).where("told", "=", 0).executeTakeFirst();
      if (waiting === undefined) return;
      await sleep(ADMITTED_LOOK_MS);
    }
  }

  /** Takes on no more, works off what has come, and leaves. */
  async stop(): Promise<void> {
    this.#stopped = true;
    this.#looks.cancel();
    await this.#lease.stop();
    this.#logins?.security.lost();
    await this.#logins?.provisioner.stop();
    await this.#connection.unsubscribe([STATE_FILTER, ...this.#workFilters]).catch(() => undefined);
    await this.#parts.events.idle();
    await this.#connection.stop();
  }

  /** Whether the processes of this cloud share what doors say, as far as the broker, or the setting, says. */
  get #shares(): boolean {
    const { shared } = this.#parts.settings;
    return shared === "auto" ? this.#connection.shares : shared === "yes";
  }

  get #workFilters(): readonly string[] {
    return this.#shares ? SHARED_FILTERS : WORK_FILTERS;
  }

  async #connected(): Promise<void> {
    try {
      await this.#known.load();
      await this.#connection.subscribe([STATE_FILTER]);
      if (this.#logins !== undefined) {
        await this.#connection.subscribe([SECURITY_ANSWERS]);
        await this.#logins.provisioner.connected();
      }
      this.#subscribed = true;
      if (this.#shares) await this.#connection.subscribe(SHARED_FILTERS);
      else if (this.#lease.held) await this.#takeWork();
      else await this.#lease.start();
      this.#subscriptionProblem = undefined;
    } catch (error) {
      this.#failed(error);
    }
    this.#firstConnection();
  }

  #lost(): void {
    this.#subscribed = false;
    this.#logins?.provisioner.lost();
    this.#logins?.security.lost();
    for (const door of this.#seen.all()) this.#gone(door);
  }

  async #takeWork(): Promise<void> {
    if (!this.#subscribed || this.#shares) return;
    try {
      await this.#connection.subscribe(WORK_FILTERS);
    } catch (error) {
      this.#failed(error);
    }
  }

  async #leaveWork(): Promise<void> {
    await this.#connection.unsubscribe(WORK_FILTERS).catch(() => undefined);
  }

  /** A database or a broker that fails just now is asked again; one that refuses says so for ever. */
  #failed(error: unknown): void {
    if (this.#stopped) return;
    const { clock, log } = this.#parts;
    this.#subscriptionProblem = (error as Error).message;
    log.error({ err: error }, "cannot listen to doors at the broker; it will be tried again");
    clock.after(PRESENCE_LOOK_SECONDS, () => {
      if (!this.#stopped && this.#connection.connected) void this.#connected();
    });
  }

  #message(topic: string, payload: Uint8Array, retained: boolean): void {
    if (topic === SECURITY_ANSWERS) return this.#logins?.security.receive(payload);
    const parsed = parseTopic(topic);
    if (parsed === undefined || !mayPublish(parsed.door, topic, payload.length)) return this.#stray(topic);
    const { door, what } = parsed;
    const known = this.#known.has(door);
    if (known === true) this.#take(door, what, payload, retained);
    else if (known === false) this.#stray(topic);
    else {
      known.then(
        (is) => (is ? this.#take(door, what, payload, retained) : this.#stray(topic)),
        (error: unknown) => this.#parts.log.error({ err: error }, "failed to look up a door"),
      );
    }
  }

  #take(door: string, what: string, payload: Uint8Array, retained: boolean): void {
    const { events, clock, log } = this.#parts;
    if (what === "state") {
      try {
        if (!decodeDoorState(payload).online) return this.#gone(door);
      } catch (error) {
        if (!(error instanceof ProtocolError)) throw error;
        return log.warn({ door, refusal: error.code }, "refused a message of a door");
      }
    } else if (retained) return this.#stray(what);
    this.#seen.seen(door, clock.now());
    events.received(door, what, payload, !retained);
  }

  #gone(door: string): void {
    if (this.#seen.gone(door)) this.#parts.events.disconnected(door);
  }

  /** What no door of ours may say, or not so: the broker's access rules let it pass. Told now and then. */
  #stray(topic: string): void {
    if ((this.#strays++ & 1_023) === 0) this.#parts.log.warn({ topic: topic.slice(0, 128), count: this.#strays }, "the broker let a message pass that no door may send: see to its access rules");
  }
}

export interface ExternalBrokerParts {
  settings: ExternalBrokerSettings;
  events: ExternalBrokerEvents;
  database: Database;
  sealing: Sealing;
  /** 16 hexadecimal digits. */
  site: string;
  clock: Clock;
  log: Logger;
  /** Of this start of this process, and of no other (`newId`). */
  holder: string;
}
