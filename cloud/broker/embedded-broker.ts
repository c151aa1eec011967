import { createHash } from "node:crypto";
import { Aedes, type AuthenticateError, type Client } from "aedes";
import type { Logger } from "pino";
import { DOOR_STATE_BYTES_MAX } from "../../protocol/door-state";
import { downFilter, downTopic, parseTopic, upTopic, type DownTopic } from "../../protocol/topics";
import type { DoorLink } from "../doors/door-link";
import { CONNECT_MS, DRAIN_MS, KEEP_ALIVE_SECONDS_MAX, SUBSCRIPTIONS_MAX } from "../limits";
import type { Certificate } from "../network/certificate";
import { ConnectionGuard, type ConnectionLimits } from "../network/connection-guard";
import { RefusalTally } from "../network/refusal-tally";
import type { Ticks } from "../network/token-bucket";
import { BROKER_LIMITS } from "./broker-limits";
import { DoorAllowances, DOOR_LIMITS, type DoorLimits } from "./door-allowances";
import type { DoorStream } from "./door-stream";
import { LoginQueue, type LoginVerdict } from "./login-queue";
import { MqttListener, type MqttAddress, type Peer } from "./mqtt-listener";
import { maySubscribe, mayPublish } from "./topic-access";

/** What the broker tells the cloud. */
export interface BrokerEvents {
  /** Whether this is the login of a claimed door. */
  login(door: string, password: Uint8Array): Promise<boolean>;
  /** Whether a door that has shown its certificate is claimed. */
  claimed(door: string): Promise<boolean>;
  /** @param what the topic after `up/`. @param payload untrusted, but no longer than such a message may be. */
  received(door: string, what: string, payload: Uint8Array): void;
  disconnected(door: string): void;
}

export interface EmbeddedBrokerOptions {
  /** One port or two: TLS, and beside it a plain one for whoever asks for it. The first is the one that doors are told. */
  addresses: readonly [MqttAddress, ...MqttAddress[]];
  /** Default: those of limits.ts. */
  limits?: { connections?: ConnectionLimits; doors?: DoorLimits };
  /** What limits count by; default: real time. */
  ticks?: Ticks | undefined;
}

/**
 * The embedded MQTT 3.1.1 broker: doors and nobody else, each for itself. It retains nothing (who asks for a
 * door's state asks the cloud) and keeps no messages for doors that are away (what they lack is in the database).
 */
export class EmbeddedBroker implements DoorLink {
  readonly #aedes: Aedes;
  readonly #guard: ConnectionGuard;
  readonly #tally: RefusalTally;
  readonly #logins: LoginQueue;
  readonly #allowances: DoorAllowances;
  readonly #listeners: MqttListener[] = [];
  readonly #peers = new WeakMap<object, { peer: Peer; stream: DoorStream }>();
  readonly #subscriptions = new WeakMap<Client, Set<string>>();
  readonly #doors = new Map<string, Client>();
  readonly #events: BrokerEvents;

  private constructor(aedes: Aedes, events: BrokerEvents, log: Logger, { limits = {}, ticks }: EmbeddedBrokerOptions) {
    this.#aedes = aedes;
    this.#events = events;
    this.#tally = new RefusalTally(log);
    this.#guard = new ConnectionGuard(limits.connections ?? BROKER_LIMITS, (reason, address) => this.#tally.count(`closed a door's connection: ${reason}`, { address }), ticks);
    this.#logins = new LoginQueue((error) => log.error({ err: error }, "failed to check a login"));
    this.#allowances = new DoorAllowances(limits.doors ?? DOOR_LIMITS, ticks);
    this.#restrict();
    this.#observe(log);
  }

  /** @throws as `listen` of node:net, e.g. EADDRINUSE. */
  static async start(options: EmbeddedBrokerOptions, events: BrokerEvents, log: Logger): Promise<EmbeddedBroker> {
    const aedes = await Aedes.createBroker({ connectTimeout: CONNECT_MS, drainTimeout: DRAIN_MS, keepaliveLimit: KEEP_ALIVE_SECONDS_MAX, maxInflightInbound: 8, maxTopicLevels: 8 });
    const broker = new EmbeddedBroker(aedes, events, log, options);
    try {
      for (const address of options.addresses) broker.#listeners.push(await broker.#listen(address));
    } catch (error) {
      await broker.stop();
      throw error;
    }
    return broker;
  }

  get port(): number {
    return this.#listeners[0].port;
  }

  /** How often something was turned away since the start, by reason. */
  get refusals(): Readonly<Record<string, number>> {
    return this.#tally.counts;
  }

  /** Connections, and how many of them have not logged in. */
  get load(): { open: number; pending: number; loginsWaiting: number } {
    return { open: this.#guard.open, pending: this.#guard.pending, loginsWaiting: this.#logins.waiting };
  }

  /** For connections from now on. */
  useCertificate(certificate: Certificate): void {
    this.#listeners[0].useCertificate(certificate);
  }

  connected(): Iterable<string> {
    return [...this.#doors.keys()];
  }

  isConnected(door: string): boolean {
    return this.#doors.has(door);
  }

  /** To that door's connection directly: through the broker's topics a door that stops reading would hold up the others. */
  send(door: string, topic: DownTopic, payload: Uint8Array): Promise<boolean> {
    const client = this.#doors.get(door);
    if (client === undefined) return Promise.resolve(false);
    const packet = { cmd: "publish", topic: downTopic(door, topic), payload: Buffer.from(payload), qos: 0, retain: false, dup: false } as const;
    return new Promise((resolve) => client.publish(packet, () => resolve(this.#doors.get(door) === client)));
  }

  drop(door: string): void {
    this.#doors.get(door)?.close();
  }

  async stop(): Promise<void> {
    const closed = this.#listeners.map((listener) => listener.close());
    await new Promise<void>((resolve) => this.#aedes.close(resolve));
    await Promise.all(closed);
    this.#tally.stop();
  }

  #listen(address: MqttAddress): Promise<MqttListener> {
    const onConnection = (stream: DoorStream, peer: Peer): void => {
      this.#peers.set(stream, { peer, stream });
      this.#aedes.handle(stream);
    };
    return MqttListener.start(address, this.#guard, onConnection, (from) => this.#tally.count("closed a connection that sent what no door sends", { address: from }));
  }

  #restrict(): void {
    const aedes = this.#aedes;
    aedes.preConnect = (_client, packet, done) => {
      // Sessions would keep messages in memory; a door that comes back says what it has.
      packet.clean = true;
      const { will, clientId } = packet;
      const mayWill = will === undefined || (will.topic === upTopic(clientId, "state") && will.payload.length <= DOOR_STATE_BYTES_MAX);
      done(mayWill ? null : new Error("a will that is not the door's state"), mayWill);
    };
    aedes.authenticate = (client, username, password, done) => {
      const refused = (returnCode: number): void => done(Object.assign<Error, Pick<AuthenticateError, "returnCode">>(new Error(REFUSED), { returnCode }), false);
      void this.#logIn(client, username, password).then((verdict) => {
        if (verdict === "right") done(null, true);
        else refused(verdict === "wrong" ? BAD_LOGIN : UNAVAILABLE);
      });
    };
    aedes.authorizePublish = (client, packet, done) => {
      if (client === null || !mayPublish(client.id, packet.topic, packet.payload.length)) return done(new Error("not this door's to publish"));
      packet.retain = false;
      done(null);
    };
    aedes.authorizeSubscribe = (client, subscription, done) => done(null, this.#mayListen(client, subscription.topic) ? subscription : null);
  }

  /** By certificate, or by login. */
  async #logIn(client: Client, username: string | undefined, password: Uint8Array | undefined): Promise<LoginVerdict> {
    const { peer, stream } = this.#peers.get(client.conn)!;
    const door = client.id;
    if (!/^[0-9a-f]{16}$/.test(door)) return "wrong";
    const byCertificate = peer.doorOfCertificate() === door;
    if (!byCertificate && (username !== door || password === undefined)) return "wrong";
    const check = byCertificate ? () => this.#events.claimed(door) : () => this.#events.login(door, password!);
    const hash = createHash("sha256").update(password ?? NO_PASSWORD).digest();
    const likelihood = byCertificate || this.#allowances.isLikely(door, hash) ? "likely" : peer.known ? "known" : "stranger";
    const verdict = await this.#logins.check(likelihood, check, () => !stream.destroyed);
    if (verdict !== "right") return verdict;
    const allowance = this.#allowances.of(door);
    if (!byCertificate) allowance.lastPassword = hash;
    if (!allowance.logins.take()) {
      this.#tally.count("turned away a door that logs in again and again", { door, address: peer.address });
      return "busy";
    }
    stream.allow(allowance);
    peer.proved();
    return "right";
  }

  #mayListen(client: Client, filter: string): boolean {
    if (!maySubscribe(client.id, filter)) return false;
    const filters = this.#subscriptions.get(client) ?? new Set();
    if (!filters.has(filter) && filters.size >= SUBSCRIPTIONS_MAX) return false;
    this.#subscriptions.set(client, filters.add(filter));
    return true;
  }

  #observe(log: Logger): void {
    const aedes = this.#aedes;
    aedes.on("subscribe", (subscriptions, client) => {
      if (subscriptions.some(({ topic, qos }) => topic === downFilter(client.id) && (qos as number) < 128)) this.#doors.set(client.id, client);
    });
    aedes.on("clientDisconnect", (client) => {
      if (this.#doors.get(client.id) !== client) return;
      this.#doors.delete(client.id);
      this.#events.disconnected(client.id);
    });
    aedes.on("publish", (packet, client) => {
      if (client === null) return; // the broker's own
      const topic = parseTopic(packet.topic);
      if (topic !== undefined && topic.direction === "up") this.#events.received(topic.door, topic.what, new Uint8Array(Buffer.from(packet.payload)));
    });
    aedes.on("clientError", (client, error) => this.#failed(client, error, log));
    aedes.on("connectionError", (client, error) => this.#failed(client, error, log));
    (aedes as NodeJS.EventEmitter).on("error", (error: Error) => log.error({ err: error }, "the broker failed"));
  }

  #failed(client: Client, error: Error, log: Logger): void {
    const peer = this.#peers.get(client.conn)?.peer;
    if (peer?.hasProved === true) log.info({ door: client.id, reason: error.message }, "closed a door's connection");
    // Whatever somebody calls themselves before they have proved it is not written down.
    else this.#tally.count("closed a connection before its login", { address: peer?.address, reason: error.message });
  }
}

const NO_PASSWORD = new Uint8Array(0);
const REFUSED = "not a door's login";
const UNAVAILABLE = 3; // MQTT 3.1.1 §3.2.2.3
const BAD_LOGIN = 4;
