import { toHex } from "../../protocol/bytes";
import { encodeDoorState, OFFLINE } from "../../protocol/door-state";
import { MESSAGE_BYTES_MAX } from "../../protocol/limits";
import { downFilter, parseTopic, upTopic, type UpTopic } from "../../protocol/topics";
import type { Device, MqttClient, MqttReadable, TimerHandle } from "../device";
import type { Login } from "../../protocol/enrolment";
import { KEEP_ALIVE_MS, OUTBOX_MESSAGES_MAX, RECONNECT_MAX_MS, RECONNECT_MIN_MS } from "../limits";

/** What the link tells the controller. None of these may throw. */
export interface CloudLinkEvents {
  /** Connected and subscribed. */
  onOnline(): void;
  onOffline(): void;
  /** @param what the topic after `down/`. */
  onMessage(what: string, payload: Uint8Array): void;
  /** Whether a message of so many bytes can be kept now; asked before any of it is. */
  hasRoom(byteLength: number): boolean;
  /** A message that was longer than MESSAGE_BYTES_MAX or on a foreign topic, or for which there was no room; it was not kept. */
  onDropped(code: "too-large" | "no-room"): void;
}

interface Outgoing {
  topic: string;
  payload: Uint8Array;
  retain: boolean;
  sent: number;
}

/**
 * The door's MQTT connection over an ECMA-419 client: reconnects with a growing pause, puts messages together
 * from their parts, and writes no more than the client says it can take. Everything that is said here can be
 * lost without harm; whoever needs an answer asks again.
 */
export class CloudLink {
  readonly #device: Device;
  readonly #door: string;
  readonly #events: CloudLinkEvents;
  readonly #target: { host: string; port: number; password: string };
  #client: MqttClient | undefined;
  #online = false;
  #writable = 0;
  #outbox: Outgoing[] = [];
  #incoming: { what: string | undefined; bytes: Uint8Array; received: number } | undefined;
  #pause = RECONNECT_MIN_MS;
  #timer: TimerHandle | undefined;

  /** @param fallbackHost where the claim went to; a login without a host of its own means this. */
  constructor(device: Device, door: Uint8Array, login: Login, fallbackHost: string, events: CloudLinkEvents) {
    this.#device = device;
    this.#door = toHex(door);
    this.#events = events;
    this.#target = {
      host: login.brokerHost.length === 0 ? fallbackHost : String.fromCharCode(...login.brokerHost),
      port: login.brokerPort,
      password: String.fromCharCode(...login.password),
    };
  }

  get online(): boolean {
    return this.#online;
  }

  connect(): void {
    const { io: Client, ...provided } = this.#device.network.mqtt;
    this.#timer = undefined;
    const client: MqttClient = new Client({
      ...provided,
      ...this.#target,
      id: this.#door,
      user: this.#door,
      clean: true,
      keepAlive: KEEP_ALIVE_MS,
      will: { topic: upTopic(this.#door, "state"), message: toArrayBuffer(encodeDoorState(OFFLINE)), QoS: 1, retain: true },
      onControl: ({ operation }) => {
        if (operation === Client.CONNACK) client.write(null, { operation: Client.SUBSCRIBE, items: [{ topic: downFilter(this.#door), QoS: 1 }] });
        else if (operation === Client.SUBACK) this.#goOnline();
      },
      onReadable: (count, options) => this.#receive(count, options),
      onWritable: (count) => {
        this.#writable = count;
        this.#flush();
      },
      onError: () => this.#goOffline(),
    });
    this.#client = client;
  }

  /** Sends soon; dropped while offline, or where too much waits already. Of states and receipts only the newest waits. */
  publish(what: UpTopic, payload: Uint8Array, retain = false): void {
    if (!this.#online) return;
    const topic = upTopic(this.#door, what);
    if (what === "state" || what === "receipt") this.#outbox = this.#outbox.filter((waiting) => waiting.sent > 0 || waiting.topic !== topic);
    if (this.#outbox.length >= OUTBOX_MESSAGES_MAX) return;
    this.#outbox.push({ topic, payload, retain, sent: 0 });
    this.#flush();
  }

  #goOnline(): void {
    this.#online = true;
    this.#pause = RECONNECT_MIN_MS;
    this.#events.onOnline();
  }

  #goOffline(): void {
    const wasOnline = this.#online;
    this.#online = false;
    this.#client = undefined;
    this.#writable = 0;
    this.#outbox = [];
    this.#incoming = undefined;
    if (wasOnline) this.#events.onOffline();
    // A random part, so that a building's doors do not come back in one breath.
    const spread = (this.#device.randomBytes(1)[0] * this.#pause) >> 9;
    this.#timer ??= this.#device.timer.set(() => this.connect(), this.#pause + spread);
    this.#pause = Math.min(2 * this.#pause, RECONNECT_MAX_MS);
  }

  #flush(): void {
    while (this.#client !== undefined && this.#outbox.length > 0) {
      const next = this.#outbox[0];
      // The first part carries the topic and a few bytes of header.
      const overhead = next.sent === 0 ? next.topic.length + HEADER_BYTES : 0;
      const room = this.#writable - overhead;
      if (room <= 0) return;
      const part = next.payload.slice(next.sent, next.sent + room);
      this.#writable =
        next.sent === 0
          ? this.#client.write(part, { topic: next.topic, byteLength: next.payload.length, retain: next.retain, QoS: 0 })
          : this.#client.write(part);
      next.sent += part.length;
      if (next.sent === next.payload.length) this.#outbox.shift();
    }
  }

  #receive(count: number, { topic, byteLength, more }: MqttReadable): void {
    const part = this.#client?.read(count);
    if (part === undefined) return;
    if (topic !== undefined) {
      const parsed = parseTopic(topic);
      const length = byteLength ?? count;
      const mine = parsed !== undefined && parsed.door === this.#door && parsed.direction === "down" && length <= MESSAGE_BYTES_MAX;
      const kept = mine && this.#events.hasRoom(length);
      this.#incoming = { what: kept ? parsed.what : undefined, bytes: new Uint8Array(kept ? length : 0), received: 0 };
      if (!kept) this.#events.onDropped(mine ? "no-room" : "too-large");
    }
    const incoming = this.#incoming;
    if (incoming === undefined) return;
    if (incoming.what !== undefined && incoming.received + part.byteLength <= incoming.bytes.length) incoming.bytes.set(new Uint8Array(part), incoming.received);
    incoming.received += part.byteLength;
    if (more) return;
    this.#incoming = undefined;
    if (incoming.what !== undefined && incoming.received === incoming.bytes.length) this.#events.onMessage(incoming.what, incoming.bytes);
  }
}

/** Of a PUBLISH: type, up to three bytes of length, two of the topic's length. */
const HEADER_BYTES = 6;

function toArrayBuffer(bytes: Uint8Array): ArrayBuffer {
  return bytes.slice().buffer;
}
