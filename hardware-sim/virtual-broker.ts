import { type MqttPacket, Operation, topicMatches, type Will } from "./mqtt-packet";
import type { VirtualClock, VirtualTimer } from "./virtual-clock";

/** Messages that wait for an absent client with a lasting session. */
const QUEUED_MESSAGES = 1_000;

/** What a fault hook sees of a message that is about to be passed on. */
export interface PassingMessage {
  /** "up": from a client to the broker; "down": from the broker to a client. */
  direction: "up" | "down";
  clientId: string;
  topic: string;
  payload: Uint8Array;
}

export interface ConnectionEvent {
  clientId: string;
  connected: boolean;
  user?: string;
}

/** How the broker reaches one client. */
export interface BrokerPeer {
  send(packet: MqttPacket): void;
  close(): void;
}

interface Session {
  clientId: string;
  clean: boolean;
  connection: BrokerConnection | undefined;
  subscriptions: Map<string, number>;
  /** QoS 1 messages that are sent and not acknowledged, or wait for the client to come back. */
  unacknowledged: Map<number, Message>;
  nextId: number;
}

interface Message {
  topic: string;
  payload: Uint8Array;
  QoS: number;
  retain: boolean;
}

/**
 * An MQTT 3.1.1 broker in memory (QoS 0 and 1, retained messages, wills, lasting sessions), and the cloud's
 * place beside it: the tap sees what doors publish and publishes to them.
 */
export class VirtualBroker {
  /** The cloud's side: every publish of a client that reached the broker, wills included. */
  onPublish: ((topic: string, payload: Uint8Array, retain: boolean, clientId: string) => void) | undefined;
  onConnection: ((event: ConnectionEvent) => void) | undefined;
  /** Lets a client in (0) or not (a CONNACK code, such as 5). Default: all. */
  authorize: ((clientId: string, user: string | undefined, password: string | undefined) => number) | undefined;
  /** Whether a client may publish or subscribe there. Default: all. */
  allows: ((clientId: string, access: "publish" | "subscribe", topic: string) => boolean) | undefined;
  /**
   * Faults: after how many ms the message is passed on, one delivery each; [] loses it, [0, 50] doubles it,
   * and later messages overtake those with a delay. undefined: no fault.
   */
  faults: ((message: PassingMessage) => readonly number[] | undefined) | undefined;
  readonly clock: VirtualClock;
  #running = true;
  #sessions = new Map<string, Session>();
  #retained = new Map<string, Message>();

  constructor(clock: VirtualClock) {
    this.clock = clock;
  }

  get running(): boolean {
    return this.#running;
  }

  /** Ends as a crashed process does: connections break, sessions and retained messages are lost, no wills. */
  stop(): void {
    this.#running = false;
    const sessions = [...this.#sessions.values()];
    this.#sessions.clear();
    this.#retained.clear();
    for (const { connection } of sessions) connection?.drop();
  }

  start(): void {
    this.#running = true;
  }

  /** The cloud publishes. */
  publish(topic: string, payload: Uint8Array, options: { QoS?: number; retain?: boolean } = {}): void {
    const { QoS = 1, retain = false } = options;
    this.#route({ topic, payload: payload.slice(), QoS, retain });
  }

  retained(topic: string): Uint8Array | undefined {
    return this.#retained.get(topic)?.payload.slice();
  }

  connected(clientId: string): boolean {
    return this.#sessions.get(clientId)?.connection !== undefined;
  }

  /** Breaks a client's connection; its will is published. */
  disconnect(clientId: string): void {
    this.#sessions.get(clientId)?.connection?.lost();
  }

  /** A client has reached the port. */
  accept(peer: BrokerPeer): BrokerConnection {
    return new BrokerConnection(this, peer);
  }

  /** @returns the session, or the CONNACK code of a refusal. */
  open(connection: BrokerConnection, packet: Extract<MqttPacket, { operation: typeof Operation.connect }>): Session | number {
    const { clientId, user, password, clean } = packet;
    const code = this.authorize?.(clientId, user, password) ?? 0;
    if (code !== 0) return code;
    // MQTT 3.1.1 §3.1.4: a second client of the same name takes over.
    this.#sessions.get(clientId)?.connection?.lost();
    let session = this.#sessions.get(clientId);
    if (!session || clean || session.clean) {
      session = { clientId, clean, connection: undefined, subscriptions: new Map(), unacknowledged: new Map(), nextId: 1 };
      this.#sessions.set(clientId, session);
    }
    session.clean = clean;
    session.connection = connection;
    this.onConnection?.({ clientId, connected: true, ...(user !== undefined && { user }) });
    return session;
  }

  /** A client is gone, with or without taking leave. */
  closed(session: Session, will: Will | undefined): void {
    session.connection = undefined;
    if (session.clean && this.#sessions.get(session.clientId) === session) this.#sessions.delete(session.clientId);
    this.onConnection?.({ clientId: session.clientId, connected: false });
    if (will) this.#receive(session.clientId, will);
  }

  /** A client publishes. */
  receive(clientId: string, message: Message): void {
    if (this.allows && !this.allows(clientId, "publish", message.topic)) return;
    const { topic, payload } = message;
    const delays = this.faults?.({ direction: "up", clientId, topic, payload });
    if (!delays) return this.#receive(clientId, message);
    for (const delay of delays) this.clock.set(() => this.#running && this.#receive(clientId, message), delay);
  }

  subscribed(session: Session, filter: string, QoS: number): void {
    session.subscriptions.set(filter, QoS);
    this.#retained.forEach((message) => {
      if (topicMatches(filter, message.topic)) {
        this.#deliver(session, { ...message, QoS: Math.min(QoS, message.QoS), retain: true });
      }
    });
  }

  /** Sends again what a lasting session has not acknowledged. */
  resend(session: Session): void {
    session.unacknowledged.forEach((message, id) => this.#send(session, message, id, true));
  }

  #receive(clientId: string, message: Message): void {
    this.onPublish?.(message.topic, message.payload.slice(), message.retain, clientId);
    this.#route(message);
  }

  #route(message: Message): void {
    if (!this.#running) return;
    if (message.retain) {
      if (message.payload.length === 0) this.#retained.delete(message.topic);
      else this.#retained.set(message.topic, message);
    }
    this.#sessions.forEach((session) => {
      let QoS = -1;
      session.subscriptions.forEach((granted, filter) => {
        if (granted > QoS && topicMatches(filter, message.topic)) QoS = granted;
      });
      if (QoS >= 0) this.#deliver(session, { ...message, QoS: Math.min(QoS, message.QoS), retain: false });
    });
  }

  #deliver(session: Session, message: Message): void {
    const { clientId } = session;
    const { topic, payload } = message;
    const delays = this.faults?.({ direction: "down", clientId, topic, payload });
    if (!delays) return this.#deliverNow(session, message);
    for (const delay of delays) this.clock.set(() => this.#running && this.#deliverNow(session, message), delay);
  }

  #deliverNow(session: Session, message: Message): void {
    let id = 0;
    if (message.QoS > 0) {
      if (session.unacknowledged.size >= QUEUED_MESSAGES) return;
      id = session.nextId;
      session.nextId = id === 0xffff ? 1 : id + 1;
      session.unacknowledged.set(id, message);
    }
    this.#send(session, message, id, false);
  }

  #send(session: Session, message: Message, id: number, duplicate: boolean): void {
    const { topic, QoS, retain } = message;
    session.connection?.send({
      operation: Operation.publish,
      topic,
      payload: message.payload.slice(),
      QoS,
      retain,
      duplicate,
      id,
    });
  }
}

/** The broker's end of one connection. */
export class BrokerConnection {
  #broker: VirtualBroker;
  #peer: BrokerPeer;
  #session: Session | undefined;
  #will: Will | undefined;
  #keepAliveMs = 0;
  #silence: VirtualTimer | undefined;
  #closed = false;

  constructor(broker: VirtualBroker, peer: BrokerPeer) {
    this.#broker = broker;
    this.#peer = peer;
  }

  send(packet: MqttPacket): void {
    if (!this.#closed) this.#peer.send(packet);
  }

  receive(packet: MqttPacket): void {
    if (this.#closed) return;
    const session = this.#session;
    if (packet.operation === Operation.connect) return this.#connect(packet);
    if (!session) return this.lost();
    switch (packet.operation) {
      case Operation.publish: {
        const { topic, payload, QoS, retain, id } = packet;
        this.#broker.receive(session.clientId, { topic, payload, QoS, retain });
        if (QoS > 0) this.send({ operation: Operation.puback, id });
        break;
      }
      case Operation.puback:
        session.unacknowledged.delete(packet.id);
        break;
      case Operation.subscribe: {
        const { clientId } = session;
        const codes = packet.items.map(({ topic, QoS }) =>
          this.#broker.allows && !this.#broker.allows(clientId, "subscribe", topic) ? 0x80 : Math.min(QoS, 1),
        );
        this.send({ operation: Operation.suback, id: packet.id, payload: codes });
        packet.items.forEach(({ topic }, i) => codes[i] < 0x80 && this.#broker.subscribed(session, topic, codes[i]));
        break;
      }
      case Operation.unsubscribe:
        for (const topic of packet.topics) session.subscriptions.delete(topic);
        this.send({ operation: Operation.unsuback, id: packet.id });
        break;
      case Operation.pingreq:
        this.send({ operation: Operation.pingresp });
        break;
      case Operation.disconnect:
        // MQTT 3.1.1 §3.14.4: who takes leave leaves no will.
        this.#will = undefined;
        this.lost();
        break;
      default:
        this.lost();
    }
  }

  /** The client has gone silent (true) or is heard again: keep-alive ends the connection after 1.5 intervals. */
  silent(silent: boolean): void {
    this.#broker.clock.clear(this.#silence);
    this.#silence = undefined;
    if (silent && !this.#closed && this.#keepAliveMs > 0) {
      this.#silence = this.#broker.clock.set(() => this.lost(), this.#keepAliveMs * 1.5);
    }
  }

  /** The connection is gone; the will, if there still is one, is published. */
  lost(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#broker.clock.clear(this.#silence);
    this.#peer.close();
    const session = this.#session;
    if (session) this.#broker.closed(session, this.#will);
  }

  /** The broker's process ended. */
  drop(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#broker.clock.clear(this.#silence);
    this.#peer.close();
  }

  #connect(packet: Extract<MqttPacket, { operation: typeof Operation.connect }>): void {
    if (this.#session) return this.lost();
    const session = this.#broker.open(this, packet);
    if (typeof session === "number") {
      this.send({ operation: Operation.connack, returnCode: session });
      return this.lost();
    }
    this.#session = session;
    this.#will = packet.will;
    this.#keepAliveMs = packet.keepAlive * 1000;
    this.send({ operation: Operation.connack, returnCode: 0 });
    this.#broker.resend(session);
  }
}
