import type { Readable } from "node:stream";

/** What is alive in an engine after collecting garbage. */
export interface XsHeap {
  /** Slots of objects, properties and values. 16 bytes each on an ESP32 (32 on a PC). */
  slots: number;
  /**
   * Bytes of chunks: buffers, strings, BigInts, arrays, byte code; as they are on a PC, where an array's items
   * take 32 bytes and a chunk's header 16, so an upper bound of what an ESP32 needs (16 and 8).
   */
  chunkBytes: number;
}

/** Every part of a snapshot: length and name (xsSnapshot.c, fxWriteSnapshot). */
const ATOM_HEADER = 8;
const LAST_ATOM = "SYMB";
/** Content of the version atom: major, minor, patch, size of a slot. */
const VERSION_SLOT_SIZE = ATOM_HEADER + 3;

/**
 * Measures an engine's heap from the snapshots it writes: they hold what survived a collection, chunks and slots
 * in an atom each, and nothing else in xsnap tells the size of the chunks.
 */
export class SnapshotMeasure {
  private parts: Buffer[] = [];
  private buffered = 0;
  /** Bytes without which looking again is of no use. */
  private needed = 0;
  private waiting: { resolve(heap: XsHeap): void; reject(error: Error): void } | undefined;

  constructor(stream: Readable) {
    stream.on("data", (data: Buffer) => this.push(data));
  }

  /** The measure of the next snapshot that arrives. */
  next(): Promise<XsHeap> {
    const heap = new Promise<XsHeap>((resolve, reject) => {
      this.waiting = { resolve, reject };
    });
    // Whoever asked also waits for the engine's answer and hears of its death there.
    heap.catch(() => {});
    return heap;
  }

  fail(error: Error): void {
    this.waiting?.reject(error);
    this.waiting = undefined;
  }

  private push(data: Buffer): void {
    this.parts.push(data);
    this.buffered += data.length;
    if (this.buffered < this.needed) return;
    const bytes = Buffer.concat(this.parts);
    this.parts = [bytes];
    const end = this.walk(bytes);
    if (end === undefined) return;
    this.parts = [bytes.subarray(end)];
    this.buffered = bytes.length - end;
    this.needed = 0;
    this.waiting?.resolve(measure(bytes.subarray(0, end)));
    this.waiting = undefined;
  }

  /**
   * Where the snapshot ends, or undefined while atoms are missing. The length in its first bytes cannot be used:
   * the writer forgets eight bytes of its creation atom in it.
   */
  private walk(bytes: Buffer): number | undefined {
    for (let offset = ATOM_HEADER; ; ) {
      this.needed = offset + ATOM_HEADER;
      if (bytes.length < this.needed) return undefined;
      const end = offset + bytes.readUInt32BE(offset);
      this.needed = end;
      if (bytes.length < end) return undefined;
      if (bytes.toString("latin1", offset + 4, offset + ATOM_HEADER) === LAST_ATOM) return end;
      offset = end;
    }
  }
}

function measure(snapshot: Buffer): XsHeap {
  const heap = { slots: 0, chunkBytes: 0 };
  let slotSize = 0;
  for (let offset = ATOM_HEADER; offset < snapshot.length; ) {
    const length = snapshot.readUInt32BE(offset);
    const name = snapshot.toString("latin1", offset + 4, offset + ATOM_HEADER);
    if (name === "VERS") slotSize = snapshot.readUInt8(offset + VERSION_SLOT_SIZE);
    if (name === "BLOC") heap.chunkBytes = length - ATOM_HEADER;
    if (name === "HEAP") heap.slots = (length - ATOM_HEADER) / slotSize;
    offset += length;
  }
  return heap;
}
