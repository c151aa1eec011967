import { connect, type Socket } from "node:net";
import { Duplex } from "node:stream";
import { secureStream } from "./board-tls";

/** How long a look-up without a network takes to fail. */
const UNREACHABLE_MS = 5_000;
/** What a dark board's peer may take to notice; then the PC closes the connection for it. */
const ORPHAN_MS = 600_000;

/**
 * A door's network cable on the PC's real network. Pulled, it is silent as a real one is: what is sent waits,
 * nobody is told, and short gaps lose nothing. Likewise a board that loses power just stops answering.
 */
export class Cable {
  #plugged = true;
  #streams = new Set<CableStream>();
  #orphans = new Set<Socket>();

  get plugged(): boolean {
    return this.#plugged;
  }

  setPlugged(plugged: boolean): void {
    this.#plugged = plugged;
    if (!plugged) return;
    for (const stream of this.#streams) stream.flow();
    // To these nobody belongs any more: the first packet that gets through is answered with a reset.
    for (const socket of this.#orphans) socket.destroy();
  }

  /** A TCP connection, or TLS as a board with this CA has it. Fails through `error` after a while without a network. */
  open(host: string, port: number, tls: { ca: Uint8Array | undefined } | undefined): Duplex {
    const stream: CableStream = new CableStream(this, host, port, () => this.#streams.delete(stream));
    this.#streams.add(stream);
    return tls ? secureStream(stream, host, tls.ca) : stream;
  }

  /** Power is gone on the board's side: connections stay half open until the other side notices. */
  goDark(): void {
    for (const stream of [...this.#streams]) stream.abandon();
  }

  /** Keeps a socket open that no one reads. */
  adopt(socket: Socket): void {
    const timeout = setTimeout(() => socket.destroy(), ORPHAN_MS);
    timeout.unref();
    this.#orphans.add(socket);
    socket.removeAllListeners();
    socket.on("error", () => socket.destroy());
    socket.on("end", () => socket.destroy());
    socket.on("close", () => {
      clearTimeout(timeout);
      this.#orphans.delete(socket);
    });
    socket.resume();
  }

  /** Ends everything, the building closes. */
  close(): void {
    for (const stream of this.#streams) stream.destroy();
    for (const socket of this.#orphans) socket.destroy();
  }
}

class CableStream extends Duplex {
  #cable: Cable;
  #socket: Socket | undefined;
  #forget: () => void;
  #unreachable: NodeJS.Timeout | undefined;
  #heldWrite: (() => void) | undefined;
  #heldReads: (Buffer | null)[] = [];

  constructor(cable: Cable, host: string, port: number, forget: () => void) {
    super();
    this.#cable = cable;
    this.#forget = forget;
    if (!cable.plugged) {
      this.#unreachable = setTimeout(() => this.destroy(new Error("no network")), UNREACHABLE_MS);
      return;
    }
    const socket = connect({ host, port, noDelay: true });
    this.#socket = socket;
    socket.on("connect", () => this.emit("connect"));
    socket.on("data", (data) => this.#arrived(data));
    socket.on("end", () => this.#arrived(null));
    socket.on("error", (error) => this.destroy(error));
    socket.on("close", () => this.destroy());
  }

  /** The cable is back. */
  flow(): void {
    const reads = this.#heldReads;
    this.#heldReads = [];
    for (const data of reads) this.#arrived(data);
    this.#socket?.resume();
    const write = this.#heldWrite;
    this.#heldWrite = undefined;
    write?.();
  }

  abandon(): void {
    const socket = this.#socket;
    this.#socket = undefined;
    if (socket && !socket.destroyed) this.#cable.adopt(socket);
    this.destroy();
  }

  override _read(): void {
    if (this.#cable.plugged) this.#socket?.resume();
  }

  override _write(data: Buffer, _encoding: BufferEncoding, done: (error?: Error | null) => void): void {
    const write = (): void => {
      if (this.#socket) this.#socket.write(data, done);
      else done(new Error("no network"));
    };
    if (this.#cable.plugged) write();
    else this.#heldWrite = write;
  }

  override _final(done: (error?: Error | null) => void): void {
    if (this.#cable.plugged) this.#socket?.end();
    done();
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    clearTimeout(this.#unreachable);
    this.#forget();
    const socket = this.#socket;
    this.#socket = undefined;
    if (socket && !socket.destroyed) {
      if (this.#cable.plugged) socket.destroy();
      else this.#cable.adopt(socket);
    }
    done(error);
  }

  #arrived(data: Buffer | null): void {
    if (!this.#cable.plugged) {
      this.#heldReads.push(data);
      this.#socket?.pause();
      return;
    }
    if (!this.destroyed && !this.push(data)) this.#socket?.pause();
  }
}
