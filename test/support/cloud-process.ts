import { spawn, type ChildProcess } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { ExecutionContext } from "ava";
import type { CloudRig, Json } from "./cloud-rig";
import { newDatabaseUrl } from "./test-database";

/** A cloud in a process of its own, that can be killed. */
export class CloudProcess {
  readonly folder: string;
  readonly #environment: Record<string, string>;
  #databaseUrl: string | undefined;
  #child: ChildProcess | undefined;
  url = "";
  mqttPort = 0;

  /**
   * @param folder of its keys, and its database unless the environment says otherwise; whoever gives it removes it.
   * @param environment settings beside those of every test.
   */
  constructor(folder: string, environment: Record<string, string> = {}) {
    this.folder = folder;
    this.#environment = environment;
    this.#databaseUrl = environment["LATCHKEY_DATABASE_URL"];
  }

  /** One with nothing in it, that ends with the test. */
  static async begin(t: ExecutionContext): Promise<CloudProcess> {
    const cloud = new CloudProcess(mkdtempSync(join(tmpdir(), "latchkey-")));
    await cloud.start();
    t.teardown(async () => {
      await cloud.kill("SIGTERM");
      rmSync(cloud.folder, { recursive: true });
    });
    return cloud;
  }

  async start(): Promise<void> {
    this.#databaseUrl ??= await newDatabaseUrl();
    const environment = { ...process.env, LATCHKEY_DATA: this.folder, LATCHKEY_DATABASE_URL: this.#databaseUrl, LATCHKEY_HTTP_PORT: "0", LATCHKEY_MQTT_PORT: "0", LATCHKEY_LOG: "error", ...this.#environment };
    this.#child = spawn(process.execPath, ["-r", "tsx/cjs", "cloud/main.ts"], { env: environment, stdio: ["ignore", "pipe", "inherit"] });
    for await (const line of createInterface(this.#child.stdout!)) {
      const match = /HTTP on (http:\S+), MQTT on \S+:([0-9]+)\./.exec(line);
      if (match === null) continue;
      [, this.url] = match;
      this.mqttPort = Number(match[2]);
      return;
    }
    throw new Error("the cloud did not start");
  }

  /** Of the process that has ended; null where a signal ended it. */
  get exitCode(): number | null {
    return this.#child!.exitCode;
  }

  async kill(signal: "SIGKILL" | "SIGTERM"): Promise<void> {
    const child = this.#child!;
    if (child.exitCode !== null || child.signalCode !== null) return; // it has ended by itself
    const ended = new Promise((resolve) => child.once("exit", resolve));
    child.kill(signal);
    await ended;
  }

  /** @returns undefined where the connection broke: nobody knows then whether it was done. @throws Error where it was refused. */
  async send(method: string, path: string, body?: unknown): Promise<Json> {
    const answer = await this.ask(method, path, body);
    if (answer !== undefined && answer.status >= 300) throw new Error(JSON.stringify(answer.body));
    return answer?.body;
  }

  /** As `send`; a refusal is an answer too. */
  async ask(method: string, path: string, body?: unknown, more: Record<string, string> = {}): Promise<{ status: number; body: Json } | undefined> {
    const token = readFileSync(join(this.folder, "admin-token"), "utf8").trim();
    const headers = { authorization: `Bearer ${token}`, "content-type": "application/json", ...more };
    try {
      const response = await fetch(`${this.url}/api${path}`, { method, headers, body: body === undefined ? null : JSON.stringify(body) });
      return { status: response.status, body: await response.json() };
    } catch (error) {
      if (error instanceof TypeError) return undefined;
      throw error;
    }
  }

  /** What ProtocolDoor wants of a rig. */
  get rig(): CloudRig {
    const { url } = this;
    return { cloud: { url }, clock: { now: () => Math.floor(Date.now() / 1_000) }, get: (path: string) => this.send("GET", path), post: (path: string, body: unknown) => this.send("POST", path, body) } as unknown as CloudRig;
  }
}
