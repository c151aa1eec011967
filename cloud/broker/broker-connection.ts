import { connect as connectSocket, isIP, type Socket } from "node:net";
import { connect as connectTls } from "node:tls";
import { MqttClient, type IConnackPacket, type IPublishPacket } from "mqtt";
import type { Logger } from "pino";
import { BROKER_CONNECT_MS, BROKER_KEEP_ALIVE_SECONDS, BROKER_RECONNECT_MS, BROKER_WAITING_BYTES_MAX, FRAME_BYTES_MAX } from "../limits";
import type { BrokerLocation } from "./broker-url";
import { limitFrames } from "./frame-limit";

/**
 * A connection to a broker that others run, which comes back by itself: MQTT 5 where the broker speaks it, else 3.1.1.
 * Everything goes at most once (QoS 0): whoever needs an answer says it again. Nothing waits for a broker that is away.
 */
export class BrokerConnection {
  readonly #parts: BrokerConnectionParts;
  readonly #client: MqttClient;
  #shares = false;
  #problem: string | undefined = "not connected yet";
  /** So that a broker that stays away is told once. */
  #told = false;
  #dropped = 0;
  #stopped = false;

  constructor(parts: BrokerConnectionParts) {
    this.#parts = parts;
    const { broker, clientId } = parts;
    this.#client = new MqttClient(() => this.#open(), {
      ...{ protocolVersion: 5, clientId, clean: true, resubscribe: false, queueQoSZero: false, manualConnect: true },
      ...{ keepalive: BROKER_KEEP_ALIVE_SECONDS, connectTimeout: BROKER_CONNECT_MS, reconnectPeriod: BROKER_RECONNECT_MS, reconnectOnConnackError: true },
      properties: { maximumPacketSize: FRAME_BYTES_MAX },
      ...(broker.username !== undefined && { username: broker.username }),
      ...(broker.password !== undefined && { password: broker.password }),
      ...(parts.will && { will: { topic: parts.will.topic, payload: Buffer.from(parts.will.payload), qos: 1, retain: parts.will.retain } }),
    });
    this.#observe();
  }

  /** The first time; then it comes back by itself. */
  connect(): void {
    this.#client.connect();
  }

  get connected(): boolean {
    return this.#client.connected;
  }

  /** Whether the broker has said that it has shared subscriptions; MQTT 3.1.1 cannot say so. */
  get shares(): boolean {
    return this.#shares;
  }

  /** Why it is not there, in words without secrets; undefined: it is. */
  get problem(): string | undefined {
    return this.connected ? undefined : this.#problem;
  }

  /** How many messages found no room on their way to the broker, since the start. */
  get dropped(): number {
    return this.#dropped;
  }

  /** @returns whether the bytes went to the broker's connection; false where it is away or takes too little. */
  publish(topic: string, payload: Uint8Array, retain = false): Promise<boolean> {
    if (!this.connected) return Promise.resolve(false);
    if (this.#client.stream.writableLength > BROKER_WAITING_BYTES_MAX) {
      if (this.#dropped++ === 0) this.#parts.log.warn("the broker takes less than is to be sent: messages are dropped, and said again later");
      return Promise.resolve(false);
    }
    return new Promise((resolve) => this.#client.publish(topic, Buffer.from(payload), { qos: 0, retain }, (error) => resolve(error === undefined || error === null)));
  }

  /** @throws Error where the broker refuses one of them, or has gone. */
  async subscribe(filters: readonly string[]): Promise<void> {
    const granted = await this.#client.subscribeAsync([...filters], { qos: 0 });
    const refused = granted.find(({ qos }) => (qos as number) >= 128);
    if (refused !== undefined) throw new Error(`the broker refuses a subscription to ${refused.topic}`);
  }

  async unsubscribe(filters: readonly string[]): Promise<void> {
    if (this.connected) await this.#client.unsubscribeAsync([...filters]);
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    // With a broker that does not answer there is no leave to be taken.
    const force = setTimeout(() => this.#client.end(true), BROKER_RECONNECT_MS);
    await this.#client.endAsync(!this.connected);
    clearTimeout(force);
  }

  #open(): Socket {
    const { broker, ca, log } = this.#parts;
    const { host, port, tls } = broker;
    const name = isIP(host) === 0 ? { servername: host } : {};
    const socket = tls ? connectTls({ host, port, ...name, ...(ca && { ca }) }) : connectSocket({ host, port });
    socket.setNoDelay(true);
    limitFrames(socket, () => log.error(`the broker sent a packet of more than ${FRAME_BYTES_MAX} bytes: bound what it takes (docs/brokers.md)`));
    return socket;
  }

  #observe(): void {
    const client = this.#client;
    const { broker, log } = this.#parts;
    client.on("connect", (packet) => this.#connected(packet));
    client.on("error", (error) => {
      const { code } = error as { code?: number | string };
      // 1: MQTT 3.1.1 §3.2.2.3, 132: MQTT 5 §3.2.2.2.
      if ((code === 1 || code === 132) && client.options.protocolVersion === 5) {
        client.options.protocolVersion = 4;
        client.once("close", () => client.reconnect());
        return;
      }
      this.#problem = error.message === "" ? String(code) : error.message;
      if (!this.#told) log.warn({ broker: `${broker.host}:${broker.port}`, reason: this.#problem }, "the broker cannot be reached; it will be tried again");
      this.#told = true;
    });
    let connected = false;
    client.on("connect", () => (connected = true));
    client.on("close", () => {
      if (!connected || this.#stopped) return;
      connected = false;
      this.#problem = "the connection was lost";
      log.warn({ broker: `${broker.host}:${broker.port}` }, "the connection to the broker is lost");
      this.#parts.onLost();
    });
    client.on("message", (topic: string, payload: Buffer, { retain }: IPublishPacket) => this.#parts.onMessage(topic, new Uint8Array(payload), retain));
    // Until it calls back nothing more is read: the rest waits at the broker.
    client.handleMessage = (_packet, callback) => {
      const room = this.#parts.room?.();
      if (room === undefined) callback();
      else void room.then(() => callback());
    };
  }

  #connected({ properties }: IConnackPacket): void {
    const { broker, log, onConnected } = this.#parts;
    const version = this.#client.options.protocolVersion;
    this.#shares = version === 5 && properties?.sharedSubscriptionAvailable !== false;
    this.#told = false;
    log.info({ broker: `${broker.host}:${broker.port}`, version: version === 5 ? "5" : "3.1.1" }, "connected to the broker");
    onConnected();
  }
}

export interface BrokerConnectionParts {
  broker: BrokerLocation;
  /** PEM of those who may certify it; default: those that Node trusts. */
  ca?: Buffer | undefined;
  /** No other connection's. */
  clientId: string;
  will?: { topic: string; payload: Uint8Array; retain: boolean };
  log: Logger;
  /** Each time anew; nothing is subscribed to. */
  onConnected(): void;
  onLost(): void;
  /** @param payload untrusted. @param retained from before the subscription. */
  onMessage(topic: string, payload: Uint8Array, retained: boolean): void;
  /** Resolves once the next message may come; undefined: at once. */
  room?(): Promise<void> | undefined;
}
