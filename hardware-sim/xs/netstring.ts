/** Longest message taken from a worker, bytes; what is longer is a broken stream. */
export const NETSTRING_MAX_BYTES = 64 * 1024 * 1024;
/** The worker reads at most nine digits of length. */
const LENGTH_DIGITS = 9;

/** `<length in decimal>:<bytes>,` (D. J. Bernstein, "Netstrings"). */
export function encodeNetstring(...parts: Uint8Array[]): Buffer {
  const length = parts.reduce((sum, part) => sum + part.length, 0);
  return Buffer.concat([Buffer.from(`${length}:`, "latin1"), ...parts, Buffer.from(",", "latin1")]);
}

/** Cuts a stream of bytes into netstrings. */
export class NetstringReader {
  /** What has arrived of the next message, its length prefix included. */
  private parts: Buffer[] = [];
  private buffered = 0;
  /** Where the message that is being read starts and ends, once its prefix is here. */
  private frame: { start: number; end: number } | undefined;

  constructor(private readonly onMessage: (message: Buffer) => void) {}

  /**
   * Takes what the stream gave and reports each message that it completes.
   * @throws {Error} no netstring.
   */
  push(data: Buffer): void {
    this.parts.push(data);
    this.buffered += data.length;
    for (;;) {
      this.frame ??= this.readPrefix();
      if (this.frame === undefined || this.buffered <= this.frame.end) return;
      const { start, end } = this.frame;
      const all = this.joined();
      if (all[end] !== 0x2c) throw new Error("netstring without its closing comma");
      this.parts = [all.subarray(end + 1)];
      this.buffered = all.length - end - 1;
      this.frame = undefined;
      this.onMessage(all.subarray(start, end));
    }
  }

  private joined(): Buffer {
    if (this.parts.length > 1) this.parts = [Buffer.concat(this.parts)];
    return this.parts[0] ?? Buffer.alloc(0);
  }

  private readPrefix(): { start: number; end: number } | undefined {
    if (this.buffered === 0) return undefined;
    const head = this.joined().toString("latin1", 0, LENGTH_DIGITS + 1);
    const colon = head.indexOf(":");
    const digits = colon < 0 ? head : head.slice(0, colon);
    const length = Number(digits);
    if (!/^\d{1,9}$/.test(digits) || length > NETSTRING_MAX_BYTES) throw new Error(`netstring with length "${digits}"`);
    return colon < 0 ? undefined : { start: colon + 1, end: colon + 1 + length };
  }
}
