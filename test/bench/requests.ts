import { mkdtempSync, rmSync } from "node:fs";
import { Agent, request } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { performance } from "node:perf_hooks";
import { startCloud, type Cloud } from "../../cloud/cloud";
import { readSettings } from "../../cloud/settings";
import { claimText } from "../../firmware/enrolment/identity";
import { toHex } from "../../protocol/bytes";
import { PostgresServer, whyNoPostgres } from "../support/postgres-server";
import type { Row } from "./row";

const CLIENTS = 8; // at once, each on a connection that it keeps
const WARM_UP_MS = 300;
const MEASURED_MS = 1_500;
const PEOPLE = 500;

/** Sends requests and wants 2xx. */
class Caller {
  readonly #agent = new Agent({ keepAlive: true, maxSockets: CLIENTS });
  readonly #cloud: Cloud;

  constructor(cloud: Cloud) {
    this.#cloud = cloud;
  }

  send(method: string, path: string, body?: object): Promise<{ id: string }> {
    const text = body && JSON.stringify(body);
    const headers = { authorization: `Bearer ${this.#cloud.adminToken.token}`, "if-match": "*", ...(text !== undefined && { "content-type": "application/json", "content-length": Buffer.byteLength(text) }) };
    return new Promise((resolve, reject) => {
      const sent = request(`${this.#cloud.url}/api${path}`, { method, headers, agent: this.#agent }, (response) => {
        let answer = "";
        response.setEncoding("utf8").on("data", (part: string) => (answer += part));
        response.on("end", () => (response.statusCode! < 300 ? resolve(JSON.parse(answer)) : reject(new Error(`${method} ${path}: ${response.statusCode} ${answer}`))));
      });
      sent.on("error", reject);
      sent.end(text);
    });
  }

  close(): void {
    this.#agent.destroy();
  }
}

/** Requests per second while all clients send one after the other. */
async function rate(act: (index: number) => Promise<unknown>): Promise<number> {
  let index = 0;
  const run = async (milliseconds: number): Promise<number> => {
    const begin = performance.now();
    let done = 0;
    const client = async (): Promise<void> => {
      while (performance.now() - begin < milliseconds) {
        await act(index++);
        done += 1;
      }
    };
    await Promise.all(Array.from({ length: CLIENTS }, client));
    return (1_000 * done) / (performance.now() - begin);
  };
  await run(WARM_UP_MS);
  return run(MEASURED_MS);
}

/** What each kind of request reaches on a cloud with 500 people and 10 doors. @param databaseUrl undefined = SQLite. */
async function measure(databaseUrl: string | undefined): Promise<Map<string, number>> {
  const folder = mkdtempSync(join(tmpdir(), "latchkey-bench-"));
  const settings = readSettings({ LATCHKEY_DATA: folder, LATCHKEY_HTTP_PORT: "0", LATCHKEY_MQTT_PORT: "0", LATCHKEY_LOG: "silent" });
  const cloud = await startCloud({ ...settings, databaseUrl });
  const caller = new Caller(cloud);
  try {
    const property = (await caller.send("POST", "/properties", { name: "Bench" })).id;
    const doors: string[] = [];
    for (let n = 0; n < 10; n++) {
      const identity = { door: new Uint8Array(8).fill(n + 1), claimSecret: new Uint8Array(16) };
      await caller.send("POST", "/doors", { property, name: `Door ${n}`, claim: claimText(identity) });
      doors.push(toHex(identity.door));
    }
    const person = (n: number) => caller.send("POST", "/people", { property, name: `Person ${n}`, class: "guest", pins: [{ grants: [{ doors: [doors[n % doors.length]] }] }] });
    const people: string[] = [];
    for (let n = 0; n < PEOPLE; n++) people.push((await person(n)).id);
    await cloud.settled();
    const rates = new Map<string, number>();
    rates.set("read a person", await rate((n) => caller.send("GET", `/people/${people[n % PEOPLE]}`)));
    rates.set("read 50 people", await rate(() => caller.send("GET", `/people?property=${property}&limit=50`)));
    rates.set("read who can open a door", await rate((n) => caller.send("GET", `/doors/${doors[n % doors.length]}/who-can-open`)));
    rates.set("write: rename the property", await rate((n) => caller.send("PATCH", `/properties/${property}`, { name: `Bench ${n}` })));
    rates.set("write: a person with a PIN", await rate(person));
    let next = 0;
    rates.set("write: a revocation", await rate(() => caller.send("POST", "/revocations", { person: people[next++ % PEOPLE] })));
    return rates;
  } finally {
    caller.close();
    await cloud.stop();
    rmSync(folder, { recursive: true });
  }
}

/** Common requests over HTTP on both databases; clients, cloud and database share this machine. */
export async function rows(): Promise<Row[]> {
  const sqlite = await measure(undefined);
  let postgres: Map<string, number> | undefined;
  if (whyNoPostgres() === undefined) {
    const server = await PostgresServer.start({ syncs: true });
    postgres = await measure(await server.createDatabase());
    await server.pause();
  }
  return [...sqlite].map(([name, value]) => ({
    name: `Requests, ${name}, SQLite`,
    value,
    unit: "per second",
    references: postgres === undefined ? [] : [{ name: "PostgreSQL", value: postgres.get(name)! }],
  }));
}
