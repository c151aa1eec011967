import type { Socket } from "node:net";
import { CONNECT_FRAME_BYTES_MAX, FRAME_BYTES_MAX } from "../limits";

/**
 * Reads nothing of MQTT but the lengths of its packets (MQTT 3.1.1 §2.2): the broker's parser would buffer up to
 * 256 MB for whoever announces it, before any login.
 */
export class FrameLimit {
  /** Bytes of the current packet that are still to come. */
  #left = 0;
  /** Place in the packet's head: 0 = its type, then bytes of its length. */
  #head = 0;
  #length = 0;
  #first = true;

  /** @returns false as soon as a packet announces more than it may. */
  accepts(chunk: Uint8Array): boolean {
    for (let at = 0; at < chunk.length; ) {
      if (this.#left > 0) {
        const skipped = Math.min(this.#left, chunk.length - at);
        this.#left -= skipped;
        at += skipped;
        continue;
      }
      const byte = chunk[at++];
      if (this.#head === 0) {
        this.#head = 1;
        this.#length = 0;
        continue;
      }
      if (this.#head > 4) return false;
      this.#length += (byte & 127) * 128 ** (this.#head - 1);
      this.#head += 1;
      if (this.#length > (this.#first ? CONNECT_FRAME_BYTES_MAX : FRAME_BYTES_MAX)) return false;
      if (byte < 128) {
        this.#left = this.#length;
        this.#head = 0;
        this.#first = false;
      }
    }
    return true;
  }
}

/** Closes a socket that announces too large a packet. The broker reads by itself; this only looks on. */
export function limitFrames(socket: Socket, onRefused: () => void): void {
  const limit = new FrameLimit();
  socket.on("data", (chunk: Buffer) => {
    if (socket.destroyed || limit.accepts(chunk)) return;
    onRefused();
    socket.destroy();
  });
}
