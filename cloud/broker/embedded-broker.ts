import { createServer, type AddressInfo, type Server, type Socket } from "node:net";
import { Aedes, type AuthenticateError, type Client } from "aedes";
import type { Logger } from "pino";
import { DOOR_STATE_BYTES_MAX } from "../../protocol/door-state";
import { downFilter, downTopic, parseTopic, upTopic, type DownTopic } from "../../protocol/topics";
import type { DoorLink } from "../doors/door-link";
import { CONNECT_MS, DRAIN_MS, KEEP_ALIVE_SECONDS_MAX, SOCKETS_MAX } from "../limits";
import { limitFrames } from "./frame-limit";
import { maySubscribe, mayPublish } from "./topic-access";

/** What the broker tells the cloud. */
export interface BrokerEvents {
  /** Whether this is the login of a claimed door. */
  login(door: string, password: Uint8Array): Promise<boolean>;
  /** @param what the topic after `up/`. @param payload untrusted, but no longer than such a message may be. */
  received(door: string, what: string, payload: Uint8Array): void;
  disconnected(door: string): void;
}

/**
 * The embedded MQTT 3.1.1 broker: doors and nobody else, each for itself. It retains nothing (who asks for a
 * door's state asks the cloud) and keeps no messages for doors that are away (what they lack is in the database).
 */
export class EmbeddedBroker implements DoorLink {
  readonly #aedes: Aedes;
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  readonly #doors = new Map<string, Client>();
  readonly #events: BrokerEvents;

  private constructor(aedes: Aedes, events: BrokerEvents, log: Logger) {
    this.#aedes = aedes;
    this.#events = events;
    this.#server = createServer({ noDelay: true }, (socket) => {
      this.#sockets.add(socket);
      socket.on("close", () => this.#sockets.delete(socket));
      aedes.handle(socket);
      limitFrames(socket, () => log.warn({ address: socket.remoteAddress }, "closed a connection that announced too large a packet"));
    });
    this.#server.maxConnections = SOCKETS_MAX;
    this.#restrict(log);
    this.#observe(log);
  }

  /** @param port 0 = any free one. @throws as `listen` of node:net, e.g. EADDRINUSE. */
  static async start(address: { host: string; port: number }, events: BrokerEvents, log: Logger): Promise<EmbeddedBroker> {
    const aedes = await Aedes.createBroker({ connectTimeout: CONNECT_MS, drainTimeout: DRAIN_MS, keepaliveLimit: KEEP_ALIVE_SECONDS_MAX, maxInflightInbound: 8, maxTopicLevels: 8 });
    const broker = new EmbeddedBroker(aedes, events, log);
    try {
      await new Promise<void>((resolve, reject) => {
        broker.#server.once("error", reject);
        broker.#server.listen(address.port, address.host, resolve);
      });
    } catch (error) {
      await broker.stop();
      throw error;
    }
    return broker;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
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
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()));
    await new Promise<void>((resolve) => this.#aedes.close(resolve));
    for (const socket of this.#sockets) socket.destroy();
    await closed;
  }

  #restrict(log: Logger): void {
    const aedes = this.#aedes;
    aedes.preConnect = (_client, packet, done) => {
      // Sessions would keep messages in memory; a door that comes back says what it has.
      packet.clean = true;
      const { will, clientId } = packet;
      const mayWill = will === undefined || (will.topic === upTopic(clientId, "state") && will.payload.length <= DOOR_STATE_BYTES_MAX);
      done(mayWill ? null : new Error("a will that is not the door's state"), mayWill);
    };
    aedes.authenticate = (client, username, password, done) => {
      const door = client.id;
      const refused = (): void => done(Object.assign<Error, Pick<AuthenticateError, "returnCode">>(new Error("not a door's login"), { returnCode: BAD_LOGIN }), false);
      if (username !== door || password === undefined || !/^[0-9a-f]{16}$/.test(door)) return refused();
      this.#events.login(door, password).then(
        (matches) => (matches ? done(null, true) : refused()),
        (error: unknown) => {
          log.error({ err: error }, "failed to check a login");
          refused();
        },
      );
    };
    aedes.authorizePublish = (client, packet, done) => {
      if (client === null || !mayPublish(client.id, packet.topic, packet.payload.length)) return done(new Error("not this door's to publish"));
      packet.retain = false;
      done(null);
    };
    aedes.authorizeSubscribe = (client, subscription, done) => done(null, maySubscribe(client.id, subscription.topic) ? subscription : null);
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
    aedes.on("clientError", (client, error) => log.info({ door: client.id, reason: error.message }, "closed a door's connection"));
    aedes.on("connectionError", (client, error) => log.info({ reason: error.message, address: (client?.conn as Socket | undefined)?.remoteAddress }, "closed a connection before its login"));
    (aedes as NodeJS.EventEmitter).on("error", (error: Error) => log.error({ err: error }, "the broker failed"));
  }
}

const BAD_LOGIN = 4; // MQTT 3.1.1 §3.2.2.3
