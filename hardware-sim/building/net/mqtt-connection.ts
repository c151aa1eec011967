import { MqttClient, type IClientOptions, type Packet } from "mqtt";
import type { Duplex } from "node:stream";
import type { MqttTransport, MqttTransportEvents } from "../../ecma-mqtt-client";
import { type MqttPacket, Operation } from "../../mqtt-packet";

/** lwIP's send buffer on ESP32 as Moddable configures it. */
const SEND_BUFFER_BYTES = 5_744;
/** What one TCP segment carries: how the firmware gets its messages. */
const SEGMENT_BYTES = 1_436;
const CONNECT_MS = 30_000;
const NOTHING = Buffer.alloc(0);

/** Bytes on their way, for whoever draws a log. */
export interface MqttTraffic {
  direction: "up" | "down";
  topic: string;
  payload: Uint8Array;
}

/**
 * A network that may lose, hold back and repeat messages. @param pass lets the message go on: now, later, again, or never.
 */
export type MqttCarrier = (message: MqttTraffic, pass: () => void) => void;

export interface MqttConnectionOptions {
  /** Opens the way to the broker. */
  open: () => Duplex;
  onTraffic?: (message: MqttTraffic) => void;
  /** Default: every message passes at once. */
  carry?: MqttCarrier;
  onLink?: (connected: boolean) => void;
  onClosed: () => void;
}

/** Carries the packets of one client to a real broker: MQTT.js does the protocol, the firmware's client the rest. */
export class MqttConnection implements MqttTransport {
  #options: MqttConnectionOptions;
  #events: MqttTransportEvents;
  #stream: Duplex;
  #client: MqttClient | undefined;
  /** Bytes of a message that is being written in parts: on a board they would be in the socket by now. */
  #partial = 0;
  /** What lets MQTT.js acknowledge a message, by its packet id. */
  #unacknowledged = new Map<number, () => void>();
  #linked = false;
  /** A mark stands in the stream behind what waits. */
  #waiting = false;
  #closed = false;

  constructor(options: MqttConnectionOptions, events: MqttTransportEvents) {
    this.#options = options;
    this.#events = events;
    this.#stream = options.open();
    this.#stream.once("error", () => this.#gone());
    this.#stream.once("close", () => this.#gone());
    // The client says CONNECT once there is a connection, in the SDK and here.
    setImmediate(() => this.#closed || events.onOpen(SEND_BUFFER_BYTES));
  }

  write(bytes: number, packet?: MqttPacket): number {
    if (packet) {
      this.#partial = 0;
      this.#send(packet);
    } else {
      this.#partial += bytes;
    }
    setImmediate(() => {
      if (this.#closed) return;
      if (!packet) this.#partial = 0;
      this.#announceRoom();
    });
    return this.#writable() - (packet ? 0 : bytes);
  }

  /** Now, and again when what waits for a pulled cable has left. */
  #announceRoom(): void {
    if (this.#closed) return;
    this.#events.onWritable(this.#writable());
    if (this.#stream.writableLength === 0 || this.#waiting) return;
    this.#waiting = true;
    this.#stream.write(NOTHING, () => {
      this.#waiting = false;
      this.#announceRoom();
    });
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#setLinked(false);
    this.#options.onClosed();
    this.#client?.end(true);
    this.#stream.destroy();
  }

  #writable(): number {
    return Math.max(0, SEND_BUFFER_BYTES - this.#stream.writableLength - this.#partial);
  }

  #gone(): void {
    if (this.#closed) return;
    this.close();
    this.#events.onError();
  }

  #setLinked(linked: boolean): void {
    if (this.#linked === linked) return;
    this.#linked = linked;
    this.#options.onLink?.(linked);
  }

  #send(packet: MqttPacket): void {
    const client = this.#client;
    switch (packet.operation) {
      case Operation.connect:
        this.#connect(packet);
        break;
      case Operation.publish: {
        const { topic, payload, QoS, retain, id } = packet;
        this.#carry({ direction: "up", topic, payload }, () =>
          client?.publish(topic, Buffer.from(payload), { qos: QoS === 0 ? 0 : 1, retain }, (error) => {
            if (!error && QoS > 0) this.#arrived({ operation: Operation.puback, id });
          }),
        );
        break;
      }
      case Operation.subscribe: {
        const wanted = Object.fromEntries(packet.items.map(({ topic, QoS }) => [topic, { qos: QoS === 0 ? 0 : 1 } as const]));
        client?.subscribe(wanted, (error, granted) => {
          const payload = packet.items.map(({ topic }) => granted?.find((grant) => grant.topic === topic)?.qos ?? (error ? 0x80 : 0));
          this.#arrived({ operation: Operation.suback, id: packet.id, payload });
        });
        break;
      }
      case Operation.unsubscribe:
        client?.unsubscribe(packet.topics, () => this.#arrived({ operation: Operation.unsuback, id: packet.id }));
        break;
      case Operation.puback: {
        const acknowledge = this.#unacknowledged.get(packet.id);
        this.#unacknowledged.delete(packet.id);
        acknowledge?.();
        break;
      }
      case Operation.disconnect:
        client?.end();
        break;
    }
  }

  #carry(message: MqttTraffic, pass: () => void): void {
    const { onTraffic, carry } = this.#options;
    onTraffic?.(message);
    if (carry === undefined) pass();
    else carry(message, pass);
  }

  #arrived(packet: MqttPacket, fragments?: number[]): void {
    if (!this.#closed) this.#events.onPacket(packet, fragments);
  }

  #connect(packet: Extract<MqttPacket, { operation: typeof Operation.connect }>): void {
    const { will } = packet;
    const options: IClientOptions = {
      protocolVersion: 4,
      clientId: packet.clientId,
      clean: packet.clean,
      keepalive: packet.keepAlive,
      reconnectPeriod: 0,
      connectTimeout: CONNECT_MS,
      resubscribe: false,
      queueQoSZero: false,
      ...(packet.user !== undefined && { username: packet.user }),
      ...(packet.password !== undefined && { password: packet.password }),
      ...(will && {
        will: { topic: will.topic, payload: Buffer.from(will.payload), qos: will.QoS === 0 ? 0 : 1, retain: will.retain },
      }),
    };
    const client = new MqttClient(() => this.#stream, options);
    this.#client = client;
    client.on("error", () => this.#gone());
    client.on("close", () => this.#gone());
    client.on("connect", () => {
      this.#setLinked(true);
      this.#arrived({ operation: Operation.connack, returnCode: 0 });
    });
    client.handleMessage = (message: Packet, done): void => {
      if (message.cmd !== "publish" || this.#closed) return done();
      const payload = Uint8Array.from(Buffer.from(message.payload));
      const { topic, qos: QoS, retain, dup: duplicate, messageId: id = 0 } = message;
      const fragments: number[] = [];
      for (let left = payload.length; left > 0; left -= SEGMENT_BYTES) fragments.push(Math.min(left, SEGMENT_BYTES));
      // MQTT.js takes the next message only when this one is done with, as TCP's window would have it.
      if (QoS > 0) this.#unacknowledged.set(id, done);
      else done();
      this.#carry({ direction: "down", topic, payload }, () => this.#arrived({ operation: Operation.publish, topic, payload, QoS, retain, duplicate, id }, fragments));
    };
  }
}
