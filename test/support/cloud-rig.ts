import { cpSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import pino from "pino";
import { startCloud, type Cloud } from "../../cloud/cloud";
import type { Settings } from "../../cloud/settings";
import { ManualClock } from "./manual-clock";
import { copyDatabase, newDatabaseUrl } from "./test-database";

export const NOON = Date.UTC(2026, 5, 1, 12) / 1_000; // a Monday

/** An answer's JSON; the assertions are its check. */
export type Json = ReturnType<typeof JSON.parse>;

export interface ApiAnswer {
  status: number;
  type: string | null;
  headers: Headers;
  body: Json;
}

/** A cloud on free ports and a folder of its own, with a clock that the test moves. */
export class CloudRig {
  readonly clock: ManualClock;
  readonly settings: Settings;
  cloud!: Cloud;
  /** Everything that the cloud has logged, at the chattiest level. */
  log = "";

  private constructor(clock: ManualClock, folder: string) {
    this.clock = clock;
    this.settings = { dataFolder: folder, databaseUrl: undefined, tls: undefined, publicUrl: undefined, httpHost: "127.0.0.1", httpPort: 0, mqttHost: "127.0.0.1", mqttPort: 0, mqttPublicHost: undefined, adminToken: undefined, timeZone: "Europe/Paris", logLevel: "silent", messages: { mail: "outbox", sms: "outbox" } };
  }

  /** @param settings that are not to be as usual: a broker of its own, say. */
  static async start(now = NOON, settings: Partial<Settings> = {}): Promise<CloudRig> {
    const rig = new CloudRig(new ManualClock(now), join(mkdtempSync(join(tmpdir(), "latchkey-")), "data"));
    Object.assign(rig.settings, { databaseUrl: await newDatabaseUrl(), ...settings });
    await rig.restart();
    return rig;
  }

  /** Another one, with all that this one has stored, at the same time. This one has stopped. */
  static async copyOf(rig: CloudRig): Promise<CloudRig> {
    const copy = new CloudRig(new ManualClock(rig.clock.now()), join(mkdtempSync(join(tmpdir(), "latchkey-")), "data"));
    cpSync(rig.settings.dataFolder, copy.settings.dataFolder, { recursive: true });
    if (rig.settings.databaseUrl !== undefined) copy.settings.databaseUrl = await copyDatabase(rig.settings.databaseUrl);
    await copy.restart();
    return copy;
  }

  async restart(): Promise<void> {
    await (this.cloud as Cloud | undefined)?.stop();
    this.cloud = await startCloud(this.settings, { clock: this.clock, log: pino({ level: "trace" }, { write: (line) => void (this.log += line) }) });
    // Doors that were claimed know the port.
    this.settings.mqttPort = this.cloud.mqttPort;
  }

  async stop(): Promise<void> {
    await this.cloud.stop();
    this.forget();
  }

  /** What one that has stopped had stored. */
  forget(): void {
    rmSync(join(this.settings.dataFolder, ".."), { recursive: true });
  }

  async request(method: string, path: string, options: { body?: string | Uint8Array; headers?: Record<string, string> } = {}): Promise<ApiAnswer> {
    const response = await fetch(this.cloud.url + path, { method, headers: { authorization: `Bearer ${this.cloud.adminToken.token}`, ...options.headers }, body: (options.body ?? null) as NonNullable<RequestInit["body"]> | null });
    const text = await response.text();
    return { status: response.status, type: response.headers.get("content-type"), headers: response.headers, body: text.startsWith("{") ? JSON.parse(text) : text };
  }

  async get(path: string): Promise<Json> {
    return this.#expect(200, await this.request("GET", `/api${path}`));
  }

  async post(path: string, body: unknown, status = 201): Promise<Json> {
    return this.#expect(status, await this.send("POST", path, body));
  }

  send(method: string, path: string, body: unknown): Promise<ApiAnswer> {
    return this.request(method, `/api${path}`, { body: JSON.stringify(body), headers: { "content-type": "application/json" } });
  }

  #expect(status: number, answer: ApiAnswer): Json {
    if (answer.status !== status) throw new Error(`status ${answer.status} instead of ${status}: ${JSON.stringify(answer.body)}`);
    return answer.body;
  }
}
