import type { Device, MqttOptions } from "../firmware/device";
import type { BoardSession } from "./board-session";
import { type HttpExchange, type HttpExchangeEvents, httpClientClass } from "./ecma-http-client";
import { mqttClientClass, type MqttTransport, type MqttTransportEvents } from "./ecma-mqtt-client";
import { type MqttPacket, Operation } from "./mqtt-packet";
import type { BoardNetwork } from "./board-network";
import { VirtualBroker } from "./virtual-broker";
import { VirtualCable, type VirtualStream } from "./virtual-cable";
import type { VirtualClock } from "./virtual-clock";

/** lwIP's send buffer on ESP32 as Moddable configures it. */
const SEND_BUFFER_BYTES = 5_744;
/** What one TCP segment carries: how messages are cut into the parts that the client offers. */
const SEGMENT_BYTES = 1_436;
/** How long a name look-up without a network takes to fail. */
const UNREACHABLE_MS = 5_000;
/** Moddable's client gives up on a connection after this. */
const CONNECT_MS = 30_000;

export interface VirtualHttpResponse {
  status: number;
  headers?: Map<string, string>;
  body?: Uint8Array;
}

/** One world's network: a broker, an HTTP server that the test plays, and a cable to each board. */
export class VirtualNetwork {
  readonly broker: VirtualBroker;
  readonly clock: VirtualClock;
  /** The HTTP server; it may answer later. Without one, connections are refused. */
  respond: ((request: HttpExchange, reply: (response: VirtualHttpResponse) => void) => void) | undefined;
  /** Bytes of the first and of each further part in which a message of so many bytes arrives. */
  segment: (byteLength: number) => number = () => SEGMENT_BYTES;

  constructor(clock: VirtualClock) {
    this.clock = clock;
    this.broker = new VirtualBroker(clock);
  }

  /** A board's connection to this network; give it to the board, and keep it to pull it. */
  plug(latencyMs?: number): NetworkPlug {
    return new NetworkPlug(this, new VirtualCable(this.clock, latencyMs));
  }
}

/** One board's place in the network. */
export class NetworkPlug implements BoardNetwork {
  readonly cable: VirtualCable;
  #network: VirtualNetwork;

  constructor(network: VirtualNetwork, cable: VirtualCable) {
    this.#network = network;
    this.cable = cable;
  }

  get plugged(): boolean {
    return this.cable.plugged;
  }
  pull(): void {
    this.cable.setPlugged(false);
  }
  plug(): void {
    this.cable.setPlugged(true);
  }

  attach(session: BoardSession): Device["network"] {
    return {
      mqtt: { io: mqttClientClass(session, (options, events) => new Connection(this.#network, this.cable, session, options, events)) },
      http: { io: httpClientClass(session, (exchange, events) => this.#perform(session, exchange, events)) },
    };
  }

  #perform(session: BoardSession, exchange: HttpExchange, events: HttpExchangeEvents): { close(): void } {
    const { clock, respond } = this.#network;
    if (!this.cable.plugged || !respond) {
      const timer = clock.set(() => events.onError(), respond ? UNREACHABLE_MS : this.cable.latencyMs);
      return { close: () => clock.clear(timer) };
    }
    const stream = this.cable.openStream();
    const forget = session.onEnd(() => stream.destroy());
    const close = (): void => {
      forget();
      stream.destroy();
    };
    const timer = clock.set(() => {
      if (stream.closed) return;
      close();
      events.onError();
    }, CONNECT_MS);
    stream.send(() =>
      respond({ ...exchange, headers: new Map(exchange.headers), body: exchange.body.slice() }, ({ status, headers, body }) => {
        const payload = body ?? new Uint8Array(0);
        const head = new Map<string, string>(headers);
        if (!head.has("content-length")) head.set("content-length", String(payload.length));
        stream.send(() => {
          clock.clear(timer);
          events.onHead(status, head);
        });
        for (let at = 0; at < payload.length; at += SEGMENT_BYTES) {
          const part = payload.slice(at, at + SEGMENT_BYTES);
          stream.send(() => events.onData(part));
        }
        stream.send(() => {
          close();
          events.onEnd();
        });
      }),
    );
    return { close };
  }
}

/** A client's connection to the broker over the cable. */
class Connection implements MqttTransport {
  #clock: VirtualClock;
  #stream: VirtualStream;
  #forget: () => void;
  #events: MqttTransportEvents;
  #unsent = 0;
  #keepAliveMs: number;
  #giveUp: object | undefined;
  #receive: ((packet: MqttPacket) => void) | undefined;
  #leave: (() => void) | undefined;
  #brokerHears: ((heard: boolean) => void) | undefined;
  /** Nobody is there on the board's side any more. */
  #dead = false;

  constructor(network: VirtualNetwork, cable: VirtualCable, session: BoardSession, options: MqttOptions, events: MqttTransportEvents) {
    this.#clock = network.clock;
    this.#events = events;
    this.#keepAliveMs = Math.ceil((options.keepAlive ?? 0) / 1000) * 1000;
    const stream = cable.openStream();
    this.#stream = stream;
    this.#forget = session.onEnd(() => this.#powerLost());
    if (!cable.plugged) {
      this.#giveUpAfter(UNREACHABLE_MS);
      return;
    }
    this.#giveUpAfter(CONNECT_MS);
    stream.send(() => {
      if (!network.broker.running) return stream.send(() => this.#broken());
      const connection = network.broker.accept({
        send: (packet) => stream.send(() => this.#arrived(packet, network.segment)),
        close: () => stream.send(() => this.#broken()),
      });
      this.#receive = (packet) => connection.receive(packet);
      this.#leave = () => connection.lost();
      this.#brokerHears = (heard) => connection.silent(!heard);
      stream.onStalled = () => this.#flows(false);
      stream.onFlowing = () => this.#flows(true);
      stream.send(() => {
        this.#cancelGiveUp();
        events.onOpen(SEND_BUFFER_BYTES);
      });
    });
  }

  write(bytes: number, packet?: MqttPacket): number {
    this.#unsent += bytes;
    const stream = this.#stream;
    // After the latency it is there, and after another one the acknowledgement of TCP makes room again.
    stream.send(() => {
      if (packet) this.#receive?.(packet);
      stream.send(() => {
        this.#unsent -= bytes;
        this.#events.onWritable(SEND_BUFFER_BYTES - this.#unsent);
      });
    });
    return SEND_BUFFER_BYTES - this.#unsent;
  }

  close(): void {
    this.#cancelGiveUp();
    this.#forget();
    const stream = this.#stream;
    this.#abandon();
    // What was written before still goes out, and then the end of the stream.
    stream.send(() => {
      stream.destroy();
      this.#leave?.();
    });
  }

  #arrived(packet: MqttPacket, segment: (byteLength: number) => number): void {
    if (packet.operation !== Operation.publish) return this.#events.onPacket(packet);
    const fragments: number[] = [];
    let left = packet.payload.length;
    while (left > 0) {
      const length = Math.max(1, Math.min(left, segment(left)));
      fragments.push(length);
      left -= length;
    }
    // A parser that a message without payload stops hears no ping response either.
    if (packet.payload.length === 0 && this.#keepAliveMs > 0) this.#giveUpAfter(this.#keepAliveMs * 1.5);
    this.#events.onPacket(packet, fragments);
  }

  #broken(): void {
    this.#cancelGiveUp();
    this.#forget();
    this.#stream.destroy();
    this.#events.onError();
  }

  /** The board is dark: nobody answers, and the broker learns of it by keep-alive. */
  #powerLost(): void {
    this.#abandon();
    this.#brokerHears?.(false);
    this.#brokerHears = undefined;
  }

  #abandon(): void {
    this.#cancelGiveUp();
    this.#dead = true;
    this.#events = DEAF;
  }

  #flows(flowing: boolean): void {
    this.#brokerHears?.(flowing);
    if (this.#dead) return;
    this.#cancelGiveUp();
    if (!flowing && this.#keepAliveMs > 0) this.#giveUpAfter(this.#keepAliveMs * 1.5);
  }

  #giveUpAfter(milliseconds: number): void {
    this.#cancelGiveUp();
    this.#giveUp = this.#clock.set(() => this.#broken(), milliseconds);
  }

  #cancelGiveUp(): void {
    if (this.#giveUp) this.#clock.clear(this.#giveUp as Parameters<VirtualClock["clear"]>[0]);
    this.#giveUp = undefined;
  }
}

const DEAF: MqttTransportEvents = { onOpen() {}, onWritable() {}, onPacket() {}, onError() {} };
