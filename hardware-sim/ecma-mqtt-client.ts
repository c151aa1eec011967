import type { MqttClient, MqttClientConstructor, MqttOptions, MqttReadable, MqttWrite } from "../firmware/device";
import type { BoardSession } from "./board-session";
import { frameLength, type MqttPacket, Operation, utf8Length, type Will } from "./mqtt-packet";

/** Bytes that Moddable's client keeps back of what the socket can take, when it tells the application. */
const OVERHEAD = 8;

/** What carries packets to a broker: a simulated stream or a real connection. */
export interface MqttTransport {
  /**
   * Sends `bytes` more bytes; `packet` is what they complete, if they complete one.
   * @returns how many bytes may follow now.
   */
  write(bytes: number, packet?: MqttPacket): number;
  close(): void;
}

export interface MqttTransportEvents {
  /** There is a connection; `writable` bytes may be sent. */
  onOpen(writable: number): void;
  onWritable(writable: number): void;
  /** @param fragments how the payload of a PUBLISH arrives, lengths in order; all at once without it. */
  onPacket(packet: MqttPacket, fragments?: readonly number[]): void;
  /** The connection failed or is gone. */
  onError(): void;
}

/** @throws nothing: whatever fails is told later, through `onError`. */
export type OpenMqttTransport = (options: MqttOptions, events: MqttTransportEvents) => MqttTransport;

/**
 * The ECMA-419 MQTT client class with the habits of Moddable's: callbacks never come from within the
 * constructor; `write` throws before CONNACK and above what is writable; a publish may be written in parts,
 * nothing in between; QoS 1 is acknowledged by the client itself once the last part was offered; while a part
 * is unread nothing more arrives; an error closes the client; keep-alive is its own affair; a message without
 * payload stops its parser for good (seen in the source), so that only keep-alive ends the connection.
 */
export function mqttClientClass(session: BoardSession, open: OpenMqttTransport): MqttClientConstructor {
  return class EcmaMqttClient implements MqttClient {
    static readonly CONNACK = Operation.connack;
    static readonly PUBLISH = Operation.publish;
    static readonly PUBACK = Operation.puback;
    static readonly SUBSCRIBE = Operation.subscribe;
    static readonly SUBACK = Operation.suback;

    #options: MqttOptions | undefined;
    #transport: MqttTransport | undefined;
    #state: "connecting" | "login" | "connected" | "publishing" | "closed" = "connecting";
    #writable = 0;
    #id = 1;
    /** A publish that is being written in parts. */
    #partial: { options: MqttWrite; payload: Uint8Array; length: number; id: number } | undefined;
    #incoming: { packet: MqttPacket; fragments: number[]; at: number; started: boolean }[] = [];
    /** What of the current part is not read yet. */
    #unread: Uint8Array | undefined;
    #deaf = false;
    #receiving = false;
    #wake: object | number | undefined;
    #acknowledgements: number[] = [];

    constructor(options: MqttOptions) {
      session.need();
      if (!options.host) throw new Error("host required");
      this.#options = options;
      this.#transport = open(options, {
        onOpen: (writable) => session.run(() => this.#opened(writable)),
        onWritable: (writable) => session.run(() => this.#canWrite(writable)),
        onPacket: (packet, fragments) => session.run(() => this.#arrived(packet, fragments)),
        onError: () => session.run(() => this.#failed()),
      });
    }

    close(): void {
      if (this.#state === "closed") return;
      this.#state = "closed";
      if (this.#wake !== undefined) session.timer.clear(this.#wake);
      this.#transport?.close();
      this.#transport = undefined;
      this.#options = undefined;
      this.#incoming = [];
      this.#unread = undefined;
    }

    read(count?: number): ArrayBuffer | undefined {
      if (this.#state === "closed") throw new Error("client is closed");
      const unread = this.#unread;
      if (!unread) return undefined;
      const bytes = new Uint8Array(Math.min(count ?? unread.length, unread.length));
      bytes.set(unread.subarray(0, bytes.length));
      this.#unread = bytes.length < unread.length ? unread.subarray(bytes.length) : undefined;
      if (!this.#unread && !this.#receiving) this.#wakeUp();
      return bytes.buffer;
    }

    write(data: ArrayBuffer | Uint8Array | null, options?: MqttWrite): number {
      session.need();
      const bytes = data === null ? new Uint8Array(0) : data instanceof Uint8Array ? data : new Uint8Array(data);
      if (this.#state === "publishing" && !options) return this.#writeMore(bytes);
      if (this.#state !== "connected" || !options) throw new Error(`mqtt: write while ${this.#state}`);
      const id = options.id ?? ++this.#id & 0xffff;
      switch (options.operation ?? Operation.publish) {
        case Operation.publish:
          return this.#publish(bytes, options, id);
        case Operation.subscribe: {
          const items = (options.items ?? []).map(({ topic, QoS = 0 }) => ({ topic, QoS }));
          const payload = items.reduce((sum, { topic }) => sum + 3 + utf8Length(topic), 2);
          return this.#send(frameLength(payload), { operation: Operation.subscribe, id, items });
        }
        case Operation.unsubscribe: {
          const topics = (options.items ?? []).map(({ topic }) => topic);
          const payload = topics.reduce((sum, topic) => sum + 2 + utf8Length(topic), 2);
          return this.#send(frameLength(payload), { operation: Operation.unsubscribe, id, topics });
        }
        case Operation.puback:
          return this.#send(frameLength(2), { operation: Operation.puback, id });
        case Operation.pingreq:
          return this.#send(frameLength(0), { operation: Operation.pingreq });
        case Operation.disconnect:
          return this.#send(frameLength(0), { operation: Operation.disconnect });
        default:
          throw new Error(`mqtt: operation ${options.operation}`);
      }
    }

    #publish(bytes: Uint8Array, options: MqttWrite, id: number): number {
      const { topic, QoS = 0, retain = false, byteLength = bytes.length } = options;
      if (!topic) throw new Error("mqtt: publish without topic");
      if (bytes.length > byteLength) throw new Error("mqtt: more bytes than announced");
      const header = utf8Length(topic) + 2 + (QoS ? 2 : 0);
      const first = frameLength(header + byteLength) - byteLength + bytes.length;
      if (bytes.length === byteLength) {
        const payload = bytes.slice();
        const packet = { operation: Operation.publish, topic, payload, QoS, retain, duplicate: false, id };
        return this.#send(first, packet);
      }
      const payload = new Uint8Array(byteLength);
      payload.set(bytes);
      const left = this.#send(first);
      this.#partial = { options, payload, length: bytes.length, id };
      this.#state = "publishing";
      return left;
    }

    #writeMore(bytes: Uint8Array): number {
      const partial = this.#partial;
      if (!partial || partial.length + bytes.length > partial.payload.length) throw new Error("mqtt: too many bytes");
      if (bytes.length > this.#writable) throw new Error("mqtt: overflow");
      partial.payload.set(bytes, partial.length);
      partial.length += bytes.length;
      if (partial.length < partial.payload.length) return this.#send(bytes.length);
      this.#partial = undefined;
      this.#state = "connected";
      const { topic = "", QoS = 0, retain = false } = partial.options;
      const { payload, id } = partial;
      const packet = { operation: Operation.publish, topic, payload, QoS, retain, duplicate: false, id };
      return this.#send(bytes.length, packet);
    }

    #send(bytes: number, packet?: MqttPacket): number {
      if (bytes > this.#writable) throw new Error(`mqtt: overflow, ${bytes} bytes where ${this.#writable} are writable`);
      this.#writable = (this.#transport as MqttTransport).write(bytes, packet);
      return Math.max(0, this.#writable - OVERHEAD);
    }

    #opened(writable: number): void {
      const options = this.#options;
      if (!options || this.#state !== "connecting") return;
      const { id = "", user, password, clean = true, keepAlive = 0, will } = options;
      const lastWill: Will | undefined = will && {
        topic: will.topic,
        payload: new Uint8Array(will.message.slice(0)),
        QoS: will.QoS ?? 0,
        retain: will.retain ?? false,
      };
      let length = 12 + utf8Length(id);
      if (lastWill) length += 4 + utf8Length(lastWill.topic) + lastWill.payload.length;
      if (user !== undefined) length += 2 + utf8Length(user);
      if (password !== undefined) length += 2 + utf8Length(password);
      this.#state = "login";
      this.#writable = writable;
      this.#send(frameLength(length), {
        operation: Operation.connect,
        clientId: id,
        clean,
        keepAlive: Math.ceil(keepAlive / 1000),
        ...(user !== undefined && { user }),
        ...(password !== undefined && { password }),
        ...(lastWill && { will: lastWill }),
      });
    }

    #canWrite(writable: number): void {
      if (this.#state === "closed") return;
      this.#writable = writable;
      if (this.#state === "connected") this.#acknowledge();
      const connected = this.#state === "connected" || this.#state === "publishing";
      if (connected && this.#acknowledgements.length === 0) this.#tellWritable();
    }

    #tellWritable(): void {
      if (this.#writable > OVERHEAD) this.#options?.onWritable?.call(this, this.#writable - OVERHEAD);
    }

    #acknowledge(): void {
      while (this.#acknowledgements.length > 0 && this.#writable >= frameLength(2)) {
        this.#send(frameLength(2), { operation: Operation.puback, id: this.#acknowledgements.shift() as number });
      }
    }

    #arrived(packet: MqttPacket, fragments: readonly number[] | undefined): void {
      if (this.#state === "closed" || this.#deaf) return;
      const lengths = packet.operation === Operation.publish ? [...(fragments ?? [packet.payload.length])] : [];
      this.#incoming.push({ packet, fragments: lengths, at: 0, started: false });
      if (!this.#receiving && this.#wake === undefined) this.#receive();
    }

    #wakeUp(): void {
      this.#wake ??= session.timer.set(() => {
        this.#wake = undefined;
        this.#receive();
      }, 0);
    }

    #receive(): void {
      this.#receiving = true;
      try {
        while (!this.#unread && this.#incoming.length > 0) {
          const next = this.#incoming[0];
          if (next.packet.operation !== Operation.publish) {
            this.#incoming.shift();
            this.#control(next.packet);
            continue;
          }
          if (next.packet.payload.length === 0) {
            this.#deaf = true;
            this.#incoming = [];
            return;
          }
          if (!this.#offer(next.packet, next)) return;
        }
      } finally {
        this.#receiving = false;
      }
    }

    /** @returns whether the next packet may follow at once. */
    #offer(
      packet: Extract<MqttPacket, { operation: typeof Operation.publish }>,
      next: { fragments: number[]; at: number; started: boolean },
    ): boolean {
      const length = next.fragments.shift() as number;
      const options: MqttReadable = { more: next.fragments.length > 0 };
      if (!next.started) {
        options.topic = packet.topic;
        options.byteLength = packet.payload.length;
        options.QoS = packet.QoS;
        next.started = true;
      }
      this.#unread = packet.payload.subarray(next.at, next.at + length);
      next.at += length;
      if (!options.more) {
        this.#incoming.shift();
        if (packet.QoS > 0) {
          this.#acknowledgements.push(packet.id);
          session.timer.set(() => this.#canWrite(this.#writable), 0);
        }
      }
      this.#options?.onReadable?.call(this, length, options);
      if (this.#state === "closed") return false;
      // The next part comes in a segment of its own: other things happen in between.
      if (options.more && !this.#unread) this.#wakeUp();
      return !options.more;
    }

    #control(packet: MqttPacket): void {
      if (packet.operation === Operation.connack) {
        if (packet.returnCode !== 0) return this.#failed();
        this.#state = "connected";
      }
      this.#options?.onControl?.call(this, packet);
      if (packet.operation === Operation.connack) this.#tellWritable();
    }

    #failed(): void {
      if (this.#state === "closed") return;
      this.#options?.onError?.call(this);
      this.close();
    }
  };
}
