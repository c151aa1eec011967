import { cpSync, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import test, { type ExecutionContext } from "ava";
import { Client } from "pg";
import pino from "pino";
import { startCloud, type Cloud } from "../../cloud/cloud";
import { ListIssuer } from "../../cloud/issuing/list-issuer";
import { noteDoors } from "../../cloud/issuing/outbox";
import { nativeHashes } from "../../cloud/keys/native-hashes";
import { DUTY_SLACK_SECONDS, PROCESS_LEASE_SECONDS, RESEND_SECONDS } from "../../cloud/limits";
import { takeDuty } from "../../cloud/processes/duty";
import { ProcessLease } from "../../cloud/processes/process-lease";
import { ProcessNews, type News } from "../../cloud/processes/process-news";
import type { Settings } from "../../cloud/settings";
import { openData } from "../../cloud/start/open-data";
import { StartupError } from "../../cloud/startup-error";
import { MIGRATIONS } from "../../cloud/store/migrations/migrations";
import { toPostgres } from "../../cloud/store/migrations/to-postgres";
import { openStore } from "../../cloud/store/open-store";
import { isStorageFailure, type Store } from "../../cloud/store/store";
import { inTransaction, inTransactionAhead } from "../../cloud/store/transaction";
import { toHex } from "../../protocol/bytes";
import { CommandVerb, encodeReply, openCommand, ReplyStatus } from "../../protocol/command";
import { NOON, type CloudRig, type Json } from "../support/cloud-rig";
import { externalBroker } from "../support/external-broker";
import { startHomeBroker } from "../support/home-broker";
import { LiveClient } from "../support/live-client";
import { ManualClock } from "../support/manual-clock";
import { ProtocolDoor } from "../support/protocol-door";
import { newDatabaseUrl, onPostgres, postgres } from "../support/test-database";

const SILENT = pino({ level: "silent" });
const TOKEN = "a token that all processes are given".replaceAll(" ", "-");

/** Waits for what another process does. @throws where it does not for half a minute. */
async function until(what: string, ready: () => Promise<boolean> | boolean): Promise<void> {
  for (const from = performance.now(); performance.now() - from < 30_000; await sleep(20)) if (await ready()) return;
  throw new Error(`it did not come to pass: ${what}`);
}

/** Clouds on one database and one broker, each with a folder of its own, at one time. */
class Clouds {
  readonly clock = new ManualClock(NOON);
  readonly folder = mkdtempSync(join(tmpdir(), "latchkey-"));
  readonly running: { cloud: Cloud; log: string }[] = [];
  readonly #settings: Settings;

  constructor(settings: Pick<Settings, "databaseUrl" | "broker">) {
    this.#settings = { dataFolder: "", tls: undefined, publicUrl: undefined, httpHost: "127.0.0.1", httpPort: 0, mqttHost: "127.0.0.1", mqttPort: 0, mqttPublicHost: undefined, adminToken: TOKEN, timeZone: "Europe/Paris", logLevel: "silent", messages: { mail: "outbox", sms: "outbox" }, ...settings };
  }

  /** The first one, "a", makes the keys. */
  settings(name: string): Settings {
    const dataFolder = join(this.folder, name);
    mkdirSync(dataFolder, { recursive: true });
    if (name !== "a") cpSync(join(this.folder, "a", "keystore.json"), join(dataFolder, "keystore.json"));
    return { ...this.#settings, dataFolder };
  }

  async start(name: string): Promise<Cloud> {
    const entry = { cloud: undefined as unknown as Cloud, log: "" };
    entry.cloud = await startCloud(this.settings(name), { clock: this.clock, log: pino({ level: "trace" }, { write: (line) => void (entry.log += line) }) });
    this.running.push(entry);
    return entry.cloud;
  }

  async stop(cloud: Cloud): Promise<void> {
    this.running.splice(this.running.findIndex((entry) => entry.cloud === cloud), 1);
    await cloud.stop();
  }

  /** What was on its way to a process that went is said again, by doors and processes, as time goes on. */
  async passing(doors: readonly ProtocolDoor[], what: string, ready: () => boolean): Promise<void> {
    let waits = 0;
    await until(what, () => {
      if (++waits % 25 === 0) {
        for (const door of doors) door.sendState(); // as doors do all the time
        this.clock.advance(RESEND_SECONDS);
      }
      return ready();
    });
  }

  async stopAll(): Promise<void> {
    for (const { cloud } of [...this.running]) await this.stop(cloud);
    rmSync(this.folder, { recursive: true });
  }

  /** What ProtocolDoor wants of a rig: the first of those that run. */
  get rig(): CloudRig {
    const { clock } = this;
    const first = () => this.running[0].cloud;
    return { clock, get cloud() { return first(); }, get: (path: string) => ask(first(), "GET", path), post: (path: string, body: unknown) => ask(first(), "POST", path, body) } as unknown as CloudRig;
  }
}

/** @throws Error where it was refused. */
async function ask(cloud: Cloud, method: string, path: string, body?: unknown, headers: Record<string, string> = {}): Promise<Json> {
  const answer = await fetch(`${cloud.url}/api${path}`, { method, headers: { authorization: `Bearer ${TOKEN}`, "content-type": "application/json", ...headers }, body: body === undefined ? null : JSON.stringify(body) });
  const said: Json = await answer.json();
  if (answer.status >= 300) throw new Error(JSON.stringify(said));
  return said;
}

/** Answers as a door that opens whenever it may, and counts how often it did. */
function opens(door: ProtocolDoor): { count: number } {
  const opened = { count: 0 };
  let given = "";
  door.onCommand = (bytes) => {
    const { verb, requestId, outputs, nonce } = openCommand(nativeHashes, door.keys.command, bytes);
    if (verb === CommandVerb.askNonce) {
      const fresh = new Uint8Array(16).fill(opened.count + 1);
      given = toHex(fresh);
      door.publish("reply", encodeReply(nativeHashes, door.keys.command, { requestId, status: ReplyStatus.nonce, outputs: 0, nonce: fresh }));
      return;
    }
    if (toHex(nonce) !== given) return;
    given = "";
    opened.count += 1;
    door.publish("reply", encodeReply(nativeHashes, door.keys.command, { requestId, status: ReplyStatus.done, outputs, nonce }));
  };
  return opened;
}

async function begin(t: ExecutionContext, shared: "auto" | "no"): Promise<{ clouds: Clouds; a: Cloud; b: Cloud; property: string; doors: ProtocolDoor[] }> {
  const broker = await startHomeBroker();
  const clouds = new Clouds({ databaseUrl: await newDatabaseUrl(), broker: externalBroker(`mqtt://127.0.0.1:${broker.port}`, { shared }) });
  const doors: ProtocolDoor[] = [];
  t.teardown(async () => {
    for (const door of doors) await door.disconnect().catch(() => undefined);
    await clouds.stopAll();
    await broker.stop();
  });
  const [a, b] = [await clouds.start("a"), await clouds.start("b")];
  const { id: property } = await ask(a, "POST", "/properties", { name: "Rue des Lilas 7" });
  for (const name of ["Front", "Back", "Garage"]) {
    const door = await ProtocolDoor.claimed(clouds.rig, property, name);
    await door.connect();
    door.sendState();
    doors.push(door);
  }
  for (const cloud of [a, b]) for (const door of doors) await until("both see the door", async () => (await ask(cloud, "GET", `/doors/${door.hex}`)).online);
  return { clouds, a, b, property, doors };
}

function ofPostgres(): void {
  test("X1, N14: of two processes each does what was asked of the other, both show it, and either alone goes on", async (t) => {
    const { clouds, a, b, property, doors } = await begin(t, "auto");
    const [door] = doors;
    const person = (cloud: Cloud, name: string): Promise<Json> => ask(cloud, "POST", "/people", { property, name, class: "resident", pins: [{ grants: [{ doors: doors.map(({ hex }) => hex) }] }] });
    const people = await Promise.all(Array.from({ length: 8 }, (_, index) => person(index % 2 ? a : b, `Person ${index}`)));
    const pins: string[] = people.map(({ pins }) => pins[0].pin);
    for (const each of doors) await each.until(() => pins.every((pin) => each.knows(pin)));

    // Asked of one, and looked at through the other; four at each at once.
    const asked = await Promise.all(people.map(({ id }, index) => ask(index % 2 ? a : b, "POST", "/revocations", { person: id })));
    const headers = { authorization: `Bearer ${TOKEN}` };
    const streams = await Promise.all(asked.map(({ id }, index) => LiveClient.open(t, `${(index % 2 ? b : a).url}/api/revocations/${id}/live`, headers)));
    for (const each of doors) await each.until(() => !pins.some((pin) => each.knows(pin)));
    await until("each stream says that it is true", () => streams.every(({ client }) => client.last?.complete === true));
    t.true(streams.every(({ client }) => client.beats === 0), "by news, and not by the next look");
    const entries = (await ask(a, "GET", `/audit?property=${property}&limit=200`)).items as Json[];
    t.is(entries.filter(({ action }) => action === "revocation.create" || /revo/.test(action)).length, 8, "each once");

    // A door opened from afar: whichever process takes its answers.
    const opened = opens(door);
    for (const [index, cloud] of [a, b, a, b, a, b].entries()) {
      const said = await ask(cloud, "POST", `/doors/${door.hex}/unlock`, {}, { "idempotency-key": `unlock-${index}` });
      t.is(said.opened, "yes");
    }
    t.is(opened.count, 6);

    // What recurs is done by one of them.
    for (const { cloud } of clouds.running) await cloud.settled();
    clouds.clock.advance(3_601);
    const done = (): number => clouds.running.filter(({ log }) => log.includes("the newest entry of the audit")).length;
    await until("one has done it", () => done() > 0);
    for (const { cloud } of clouds.running) await cloud.settled();
    t.is(done(), 1);

    // Either goes; the other does all.
    const later = await person(b, "Later");
    await clouds.stop(a);
    await clouds.passing(doors, "each door knows the new one", () => doors.every((each) => each.knows(later.pins[0].pin)));
    t.is((await ask(b, "POST", `/doors/${door.hex}/unlock`, {}, { "idempotency-key": "unlock-alone" })).opened, "yes");
    const { id } = await ask(b, "POST", "/revocations", { person: later.id });
    await until("it is true", async () => (await ask(b, "GET", `/revocations/${id}`)).complete);
    const again = await clouds.start("a");
    await until("it knows", async () => (await ask(again, "GET", `/revocations/${id}`)).complete && (await ask(again, "GET", `/doors/${door.hex}`)).online);
    await clouds.stop(b);
    const last = await person(again, "Last");
    await clouds.passing(doors, "each door knows the last one", () => doors.every((each) => each.knows(last.pins[0].pin)));
  });

  test("X1: where a broker does not share messages out one process takes them, and the next one when that has gone", async (t) => {
    const { clouds, a, b, property, doors: [door] } = await begin(t, "no");
    const holds = (): Cloud[] => clouds.running.filter(({ log }) => log.lastIndexOf("this process holds the lease\"") > log.lastIndexOf("holds the lease no more")).map(({ cloud }) => cloud);
    t.is(holds().length, 1);
    const add = async (cloud: Cloud, name: string): Promise<void> => {
      const { pins } = await ask(cloud, "POST", "/people", { property, name, class: "resident", pins: [{ grants: [{ doors: [door.hex] }] }] });
      await door.until(() => door.knows(pins[0].pin));
      await until("both know that the door has it", async () => (await Promise.all(clouds.running.map(async ({ cloud }) => ask(cloud, "GET", `/doors/${door.hex}`)))).every(({ upToDate }) => upToDate));
    };
    await add(a, "Ada");
    await add(b, "Rob");
    const [holder] = holds();
    await clouds.stop(holder);
    clouds.clock.advance(PROCESS_LEASE_SECONDS);
    await until("the other one takes them", () => holds().length === 1);
    await add(clouds.running[0].cloud, "Eve");
  });

  test("the outbox: each door is worked on by one process, a killed one's at once by another, and nothing is signed twice", async (t) => {
    const clouds = new Clouds({ databaseUrl: await newDatabaseUrl(), broker: undefined });
    const cloud = await clouds.start("a");
    t.teardown(() => clouds.stopAll());
    const { id: property } = await ask(cloud, "POST", "/properties", { name: "Rue des Lilas 7" });
    const doors: ProtocolDoor[] = [];
    for (let index = 0; index < 12; index++) doors.push(await ProtocolDoor.claimed(clouds.rig, property, `Door ${index}`));
    await cloud.settled();
    const [one, other] = await Promise.all([openData(clouds.settings("a"), clouds.clock), openData(clouds.settings("b"), clouds.clock)]);
    t.teardown(() => Promise.all([one.store.close(), other.store.close()]));
    await clouds.stop(cloud);
    const versions = async (): Promise<number[]> => (await one.store.database.selectFrom("doors").select("version").orderBy("id").execute()).map(({ version }) => version);
    const before = await versions();
    const issued: string[] = [];
    const issuers = [one, other].map(({ keystore, store }) => new ListIssuer({ ...{ database: store.database, keystore, clock: clouds.clock, log: SILENT }, onIssued: (door) => void issued.push(door) }));
    t.teardown(() => Promise.all(issuers.map((issuer) => issuer.stop())));
    const note = (ids: readonly string[]): Promise<void> => inTransaction(one.store.database, (unit) => noteDoors(unit, ids, clouds.clock.now()));
    const all = doors.map(({ hex }) => hex);
    clouds.clock.advance(1);
    await note(all);
    for (const issuer of issuers) issuer.wake();
    await Promise.all(issuers.map((issuer) => issuer.idle()));
    t.deepEqual([...issued].sort(), [...all].sort(), "each once, whoever it was");
    t.true((await versions()).every((version, index) => version > before[index]));

    // A process has a door in mid-work: the others take the rest at once, and the door when it is gone.
    issued.length = 0;
    const server = await postgres();
    const name = new URL(clouds.settings("a").databaseUrl!).pathname.slice(1);
    const hung = new Client({ connectionString: server.url(name) });
    hung.on("error", () => undefined);
    await hung.connect();
    const { rows: [{ pid }] } = await hung.query<{ pid: number }>("SELECT pg_backend_pid() AS pid");
    await hung.query(`BEGIN; SELECT id FROM doors WHERE id = '${all[0]}' FOR NO KEY UPDATE`);
    await note(all);
    issuers[1].wake();
    await until("all but one are issued", () => issued.length === all.length - 1);
    t.false(issued.includes(all[0]));
    await server.query(`SELECT pg_terminate_backend(${pid})`);
    await issuers[1].idle();
    t.is(issued.at(-1), all[0]);
    t.is(issued.length, all.length);
  });

  test("what recurs is taken on by one process a period, and a clock that was set back keeps nothing undone", async (t) => {
    const url = (await newDatabaseUrl())!;
    const stores = [await openStore(url), await openStore(url)];
    t.teardown(() => Promise.all(stores.map((store) => store.close())));
    const take = async (at: number): Promise<number> => (await Promise.all(stores.map(({ database }) => inTransactionAhead(database, (unit) => takeDuty(unit, "hourly", 3_600, at))))).filter(Boolean).length;
    t.is(await take(NOON), 1);
    t.is(await take(NOON + 3_599), 0);
    t.is(await take(NOON + 3_600), 1);
    t.is(await take(NOON + 3_600 - DUTY_SLACK_SECONDS), 0, "clocks differ a little");
    t.is(await take(NOON - 86_400), 1);
    t.is(await take(NOON - 86_400 + 3_600), 1);
  });

  test("a lease: one process holds it, the next when it lapses, is given up, or cannot be renewed", async (t) => {
    const url = (await newDatabaseUrl())!;
    const clock = new ManualClock(NOON);
    const stores = [await openStore(url), await openStore(url)];
    const calls: string[] = [];
    const leases = stores.map(({ database }, index) => new ProcessLease({ ...{ name: "l", holder: `p${index}`, database, clock, log: SILENT }, onHeld: () => void calls.push(`${index} has it`), onLost: () => void calls.push(`${index} lost it`) }));
    t.teardown(() => Promise.all(stores.map((store) => store.close().catch(() => undefined))));
    for (const lease of leases) await lease.start();
    t.deepEqual([leases.map(({ held }) => held), calls], [[true, false], ["0 has it"]]);
    for (let renewal = 0; renewal < 4; renewal++) {
      clock.advance(PROCESS_LEASE_SECONDS / 3);
      await Promise.all(leases.map((lease) => lease.look()));
    }
    t.deepEqual(calls, ["0 has it"], "renewed in time");
    await leases[0].stop();
    await leases[1].look();
    t.deepEqual(calls, ["0 has it", "0 lost it", "1 has it"], "given up: no need to wait");
    // Its database is away: it knows by itself when its time is over.
    await stores[1].close();
    clock.advance(PROCESS_LEASE_SECONDS);
    t.false(leases[1].held);
    t.is(calls.at(-1), "1 lost it");
    const third = new ProcessLease({ ...{ name: "l", holder: "p2", database: stores[0].database, clock, log: SILENT }, onHeld: () => void calls.push("2 has it"), onLost: () => undefined });
    await third.start();
    t.true(third.held, "and it has lapsed in the database");
    await third.stop();
    await leases[1].stop();
  });

  test("news go to the other processes, a lost line comes back and says so, and what is no news is left", async (t) => {
    const url = (await newDatabaseUrl())!;
    const stores = [await openStore(url), await openStore(url)];
    const heard: News[][] = [[], []];
    const missed = [0, 0];
    const news = stores.map((store, index) => new ProcessNews({ store, holder: `p${index}`, log: SILENT, listener: { heard: (item) => void heard[index].push(item), missed: () => void (missed[index] += 1) } }));
    t.teardown(async () => {
      await Promise.all(news.map((each) => each.stop()));
      await Promise.all(stores.map((store) => store.close()));
    });
    await until("both listen", () => news.every(({ connected }) => connected));
    const id = "0123456789abcdef";
    news[0].tell({ what: "door", id });
    news[0].tell({ what: "work" });
    news[0].tell({ what: "work" });
    await until("it is heard", () => heard[1].length === 2);
    t.deepEqual(heard, [[], [{ what: "door", id }, { what: "work" }]]);

    // More than fits into one notice.
    for (let index = 0; index < 1_000; index++) news[1].tell({ what: "list", id: index.toString(16).padStart(16, "0") });
    await until("all of it", () => heard[0].length === 1_000);
    t.is(new Set(heard[0].map((item) => (item.what === "work" ? "" : item.id))).size, 1_000);

    const server = await postgres();
    const name = new URL(url).pathname.slice(1);
    for (const text of ["", "x", "somebody\nbogus", "somebody\ndoor 1", `somebody\nlater ${id}`, `somebody\ndoor ${id}`]) await server.query(`SELECT pg_notify('latchkey_news', E'${text}')`, name);
    await until("the one that is news", () => heard[0].length === 1_001);
    t.deepEqual(heard[0].at(-1), { what: "door", id });

    const before = [...missed];
    await server.query(`SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '${name}' AND query LIKE '%pg_notify%' OR query LIKE '%LISTEN%' AND pid <> pg_backend_pid()`);
    await until("both listen again", () => news.every(({ connected }, index) => connected && missed[index] > before[index]));
    news[0].tell({ what: "unlock", id });
    await until("it is heard", () => heard[1].some(({ what }) => what === "unlock"));
  });

  test("a new version does not migrate under processes that run, one that is killed in the middle leaves the old schema whole, and an old process changes nothing any more", async (t) => {
    const url = (await newDatabaseUrl())!;
    const name = new URL(url).pathname.slice(1);
    const server = await postgres();
    const outside = new Client({ connectionString: url });
    await outside.connect();
    t.teardown(() => outside.end());
    await outside.query(`${toPostgres(MIGRATIONS[0])}; CREATE TABLE latchkey_schema (one INTEGER PRIMARY KEY, version INTEGER NOT NULL); INSERT INTO latchkey_schema VALUES (1, 1)`);
    const version = async (): Promise<unknown> => (await outside.query<{ version: unknown }>("SELECT version FROM latchkey_schema")).rows[0].version;

    // A process of that version: what it holds of the schema is all that the new one sees of it.
    await outside.query(`SELECT pg_advisory_lock_shared(${0x4c4b6573})`);
    await t.throwsAsync(openStore(url), { instanceOf: StartupError, message: /schema 1, processes are at work .* stop all of them/ });
    await outside.query("SELECT pg_advisory_unlock_all()");
    t.is(Number(await version()), 1);

    // Killed in the middle: something holds up its second step.
    await outside.query("BEGIN; LOCK TABLE doors IN SHARE MODE");
    const killed = openStore(url);
    const dead = t.throwsAsync(killed, { instanceOf: StartupError });
    const waiting = `FROM pg_stat_activity WHERE datname = '${name}' AND wait_event_type = 'Lock'`;
    await until("it waits", async () => (await server.query(`SELECT pid ${waiting}`)).length > 0);
    await server.query(`SELECT pg_terminate_backend(pid) ${waiting}`);
    await dead;
    await outside.query("ROLLBACK");
    t.is(Number(await version()), 1);
    const stores = await Promise.all([openStore(url), openStore(url)]);
    t.is(Number(await version()), MIGRATIONS.length);

    // A process that was away while a later version came.
    const [now, late] = stores;
    const add = (store: Store, key: string): Promise<unknown> => inTransaction(store.database, (unit) => unit.insertInto("rate_limits").values({ key, since: 0, count: 0 }).execute());
    await add(now, "before");
    await server.query(`UPDATE latchkey_schema SET version = ${MIGRATIONS.length + 1}`, name);
    const error = await t.throwsAsync(add(late, "after"), { message: /another version's by now/ });
    t.true(isStorageFailure(error), "its requests fail as with a database that is away");
    await Promise.all(stores.map((store) => store.close()));
    t.deepEqual((await outside.query("SELECT key FROM rate_limits")).rows, [{ key: "before" }]);
  });
}

onPostgres(ofPostgres);
