import type { Device, MqttClient, MqttClientConstructor, MqttOptions, MqttWrite } from "../firmware/device";
import type { BoardSession } from "../hardware-sim/board-session";
import { httpClientClass } from "../hardware-sim/ecma-http-client";
import { Operation } from "../hardware-sim/mqtt-packet";
import type { BoardNetwork } from "../hardware-sim/board-network";
import type { VirtualClock } from "../hardware-sim/virtual-clock";
import type { VirtualRandom } from "../hardware-sim/virtual-random";
import { downTopic, type DownTopic } from "../protocol/topics";
import type { Tally } from "./tally";

/** Chances that a message meets with a mishap, each way, 0 to 1. */
export interface Noise {
  drop: number;
  duplicate: number;
  /** A second to a minute late; what follows overtakes it. */
  late: number;
}

export const QUIET: Noise = { drop: 0, duplicate: 0, late: 0 };

export interface NetworkParts {
  clock: VirtualClock;
  random: VirtualRandom;
  faults: Tally;
  /** 16 hexadecimal digits, once the door has one. */
  door(): string;
  /** A message of the door reaches the cloud. @param what the topic after `up/`. */
  onUp(what: string, payload: Uint8Array): void;
  /** Somebody between cloud and door sees a message. @returns false where it goes no further. */
  passes(what: string, payload: Uint8Array): boolean;
  /** The cloud's HTTPS. @returns the body; undefined = 404. */
  answerHttp(path: string, body: Uint8Array): Uint8Array | undefined;
}

const LATENCY_MS = 25;
const WRITABLE_BYTES = 5_744;
/** A connection that has gone silent is given up by keep-alive. */
const SILENT_MS = 45_000;
const MINUTE_MS = 60_000;

/**
 * A door's way to its cloud, whole messages at a time: cheap, because a simulated year of pings shows nothing. It
 * drops, doubles, delays and reorders, goes away with or without a word, and comes back.
 */
export class Network implements BoardNetwork {
  noise: Noise = QUIET;
  readonly #parts: NetworkParts;
  readonly #rxPrefix: number;
  #up = false;
  #client: NetworkClient | undefined;

  constructor(parts: NetworkParts) {
    this.#parts = parts;
    this.#rxPrefix = "latchkey/1/doors/0123456789abcdef/up/".length;
  }

  get up(): boolean {
    return this.#up;
  }

  /** Whether messages of the cloud reach the firmware now. */
  get connected(): boolean {
    return this.#up && this.#client !== undefined && this.#client.state === "online";
  }

  /** The network comes; who was waiting for it gets through, or fails once more and tries again. */
  appear(): void {
    if (this.#up) return;
    this.#up = true;
    const client = this.#client;
    if (client === undefined) return;
    if (client.state === "waiting") client.connect(this.#parts.random.chance(0.3));
    else client.fail();
  }

  /** The network goes. @param silently the door learns of it by keep-alive alone. */
  vanish(silently: boolean): void {
    if (!this.#up) return;
    this.#up = false;
    const client = this.#client;
    if (client === undefined || client.state === "waiting") return;
    if (silently) this.#parts.clock.set(() => client.fail(), SILENT_MS);
    else client.fail();
  }

  /** The broker starts anew: every connection breaks, and the next one finds it. */
  breakConnection(): void {
    this.#client?.fail();
  }

  /** The cloud sends. */
  send(what: DownTopic, payload: Uint8Array): void {
    const { faults } = this.#parts;
    if (!this.connected) return faults.add("lost offline");
    if (!this.#parts.passes(what, payload)) return;
    this.#carry(() => this.deliver(what, payload));
  }

  /** Reaches the door now, whoever sent it. */
  deliver(what: string, payload: Uint8Array): void {
    if (this.connected) this.#client!.receive(what, payload);
  }

  attach(session: BoardSession): Device["network"] {
    this.#client = undefined;
    const network = this;
    session.onEnd(() => {
      this.#client = undefined;
    });
    const io: MqttClientConstructor = class extends NetworkClient {
      constructor(options: MqttOptions) {
        super(session, network.#parts, options, (what, payload) => network.#heard(what, payload));
        network.#client = this;
        if (network.#up) this.connect(false);
      }
    };
    return { mqtt: { io }, http: { io: httpClientClass(session, (exchange, events) => this.#perform(exchange, events)) } };
  }

  #heard(topic: string, payload: Uint8Array): void {
    if (!this.#up) return this.#parts.faults.add("lost offline");
    const what = topic.slice(this.#rxPrefix);
    this.#carry(() => this.#parts.onUp(what, payload));
  }

  #carry(deliver: () => void): void {
    const { clock, random, faults } = this.#parts;
    const { drop, duplicate, late } = this.noise;
    const chance = drop + duplicate + late === 0 ? 1 : random.u32() / 0x1_0000_0000;
    if (chance < drop) return faults.add("drop");
    if (chance < drop + duplicate) {
      faults.add("duplicate");
      clock.set(deliver, LATENCY_MS);
      clock.set(deliver, LATENCY_MS + random.below(5_000));
    } else if (chance < drop + duplicate + late) {
      faults.add("late");
      clock.set(deliver, 1_000 + random.below(MINUTE_MS));
    } else clock.set(deliver, LATENCY_MS);
  }

  #perform(exchange: { path: string; body: Uint8Array }, events: { onHead(status: number, headers: Map<string, string>): void; onData(bytes: Uint8Array): void; onEnd(): void; onError(): void }): { close(): void } {
    const { clock, answerHttp } = this.#parts;
    const { path } = exchange;
    const body = exchange.body.slice();
    if (!this.#up) {
      const timer = clock.set(() => events.onError(), 5_000);
      return { close: () => clock.clear(timer) };
    }
    const timer = clock.set(() => {
      const answer = answerHttp(path, body);
      events.onHead(answer === undefined ? 404 : 200, new Map());
      if (answer !== undefined) events.onData(answer);
      events.onEnd();
    }, 2 * LATENCY_MS);
    return { close: () => clock.clear(timer) };
  }
}

/** The door's MQTT client (ECMA-419), as far as the firmware can tell. */
class NetworkClient implements MqttClient {
  static readonly CONNACK = Operation.connack;
  static readonly PUBLISH = Operation.publish;
  static readonly PUBACK = Operation.puback;
  static readonly SUBSCRIBE = Operation.subscribe;
  static readonly SUBACK = Operation.suback;
  state: "waiting" | "connecting" | "online" | "closed" = "waiting";
  readonly #session: BoardSession;
  readonly #parts: NetworkParts;
  readonly #options: MqttOptions;
  readonly #onPublish: (topic: string, payload: Uint8Array) => void;
  #unread: Uint8Array | undefined;

  constructor(session: BoardSession, parts: NetworkParts, options: MqttOptions, onPublish: (topic: string, payload: Uint8Array) => void) {
    session.need();
    this.#session = session;
    this.#parts = parts;
    this.#options = options;
    this.#onPublish = onPublish;
  }

  /** @param inVain it fails after a while instead. */
  connect(inVain: boolean): void {
    this.state = "connecting";
    const { clock } = this.#parts;
    clock.set(() => {
      if (this.state !== "connecting") return;
      if (inVain) return this.fail();
      this.#session.run(() => {
        this.#options.onControl?.({ operation: NetworkClient.CONNACK });
        this.#options.onWritable?.(WRITABLE_BYTES);
      });
    }, inVain ? 1_000 : 4 * LATENCY_MS);
  }

  fail(): void {
    if (this.state === "closed") return;
    this.state = "closed";
    this.#session.run(() => this.#options.onError?.());
  }

  receive(what: string, payload: Uint8Array): void {
    this.#unread = payload;
    this.#session.run(() => this.#options.onReadable?.(payload.length, { topic: downTopic(this.#parts.door(), what as DownTopic), byteLength: payload.length, QoS: 1, more: false }));
  }

  read(): ArrayBuffer | undefined {
    const unread = this.#unread;
    this.#unread = undefined;
    if (unread === undefined) return undefined;
    const copy = new Uint8Array(unread.length);
    copy.set(unread);
    return copy.buffer;
  }

  write(data: ArrayBuffer | Uint8Array | null, options?: MqttWrite): number {
    this.#session.need();
    if (this.state === "closed" || options === undefined) throw new Error("mqtt: not connected");
    if (options.operation === NetworkClient.SUBSCRIBE) {
      this.#parts.clock.set(() => {
        if (this.state !== "connecting") return;
        this.state = "online";
        this.#session.run(() => this.#options.onControl?.({ operation: NetworkClient.SUBACK }));
      }, 2 * LATENCY_MS);
    } else if (data !== null) {
      this.#onPublish(options.topic!, data instanceof Uint8Array ? data.slice() : new Uint8Array(data.slice(0)));
    }
    return WRITABLE_BYTES;
  }

  close(): void {
    this.state = "closed";
  }
}
