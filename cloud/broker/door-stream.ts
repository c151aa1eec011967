import { Duplex } from "node:stream";
import type { TokenBucket } from "../network/token-bucket";
import { FrameLimit } from "./frame-limit";

/** What one connection may send. */
export interface StreamAllowance {
  packets: TokenBucket;
  bytes: TokenBucket;
}

/**
 * A door's connection as the broker sees it: whole sense in front of its parser. What is no MQTT, or announces too
 * large a packet, ends it before a byte is parsed. Who sends faster than a door has any reason to is read slower: the
 * rest stays in its own TCP buffers, and costs the others nothing.
 */
export class DoorStream extends Duplex {
  readonly #socket: Duplex;
  readonly #limit: FrameLimit;
  #allowance: StreamAllowance;
  readonly #onRefused: () => void;
  #held: Buffer | undefined;
  #timer: NodeJS.Timeout | undefined;
  #ended = false;
  /** The broker takes more. */
  #room = true;

  /** @param socket TCP, or TLS over it. @param onRefused it has been closed for what it sent. */
  constructor(socket: Duplex, allowance: StreamAllowance, onRefused: () => void) {
    super();
    this.#socket = socket;
    this.#allowance = allowance;
    this.#onRefused = onRefused;
    this.#limit = new FrameLimit({
      mayBegin: () => this.#allowance.bytes.left > 0 && this.#allowance.packets.take(),
      announced: (bytes) => this.#allowance.bytes.charge(bytes),
    });
    socket.on("data", (chunk: Buffer) => this.#arrived(chunk));
    socket.on("end", () => this.#end());
    socket.on("error", (error) => this.destroy(error));
    socket.on("close", () => this.destroy());
  }

  /** From now on it has another allowance: it has become known whose it is. */
  allow(allowance: StreamAllowance): void {
    this.#allowance = allowance;
  }

  /** Whether its bytes wait because it sends too many. */
  get isSlowed(): boolean {
    return this.#held !== undefined;
  }

  #arrived(chunk: Buffer): void {
    if (this.destroyed) return;
    const { passed, rest } = this.#limit.take(chunk);
    if (rest === "refused") {
      // What came before it is not heard either: whoever sends this is no door.
      this.#onRefused();
      this.destroy();
      return;
    }
    if (rest === "waits") this.#hold(chunk.subarray(passed));
    if (passed > 0) this.#room = this.push(passed === chunk.length ? chunk : chunk.subarray(0, passed));
    if (!this.#room || this.isSlowed) this.#socket.pause();
  }

  #hold(rest: Buffer): void {
    this.#held = rest;
    const { packets, bytes } = this.#allowance;
    this.#timer = setTimeout(() => {
      this.#held = undefined;
      this.#arrived(rest);
      if (this.isSlowed || this.destroyed) return;
      if (this.#ended) this.push(null);
      else if (this.#room) this.#socket.resume();
    }, Math.max(bytes.wait(1), packets.wait(PACKETS_AT_ONCE), 1));
  }

  #end(): void {
    this.#ended = true;
    if (!this.isSlowed) this.push(null);
  }

  override _read(): void {
    this.#room = true;
    if (!this.isSlowed) this.#socket.resume();
  }

  override _write(data: Buffer, _encoding: BufferEncoding, done: (error?: Error | null) => void): void {
    this.#socket.write(data, done);
  }

  /** A packet is written in several parts: one TCP segment, or TLS record, holds them. */
  override _writev(parts: { chunk: Buffer }[], done: (error?: Error | null) => void): void {
    this.#socket.write(Buffer.concat(parts.map(({ chunk }) => chunk)), done);
  }

  override _final(done: (error?: Error | null) => void): void {
    this.#socket.end();
    done();
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    clearTimeout(this.#timer);
    this.#held = undefined;
    this.#socket.destroy();
    done(error);
  }
}

const PACKETS_AT_ONCE = 4; // a timer for each packet of each door that floods would be a load of its own
