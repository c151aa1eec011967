import type { Socket } from "node:net";
import { CONNECT_FRAME_BYTES_MAX, DOOR_FRAME_BYTES_MAX, FRAME_BYTES_MAX } from "../limits";

/** What becomes of bytes that have come. */
export interface FrameVerdict {
  /** How many of them, from the first, may go on. */
  passed: number;
  /** The rest: nothing is left, it waits, or the connection is to be closed. */
  rest: "none" | "waits" | "refused";
}

/** Whether a packet may begin now, and what it is charged with. */
export interface PacketAllowance {
  mayBegin(): boolean;
  /** @param bytes of the packet that has begun, without its head. */
  announced(bytes: number): void;
}

/** What the other end may send. */
interface FrameBounds {
  /** Bytes of its first packet, without the head. */
  first: number;
  later: number;
  /** MQTT 3.1.1 §2.2: its first byte, so that a TLS ClientHello (0x16) is none. */
  firstByte: number;
}

const OF_A_DOOR: FrameBounds = { first: CONNECT_FRAME_BYTES_MAX, later: DOOR_FRAME_BYTES_MAX, firstByte: 0x10 };
const OF_A_BROKER: FrameBounds = { first: FRAME_BYTES_MAX, later: FRAME_BYTES_MAX, firstByte: 0x20 };

const UNBOUNDED: PacketAllowance = { mayBegin: () => true, announced: () => undefined };

/**
 * Reads nothing of MQTT but types and lengths of packets (MQTT 3.1.1 §2.2), in front of the broker's parser, which
 * would buffer up to 256 MB for whoever announces it, before any login, and takes whatever comes as fast as it comes.
 */
export class FrameLimit {
  readonly #allowance: PacketAllowance;
  readonly #bounds: FrameBounds;
  /** Bytes of the current packet that are still to come. */
  #left = 0;
  /** Place in the packet's head: 0 = its type, then bytes of its length. */
  #head = 0;
  #length = 0;
  #first = true;

  constructor(allowance: PacketAllowance = UNBOUNDED, bounds: FrameBounds = OF_A_DOOR) {
    this.#allowance = allowance;
    this.#bounds = bounds;
  }

  /** Where some must wait, the rest is to be given again later. */
  take(chunk: Uint8Array): FrameVerdict {
    let at = 0;
    while (at < chunk.length) {
      if (this.#left > 0) {
        const skipped = Math.min(this.#left, chunk.length - at);
        this.#left -= skipped;
        at += skipped;
        continue;
      }
      if (this.#head === 0) {
        if (this.#first && chunk[at] !== this.#bounds.firstByte) return { passed: at, rest: "refused" };
        if (!this.#allowance.mayBegin()) return { passed: at, rest: "waits" };
        this.#head = 1;
        this.#length = 0;
        at += 1;
        continue;
      }
      if (!this.#measure(chunk[at])) return { passed: at, rest: "refused" };
      at += 1;
    }
    return { passed: at, rest: "none" };
  }

  /** One byte of a length. */
  #measure(byte: number): boolean {
    if (this.#head > 4) return false;
    this.#length += (byte & 127) * 128 ** (this.#head - 1);
    this.#head += 1;
    if (this.#length > (this.#first ? this.#bounds.first : this.#bounds.later)) return false;
    if (byte < 128) {
      this.#allowance.announced(this.#length);
      this.#left = this.#length;
      this.#head = 0;
      this.#first = false;
    }
    return true;
  }
}

/** Closes a connection to a broker that sends what is too large, or no MQTT. The client reads by itself; this only looks on. */
export function limitFrames(socket: Socket, onRefused: () => void): void {
  const limit = new FrameLimit(UNBOUNDED, OF_A_BROKER);
  socket.on("data", (chunk: Buffer) => {
    if (socket.destroyed || limit.take(chunk).rest === "none") return;
    onRefused();
    socket.destroy();
  });
}
