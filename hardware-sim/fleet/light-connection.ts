import { connect as connectTcp, type Socket } from "node:net";
import { connect as connectTls } from "node:tls";
import { Operation } from "../mqtt-packet";

/** Where a broker is, and whether TLS is spoken there. */
export interface BrokerPlace {
  host: string;
  port: number;
  secure: boolean;
  /** PEM of the authority that signs the broker's certificate; the system's otherwise. */
  ca?: string;
}

export interface LightLogin {
  clientId: string;
  /** Also the user's name. */
  password: Uint8Array;
  will: { topic: string; payload: Uint8Array };
  filter: string;
}

export interface LightConnectionEvents {
  /** Logged in and subscribed. */
  onOnline(): void;
  onMessage(topic: string, payload: Uint8Array): void;
  /** Once, whatever ended it. @param reason in a few words. */
  onClosed(reason: string): void;
}

export const KEEP_ALIVE_SECONDS = 30;
const CONNECT_MS = 30_000;
const SUBSCRIPTION = 1; // packet id of the only subscription
const REFUSED = 0x80; // MQTT 3.1.1 §3.9.3
const PACKET_BYTES_MAX = 65_536;

/**
 * One client's MQTT 3.1.1 connection with what a door needs of it and nothing else: about 10 KB with its socket, and
 * a few microseconds a message, so that ten thousand of them measure the broker and not themselves.
 */
export class LightConnection {
  readonly #socket: Socket;
  readonly #login: LightLogin;
  readonly #events: LightConnectionEvents;
  #rest: Buffer | undefined;
  #timer: NodeJS.Timeout;
  #online = false;
  #heard = true;
  #closed = false;

  constructor(place: BrokerPlace, login: LightLogin, events: LightConnectionEvents) {
    const { host, port, secure, ca } = place;
    this.#login = login;
    this.#events = events;
    const socket = secure ? connectTls({ host, port, servername: host, ...(ca !== undefined && { ca }) }) : connectTcp({ host, port });
    this.#socket = socket;
    socket.setNoDelay(true);
    socket.once(secure ? "secureConnect" : "connect", () => socket.write(connectPacket(login)));
    socket.on("data", (bytes: Buffer) => this.#receive(bytes));
    socket.on("error", (error: NodeJS.ErrnoException) => this.#end(error.code ?? error.message));
    socket.on("close", () => this.#end("closed by the broker"));
    this.#timer = setTimeout(() => this.#end("no answer"), CONNECT_MS);
  }

  get online(): boolean {
    return this.#online;
  }

  /** QoS 0; dropped while it is not online. */
  publish(topic: string, payload: Uint8Array, retain = false): void {
    if (!this.#online) return;
    this.#socket.write(packet((Operation.publish << 4) | (retain ? 1 : 0), text(topic), payload));
  }

  /** Resolves when the socket is closed. @param politely says good-bye first, so that the will is not published. */
  close(politely = true): Promise<void> {
    if (this.#socket.closed) return Promise.resolve();
    const closed = new Promise<void>((resolve) => this.#socket.once("close", () => resolve()));
    if (politely && this.#online) this.#socket.end(packet(Operation.disconnect << 4), () => this.#socket.destroy());
    else this.#socket.destroy();
    this.#quiet();
    return closed;
  }

  #quiet(): void {
    this.#closed = true;
    this.#online = false;
    clearTimeout(this.#timer);
  }

  #end(reason: string): void {
    if (this.#closed) return;
    this.#quiet();
    this.#socket.destroy();
    this.#events.onClosed(reason);
  }

  #receive(bytes: Buffer): void {
    this.#heard = true;
    let buffer = this.#rest === undefined ? bytes : Buffer.concat([this.#rest, bytes]);
    this.#rest = undefined;
    while (buffer.length > 0 && !this.#closed) {
      const head = readHead(buffer);
      if (head === undefined || buffer.length < head.end) {
        if (buffer.length > PACKET_BYTES_MAX || (head !== undefined && head.end > PACKET_BYTES_MAX)) return this.#end("the broker sent too large a packet");
        this.#rest = buffer;
        return;
      }
      this.#packet(buffer[0], buffer.subarray(head.start, head.end));
      buffer = buffer.subarray(head.end);
    }
  }

  #packet(first: number, body: Buffer): void {
    switch (first >> 4) {
      case Operation.connack:
        if (body[1] !== 0) return this.#end(`login refused (${body[1]})`);
        this.#socket.write(packet((Operation.subscribe << 4) | 2, Buffer.of(0, SUBSCRIPTION), text(this.#login.filter), Buffer.of(1)));
        break;
      case Operation.suback:
        if (body[2] === REFUSED) return this.#end("subscription refused");
        this.#online = true;
        clearTimeout(this.#timer);
        this.#timer = setInterval(() => this.#ping(), KEEP_ALIVE_SECONDS * 1_000);
        this.#events.onOnline();
        break;
      case Operation.publish: {
        const topicEnd = 2 + body.readUInt16BE(0);
        const acknowledged = (first & 6) !== 0;
        if (acknowledged) this.#socket.write(packet(Operation.puback << 4, body.subarray(topicEnd, topicEnd + 2)));
        this.#events.onMessage(body.toString("utf8", 2, topicEnd), Uint8Array.prototype.slice.call(body, topicEnd + (acknowledged ? 2 : 0)));
        break;
      }
    }
  }

  /** A broker that has said nothing since the last one is gone, whatever TCP thinks. */
  #ping(): void {
    if (!this.#heard) return this.#end("the broker fell silent");
    this.#heard = false;
    this.#socket.write(packet(Operation.pingreq << 4));
  }
}

function connectPacket({ clientId, password, will }: LightLogin): Buffer {
  // 0xee: user, password, will retained at QoS 1, clean.
  const flags = 0x80 | 0x40 | 0x20 | 0x08 | 0x04 | 0x02;
  return packet(Operation.connect << 4, text("MQTT"), Buffer.of(4, flags, 0, KEEP_ALIVE_SECONDS), text(clientId), text(will.topic), counted(will.payload), text(clientId), counted(password));
}

function text(value: string): Buffer {
  return counted(Buffer.from(value));
}

function counted(bytes: Uint8Array): Buffer {
  return Buffer.concat([Buffer.of(bytes.length >> 8, bytes.length & 255), bytes]);
}

function packet(first: number, ...parts: Uint8Array[]): Buffer {
  let length = parts.reduce((sum, part) => sum + part.length, 0);
  const head = [first];
  do {
    head.push((length & 127) | (length > 127 ? 128 : 0));
    length >>= 7;
  } while (length > 0);
  return Buffer.concat([Buffer.from(head), ...parts]);
}

/** Where the packet's body starts and ends; undefined where its length has not all come. */
function readHead(buffer: Buffer): { start: number; end: number } | undefined {
  let length = 0;
  for (let at = 1; at <= 4; at++) {
    if (at >= buffer.length) return undefined;
    length |= (buffer[at] & 127) << (7 * (at - 1));
    if (buffer[at] < 128) return { start: at + 1, end: at + 1 + length };
  }
  return { start: 5, end: Infinity };
}
