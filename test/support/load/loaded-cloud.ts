import { spawn, type ChildProcess } from "node:child_process";
import { randomBytes } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { Agent, request } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { Json } from "../cloud-rig";

export interface LoadedCloudOptions {
  /** Default: a SQLite file of its own. */
  databaseUrl?: string;
  /** Default: its own broker. */
  brokerUrl?: string;
  /** One that is up already, and has the keys. */
  beside?: LoadedCloud;
}

/** What a process has used since it started. */
export interface Usage {
  cpuMs: number;
  megabytes: number;
}

/**
 * A cloud as it is deployed: a process of its own, run from sources that ts-node has turned into JavaScript, with everything
 * durable. `BENCH_PROFILE=<folder>` has it write a CPU profile there when it stops.
 */
export class LoadedCloud {
  readonly token: string;
  readonly #folder: string;
  readonly #owner: boolean;
  readonly #child: ChildProcess;
  readonly #agent = new Agent({ keepAlive: true, maxSockets: 16 });
  url = "";
  mqttPort = 0;

  private constructor({ databaseUrl, brokerUrl, beside }: LoadedCloudOptions) {
    this.#owner = beside === undefined;
    this.#folder = beside === undefined ? mkdtempSync(join(tmpdir(), "latchkey-load-")) : beside.#folder;
    this.token = beside?.token ?? randomBytes(16).toString("hex");
    const profile = process.env.BENCH_PROFILE;
    const environment = {
      // Whoever measures does not measure their own settings.
      ...Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith("LATCHKEY_"))),
      ...{ LATCHKEY_DATA: this.#folder, LATCHKEY_HTTP_PORT: "0", LATCHKEY_MQTT_PORT: "0", LATCHKEY_LOG: process.env.BENCH_LOG ?? "error", LATCHKEY_ADMIN_TOKEN: this.token },
      ...(databaseUrl !== undefined && { LATCHKEY_DATABASE_URL: databaseUrl }),
      ...(brokerUrl !== undefined && { MQTT_URL: brokerUrl, LATCHKEY_MQTT_LOGINS: "none" }),
    };
    this.#child = spawn(process.execPath, [...(profile === undefined ? [] : ["--cpu-prof", `--cpu-prof-dir=${profile}`]), "-r", "ts-node/register", "cloud/main.ts"], { env: environment, stdio: ["ignore", "pipe", "inherit"] });
    process.once("exit", () => this.#child.kill("SIGKILL"));
  }

  static async start(options: LoadedCloudOptions = {}): Promise<LoadedCloud> {
    const cloud = new LoadedCloud(options);
    for await (const line of createInterface(cloud.#child.stdout!)) {
      const match = /HTTP on (http:\/\/\S+?),.*MQTT\D+\S+?:([0-9]+)/.exec(line) ?? /HTTP on (http:\/\/\S+[0-9])/.exec(line);
      if (match === null) continue;
      [, cloud.url] = match;
      cloud.mqttPort = Number(match[2] ?? 0);
      return cloud;
    }
    throw new Error("the cloud did not start");
  }

  async stop(): Promise<void> {
    const ended = new Promise((resolve) => this.#child.once("exit", resolve));
    this.#child.kill("SIGTERM");
    await ended;
    this.#agent.destroy();
    if (this.#owner) rmSync(this.#folder, { recursive: true, force: true });
  }

  /** As the site. @throws Error where it is refused. */
  send(method: string, path: string, body?: unknown): Promise<Json> {
    const text = body === undefined ? "" : JSON.stringify(body);
    return new Promise((resolve, reject) => {
      const sent = request(`${this.url}/api${path}`, { method, agent: this.#agent, headers: { authorization: `Bearer ${this.token}`, "content-type": "application/json", "content-length": Buffer.byteLength(text) } }, (response) => {
        const parts: Buffer[] = [];
        response.on("data", (part: Buffer) => parts.push(part));
        response.on("error", reject);
        response.on("end", () => {
          const answer = Buffer.concat(parts).toString();
          if (response.statusCode! >= 300) reject(new Error(`${response.statusCode}: ${answer.slice(0, 300)}`));
          else resolve(answer.startsWith("{") ? JSON.parse(answer) : answer);
        });
      });
      sent.on("error", reject);
      sent.end(text);
    });
  }

  /** Linux tells. */
  get usage(): Usage {
    return usageOf(this.#child.pid!);
  }
}

const TICKS_A_SECOND = 100; // USER_HZ of every Linux that Node runs on

/** What a process has used since it started, as Linux tells it. */
export function usageOf(pid: number): Usage {
  const fields = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ")[1].split(" ");
  const kilobytes = Number(/VmRSS:\s+([0-9]+)/.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1] ?? 0);
  return { cpuMs: ((Number(fields[11]) + Number(fields[12])) * 1_000) / TICKS_A_SECOND, megabytes: kilobytes / 1_024 };
}
