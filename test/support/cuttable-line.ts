import { connect, createServer, type AddressInfo, type Server, type Socket } from "node:net";

/** A line of the network between two programs, that can be cut: connections go through it to another port. */
export class CuttableLine {
  readonly #server: Server;
  readonly #to: number;
  readonly #pairs = new Set<[Socket, Socket]>();
  #silent = false;

  private constructor(to: number) {
    this.#to = to;
    this.#server = createServer({ noDelay: true, pauseOnConnect: true, allowHalfOpen: true }, (near) => this.#join(near));
  }

  /** @param to port of 127.0.0.1 where it ends. */
  static async start(to: number): Promise<CuttableLine> {
    const line = new CuttableLine(to);
    await new Promise<void>((resolve) => line.#server.listen(0, "127.0.0.1", resolve));
    line.#server.unref();
    return line;
  }

  /** Where it begins. */
  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  /** Nothing passes, and nobody is told: as where a cable was pulled. What was on its way arrives after `heal`. */
  silence(): void {
    this.#silent = true;
    for (const pair of this.#pairs) for (const socket of pair) socket.pause();
  }

  /** Ends all connections: as where something on the way restarts. */
  reset(): void {
    for (const pair of this.#pairs) for (const socket of pair) socket.destroy();
  }

  heal(): void {
    this.#silent = false;
    for (const pair of this.#pairs) for (const socket of pair) socket.resume();
  }

  stop(): void {
    this.#server.close();
    this.reset();
  }

  #join(near: Socket): void {
    const far = connect({ port: this.#to, host: "127.0.0.1", noDelay: true, allowHalfOpen: true });
    const pair: [Socket, Socket] = [near, far];
    this.#pairs.add(pair);
    for (const [from, to] of [pair, [far, near] as const]) {
      from.on("data", (bytes) => {
        if (to.write(bytes)) return;
        from.pause();
        to.once("drain", () => this.#silent || from.resume());
      });
      from.on("end", () => to.end());
      from.on("error", () => undefined);
      from.on("close", () => {
        to.destroy();
        this.#pairs.delete(pair);
      });
      from.unref();
      if (this.#silent) from.pause();
      else from.resume();
    }
  }
}
