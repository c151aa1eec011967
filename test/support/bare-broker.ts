import { createHash } from "node:crypto";
import type { ExecutionContext } from "ava";
import { connect, type IClientOptions, type MqttClient } from "mqtt";
import pino from "pino";
import { EmbeddedBroker, type EmbeddedBrokerOptions } from "../../cloud/broker/embedded-broker";
import type { MqttAddress } from "../../cloud/broker/mqtt-listener";
import { downFilter } from "../../protocol/topics";

/** The embedded broker without a cloud behind it: every door whose id is hexadecimal is claimed, its password is `passwordOf`. */
export class BareBroker {
  broker!: EmbeddedBroker;
  log = "";
  readonly received: { door: string; what: string; payload: Uint8Array }[] = [];
  readonly disconnected: string[] = [];
  /** Look-ups of logins that were asked for. */
  logins = 0;
  /** Before each look-up is answered. */
  onLogin: () => Promise<void> = () => Promise.resolve();
  claimed: (door: string) => boolean = () => true;
  /** Awaited messages. */
  #waiting: { holds: () => boolean; resolve: () => void }[] = [];

  static async start(t: ExecutionContext, options: { address?: Partial<MqttAddress>; limits?: EmbeddedBrokerOptions["limits"] } = {}): Promise<BareBroker> {
    const bare = new BareBroker();
    const addresses = [{ host: "127.0.0.1", port: 0, ...options.address }] as const;
    bare.broker = await EmbeddedBroker.start(
      { addresses, ...(options.limits && { limits: options.limits }) },
      {
        login: async (door, password) => {
          bare.logins += 1;
          await bare.onLogin();
          return Buffer.from(password).equals(passwordOf(door));
        },
        claimed: (door) => Promise.resolve(bare.claimed(door)),
        received: (door, what, payload) => {
          bare.received.push({ door, what, payload });
          bare.#look();
        },
        disconnected: (door) => {
          bare.disconnected.push(door);
          bare.#look();
        },
      },
      pino({ level: "trace" }, { write: (line) => void (bare.log += line) }),
    );
    t.teardown(() => bare.broker.stop());
    return bare;
  }

  get port(): number {
    return this.broker.port;
  }

  /** Resolves once it holds; looked at whenever something arrives, and now and then. */
  async until(holds: () => boolean): Promise<void> {
    if (holds()) return;
    const timer = setInterval(() => this.#look(), 20);
    await new Promise<void>((resolve) => this.#waiting.push({ holds, resolve }));
    clearInterval(timer);
  }

  /** A door that is logged in and listens. @throws where it is refused. */
  async door(id: string, options: IClientOptions = {}): Promise<MqttClient> {
    const client = connect({ host: "127.0.0.1", port: this.port, clientId: id, username: id, password: passwordOf(id), protocolVersion: 4, reconnectPeriod: 0, keepalive: 60, ...options } as IClientOptions);
    await new Promise<void>((resolve, reject) => {
      client.on("connect", () => resolve());
      client.on("error", reject);
      client.on("close", () => reject(new Error("closed")));
    });
    await client.subscribeAsync(downFilter(id));
    return client;
  }

  #look(): void {
    this.#waiting = this.#waiting.filter(({ holds, resolve }) => {
      if (!holds()) return true;
      resolve();
      return false;
    });
  }
}

export function passwordOf(door: string): Buffer {
  return createHash("sha256").update(door).digest().subarray(0, 24);
}

/** Sixteen hexadecimal digits. */
export function doorId(index: number): string {
  return index.toString(16).padStart(16, "0");
}
