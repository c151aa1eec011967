import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { LightConnection } from "../../../hardware-sim/fleet/light-connection";
import { sideBySide } from "../../../hardware-sim/fleet/side-by-side";
import { downFilter, downTopic, upTopic } from "../../../protocol/topics";
import { usageOf, type Usage } from "./loaded-cloud";

/** A broker with clients and nothing behind it: what our figures are held against. */
export class BareBroker {
  readonly #port: number;
  readonly #usage: () => Usage;
  readonly #end: () => void;
  readonly #clients: Client[] = [];

  /** @param end ends the broker where it is this one's. */
  constructor(port: number, usage: () => Usage, end: () => void = () => undefined) {
    this.#port = port;
    this.#usage = usage;
    this.#end = end;
  }

  /** The embedded broker's package, in a process of its own. */
  static async aedes(): Promise<BareBroker> {
    const child = spawn(process.execPath, ["-r", "ts-node/register", "test/support/load/bare-aedes.ts"], { stdio: ["ignore", "pipe", "inherit"] });
    for await (const line of createInterface(child.stdout)) return new BareBroker(Number(line), () => usageOf(child.pid!), () => child.kill());
    throw new Error("aedes did not start");
  }

  get usage(): Usage {
    return this.#usage();
  }

  /** Connects clients as doors do, each subscribed to what is its own. */
  async connect(count: number): Promise<void> {
    const clients = Array.from({ length: count }, (_, index) => new Client(this.#port, index.toString(16).padStart(16, "0")));
    this.#clients.push(...clients);
    await sideBySide(clients, 64, (client) => client.open());
  }

  /** Milliseconds from a client's publishing to its own hearing of it, one after the other over all clients. @param bytes of each message. */
  async roundTrips(samples: number, bytes: number): Promise<number[]> {
    const times: number[] = [];
    for (let n = 0; n < samples; n++) {
      const begun = performance.now();
      await this.#clients[(n * 7) % this.#clients.length].echo(bytes);
      times.push(performance.now() - begun);
    }
    return times;
  }

  /** Each client is sent messages of these sizes by one that is connected besides, and answers each. @returns milliseconds until all answers are there. */
  async toAll(down: readonly number[], up: readonly number[]): Promise<number> {
    const begun = performance.now();
    await Promise.all(this.#clients.map((client) => client.exchange(down, up)));
    return performance.now() - begun;
  }

  async end(): Promise<void> {
    await Promise.all(this.#clients.map((client) => client.close()));
    this.#end();
  }
}

/** One that speaks to itself through the broker: what goes up and what comes down is carried as a door's would be. */
class Client {
  readonly #port: number;
  readonly #id: string;
  #connection!: LightConnection;
  #heard: () => void = () => undefined;

  constructor(port: number, id: string) {
    this.#port = port;
    this.#id = id;
  }

  open(): Promise<void> {
    return new Promise((resolve, reject) => {
      const login = { clientId: this.#id, password: new Uint8Array(1), will: { topic: upTopic(this.#id, "state"), payload: new Uint8Array(3) }, filter: downFilter(this.#id) };
      this.#connection = new LightConnection({ host: "127.0.0.1", port: this.#port, secure: false }, login, { onOnline: resolve, onMessage: () => this.#heard(), onClosed: (reason) => reject(new Error(reason)) });
    });
  }

  echo(bytes: number): Promise<void> {
    return new Promise((resolve) => {
      this.#heard = resolve;
      this.#connection.publish(downTopic(this.#id, "ack"), new Uint8Array(bytes));
    });
  }

  /** Messages down, and as many up to whoever listens; nobody does. */
  async exchange(down: readonly number[], up: readonly number[]): Promise<void> {
    for (const bytes of up) this.#connection.publish(upTopic(this.#id, "receipt"), new Uint8Array(bytes));
    for (const bytes of down) await this.echo(bytes);
  }

  close(): Promise<void> {
    return this.#connection.close();
  }
}
