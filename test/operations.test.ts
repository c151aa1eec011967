/** A cloud in the hands of whoever runs it: what it says of itself, how it ends, too much work, disks and clocks that fail. */
import { spawnSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statfsSync, writeFileSync } from "node:fs";
import { request } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import test from "ava";
import pino from "pino";
import { createLog } from "../cloud/log";
import { CLOCK_DOUBT_SECONDS } from "../cloud/limits";
import { Meters } from "../cloud/operations/meters";
import { SteadyClock } from "../cloud/operations/steady-clock";
import { readSettings } from "../cloud/settings";
import { CloudProcess } from "./support/cloud-process";
import { CloudRig, NOON, type Json } from "./support/cloud-rig";
import { Building, pinOf } from "./support/household";
import { ManualClock } from "./support/manual-clock";
import { ProtocolDoor } from "./support/protocol-door";
import { authenticateAgain, messagesTo } from "./support/sign-in";
import { testOfSqlite } from "./support/test-database";
import { World } from "./support/world";

/** What one scrape says, by name and labels. */
async function scrape(port: number, token?: string): Promise<Map<string, number>> {
  const response = await fetch(`http://127.0.0.1:${port}/metrics`, { headers: token === undefined ? {} : { authorization: `Bearer ${token}` } });
  if (response.status !== 200) throw new Error(`${response.status}`);
  const lines = (await response.text()).split("\n").filter((line) => line !== "" && !line.startsWith("#"));
  return new Map(lines.map((line) => [line.slice(0, line.lastIndexOf(" ")), Number(line.slice(line.lastIndexOf(" ") + 1))]));
}

async function hears(rig: CloudRig, door: ProtocolDoor): Promise<void> {
  do await rig.cloud.settled();
  while (!(await rig.get(`/doors/${door.hex}`)).upToDate);
}

test.serial("metrics tell how the doors do, and name neither a person nor a door; health and readiness are told to anybody", async (t) => {
  const rig = await CloudRig.start();
  t.teardown(() => rig.stop());
  const token = "a-token-of-prometheus";
  rig.settings.operations = { host: "127.0.0.1", port: 0, token };
  await rig.restart();
  const port = rig.cloud.operationsPort!;
  await t.throwsAsync(scrape(port), { message: "401" });
  await t.throwsAsync(scrape(port, "another-token-of-prometheus"), { message: "401" });

  const { id: property } = await rig.post("/properties", { name: "Rue des Lilas 7", timeZone: "Europe/Paris" });
  const door = await ProtocolDoor.claimed(rig, property, "A door's own name");
  await door.connect();
  t.teardown(() => door.disconnect());
  const { id: person } = await rig.post("/people", { property, name: "Ada Lovelace", class: "guest", pins: [{ grants: [{ doors: [door.hex] }] }] });
  await hears(rig, door);
  rig.clock.advance(60);
  const good = await scrape(port, token);
  const figures = { latchkey_doors: 1, latchkey_doors_claimed: 1, latchkey_doors_connected: 1, latchkey_doors_behind: 0, latchkey_revocations_unacknowledged: 0, latchkey_outbox_doors: 0, latchkey_figures_up: 1, latchkey_mqtt_connections: 1 };
  for (const [name, value] of Object.entries(figures)) t.is(good.get(name), value, name);
  t.is(good.get(`latchkey_lease_end_timestamp_seconds{class="guest"}`), NOON + 86_400);

  // The door hears nothing of an end, and is refused things.
  door.deaf = () => true;
  await rig.post("/revocations", { person });
  await rig.cloud.settled();
  rig.clock.advance(7_200);
  await rig.send("POST", "/properties", { name: "x", timeZone: "Nowhere" });
  const bad = await scrape(port, token);
  t.is(bad.get("latchkey_doors_behind"), 1);
  t.is(bad.get("latchkey_revocations_unacknowledged"), 1);
  t.is(bad.get("latchkey_revocation_oldest_age_seconds"), 7_200);
  t.true(bad.get("latchkey_list_lag_seconds")! >= 7_190);
  t.is([...bad].filter(([name]) => name.startsWith("latchkey_http_refusals_total{")).reduce((sum, [, value]) => sum + value, 0), 1);
  t.true(bad.get(`latchkey_database_transaction_duration_seconds_count{kind="write"}`)! > 3);
  t.true(bad.has("nodejs_eventloop_lag_p99_seconds") && bad.has("process_resident_memory_bytes"));
  const all = [...bad.keys()].join("\n");
  for (const secret of [person, door.hex, "Ada", "own name", property]) t.false(all.includes(secret), secret);

  for (const origin of [rig.cloud.url, `http://127.0.0.1:${port}`]) {
    t.deepEqual([(await fetch(`${origin}/healthz`)).status, (await fetch(`${origin}/readyz`)).status], [200, 200]);
  }
  t.deepEqual(await (await fetch(`${rig.cloud.url}/readyz`)).json(), { ready: true, checks: { process: "ok", database: "ok", broker: "ok" } });
  const answer = await rig.request("GET", "/api/doors");
  t.regex(answer.headers.get("x-request-id")!, /^[0-9a-f]{16}$/);
  t.true(rig.log.includes(`"request":"${answer.headers.get("x-request-id")}"`), "the log has what was asked under the same id");

  const settings = (more: Record<string, string>) => () => readSettings({ LATCHKEY_METRICS_PORT: "9400", ...more });
  t.deepEqual(settings({})().operations, { host: "127.0.0.1", port: 9400, token: undefined });
  t.throws(settings({ LATCHKEY_METRICS_HOST: "0.0.0.0" }), { message: /LATCHKEY_METRICS_TOKEN/ });
});

test.serial("too much at once is turned away with Retry-After before anything is done for it, health stays, and the rest is answered", async (t) => {
  const rig = await CloudRig.start();
  t.teardown(() => rig.stop());
  const { id: property } = await rig.post("/properties", { name: "Rue des Lilas 7", timeZone: "Europe/Paris" });
  const atOnce = 8;
  rig.settings.requestsAtOnce = atOnce;
  await rig.restart();
  const asked = 60;
  const answers = Promise.all(Array.from({ length: asked }, (_, index) => rig.send("POST", "/people", { property, name: `Person ${index}`, class: "resident" })));
  const health = await fetch(`${rig.cloud.url}/healthz`);
  t.is(health.status, 200);
  const byStatus = { 201: 0, 503: 0 } as Record<number, number>;
  for (const { status, headers, body } of await answers) {
    byStatus[status] = (byStatus[status] ?? 0) + 1;
    if (status !== 503) continue;
    t.is(body.code, "overloaded");
    t.true(Number(headers.get("retry-after")) >= 1);
  }
  t.deepEqual(Object.keys(byStatus), ["201", "503"], JSON.stringify(byStatus));
  t.true(byStatus[201] >= atOnce, JSON.stringify(byStatus));
  let count = 0;
  for (let next: string | null = "/people?limit=200"; next !== null; ) {
    const page: Json = await rig.get(next);
    count += page.items.length;
    next = page.next === null || page.next === undefined ? null : `/people?limit=200&after=${page.next}`;
  }
  t.is(count, byStatus[201], "what was turned away left nothing behind");
  t.is((await rig.send("POST", "/people", { property, name: "After", class: "resident" })).status, 201);
});

test.serial("told to end, a cloud is ready no more, lets doors go, ends streams, answers what it has begun, and a second signal ends it at once", async (t) => {
  const cloud = await CloudProcess.begin(t);
  const { id: property } = await cloud.send("POST", "/properties", { name: "Rue des Lilas 7", timeZone: "Europe/Paris" });
  const door = await ProtocolDoor.claimed(cloud.rig, property, "Front door");
  await door.connect();
  const stream = await fetch(`${cloud.url}/api/properties/${property}/doors/live`, { headers: { authorization: `Bearer ${readFileSync(join(cloud.folder, "admin-token"), "utf8").trim()}` } });
  t.is(stream.status, 200);
  const read = stream.text();
  const many = Promise.all(Array.from({ length: 20 }, (_, index) => cloud.ask("POST", "/people", { property, name: `Person ${index}`, class: "resident" })));
  await new Promise((resolve) => setImmediate(resolve));
  const from = Date.now();
  await cloud.kill("SIGTERM");
  t.is(cloud.exitCode, 0);
  t.true(Date.now() - from < 10_000);
  t.true((await read).includes("event: truth"), "the stream has come to its end, and was not torn");
  const confirmed = (await many).filter((answer) => answer?.status === 201).length;
  await cloud.start();
  await door.disconnect();
  const { items } = await cloud.send("GET", "/people?limit=100");
  t.true(items.length >= confirmed, "what was answered is there");

  // A request whose body does not come would be waited for.
  const slow = request(`${cloud.url}/api/people`, { method: "POST", headers: { authorization: "Bearer x", "content-length": "10" } });
  slow.on("error", () => undefined);
  slow.write("{");
  await new Promise((resolve) => slow.once("socket", (socket) => socket.once("connect", resolve)));
  const again = Date.now();
  const ended = cloud.kill("SIGTERM");
  await new Promise((resolve) => setTimeout(resolve, 200));
  await cloud.kill("SIGTERM");
  await ended;
  t.is(cloud.exitCode, 1);
  t.true(Date.now() - again < 4_000, "a second signal waits for nobody");
});

test.serial("nothing secret is in the log at its chattiest, and what goes by a secret's name or hangs on an error stays out", async (t) => {
  let log = "";
  const write = (line: string): void => void (log += line);
  const world = await World.begin(t, { doors: 2, log: pino({ level: "trace" }, { write }) });
  const [front] = world.doors;
  const building = await Building.of(world);
  const flat = await building.flat("Flat 1");
  const ada = await building.leaseholder(flat, "ada");
  const kim = await building.invited(ada, "kim", { role: "resident" });
  const secrets = [world.cloud.adminToken.token, await pinOf(ada.client, ada.person), await pinOf(kim.client, kim.person)];
  for (const client of [building.manager, ada.client, kim.client]) secrets.push(client.cookie!.split("=")[1]);
  secrets.push((await building.manager.post("/tokens", { property: world.property, name: "Intercom" })).token);
  const webhook = await building.manager.send("POST", `/webhooks`, { property: world.property, url: "https://nobody.example/hook?key=in-the-address", kinds: ["opened"] });
  if (webhook.body.secret !== undefined) secrets.push(webhook.body.secret);
  const key = await building.manager.post("/keys", { property: world.property, kind: "app", name: "Key", user: { name: "Zoe", email: "zoe@example.com" }, doors: [front.id] });
  secrets.push(key.link.url.split("#")[1]);
  const parcel = await building.manager.post("/keys", { property: world.property, kind: "pin", name: "Parcel", user: { name: "Parcel" }, doors: [front.id] });
  secrets.push(parcel.codes[0].pin);
  await world.upToDate();
  front.types(parcel.codes[0].pin);
  front.types("424242");
  await authenticateAgain(ada.client);
  // What goes wrong is told at length.
  await ada.client.send("POST", "/sign-in", { identifier: "ada@example.com", code: "13572468" });
  await ada.client.send("POST", "/sign-in/codes", { identifier: "no address at all" });
  await ada.client.send("POST", "/keys/look", { token: "AAAAAAAAAAAAAAAAAAAAAA" });
  secrets.push("13572468", "AAAAAAAAAAAAAAAAAAAAAA", "424242", "in-the-address");
  const asked = await fetch(`${world.cloud.url}/api/messages?to=somebody%40example.com`, { headers: { authorization: "Bearer 0123456789abcdef-wrong" } });
  t.is(asked.status, 401);
  secrets.push("0123456789abcdef-wrong", "somebody%40example.com", "somebody@example.com");
  for (const name of ["ada", "kim", "zoe"]) for (const { text } of await messagesTo(world, `${name}@example.com`)) secrets.push(...(text.match(/\b[0-9]{8}\b|#[A-Za-z0-9_-]{22}/g) ?? []));
  for (const door of world.doors) secrets.push(door.claim.split(":")[3]);
  await world.request("POST", "/api/revocations", { person: "0000000000000000" }, 404);
  await world.cloud.settled();
  t.true(secrets.length > 20, `${secrets.length}`);
  t.true(log.includes('"answered"') && log.includes("/api/sign-in"));
  for (const secret of secrets) t.false(log.includes(secret.replace(/^#/, "")), secret);
  for (const name of ["ada@example.com", "kim@example.com", "zoe@example.com"]) t.false(log.includes(name), name);

  let line = "";
  const second = createLog("info", { write: (text: string) => void (line += text) });
  const error = Object.assign(new Error("duplicate key"), { code: "23505", detail: "Key (value)=(ada@example.com) already exists.", parameters: ["482913"], cause: Object.assign(new Error("inner"), { password: "hunter22" }) });
  second.error({ err: error, token: "AbCdEfGh", claim: "latchkey:1:x", door: { password: "s3cret-of-a-door", id: "0011223344556677" } }, "a bug that logs too much");
  for (const secret of ["ada@example.com", "482913", "hunter22", "AbCdEfGh", "latchkey:1:x", "s3cret-of-a-door"]) t.false(line.includes(secret), secret);
  t.true(line.includes("23505") && line.includes("duplicate key") && line.includes("0011223344556677"));
});

test("a clock that leaps is not believed at once: a glitch changes nothing, what lasts is taken for true and said", (t) => {
  const machine = new ManualClock(NOON);
  let monotonic = 1_000;
  let log = "";
  const meters = new Meters();
  const clock = new SteadyClock({ clock: machine, monotonicSeconds: () => monotonic, log: pino({ level: "info" }, { write: (line: string) => void (log += line) }), meters });
  const pass = (seconds: number): void => {
    for (let left = seconds; left > 0; left--) {
      monotonic += 1;
      machine.advance(1);
      clock.now();
    }
  };
  pass(60);
  t.is(clock.now(), NOON + 60);
  for (let day = 0; day < 20; day++) {
    machine.advance(2); // set right a little, again and again
    pass(1);
  }
  t.is(clock.now(), machine.now(), "that is no leap");
  const before = clock.now();
  machine.advance(365 * 86_400);
  t.is(clock.now(), before);
  pass(30);
  t.is(clock.now(), before + 30, "time goes on as before");
  machine.advance(-365 * 86_400);
  t.is(clock.now(), before + 30);
  pass(5);
  t.regex(log, /has leapt.*is back where it was/s);
  machine.advance(-7_200);
  pass(CLOCK_DOUBT_SECONDS - 1);
  t.is(clock.now() - machine.now(), 7_200);
  pass(2);
  t.is(clock.now(), machine.now(), "two hours back: so be it");
  t.regex(log, /was set, and is believed/);

  // A machine without a battery starts years behind and is set right over the network: it need not wait for that.
  clock.hasBeen(NOON + 5 * 86_400);
  t.regex(log, /is behind what the database has noted/);
  machine.advance(6 * 86_400);
  t.is(clock.now(), machine.now());
});

test.serial("a server's clock that was a month ahead or hours behind loses no revocation, and doors are right again once it is", async (t) => {
  const world = await World.begin(t, { doors: 1 });
  const [door] = world.doors;
  const [ada, guest] = [await world.addPerson(), await world.addPerson({ name: "Guest", class: "guest" })];
  await world.upToDate();
  t.deepEqual([door.types(ada.pin), door.types(guest.pin)], [true, true]);
  const { version } = (await world.get(`/api/doors/${door.id}`)).issued;

  // Two hours behind: versions go on, an end reaches the door, no lease is older than the one before.
  world.cloudOffset = -7_200;
  const bob = await world.addPerson({ name: "Bob" });
  await world.revoke(ada);
  await world.upToDate();
  t.deepEqual([door.types(ada.pin), door.types(bob.pin), door.types(guest.pin)], [false, true, true]);
  t.true((await world.get(`/api/doors/${door.id}`)).issued.version > version);
  world.cloudOffset = 0;
  await world.pass(60_000);
  t.true(door.types(guest.pin));

  // A month ahead: what is signed then raises the door's time for good. New keys of a new epoch set it right (SPEC 7).
  world.cloudOffset = 30 * 86_400;
  await world.revoke(bob);
  await world.upToDate();
  t.false(door.types(bob.pin));
  world.cloudOffset = 0;
  await world.pass(60_000);
  const cara = await world.addPerson({ name: "Cara" });
  await world.post("/api/keysets", { newEpoch: true }, 201);
  await world.upToDate();
  const dave = await world.addPerson({ name: "Dave", class: "guest", grant: { notAfter: new Date(world.clock.unixMs + 5 * 86_400_000).toISOString().replace(/\.\d+/, "") } });
  await world.upToDate();
  await world.pass(60_000);
  t.deepEqual([door.types(cara.pin), door.types(bob.pin)], [true, false]);
  t.true(door.types(dave.pin), `a guest whose right ends before that month is over: ${door.lastDecision}`);
});

/** A disk of a megabyte or so: only root can make one. */
function smallDisk(t: { teardown(end: () => void): void }, megabytes: number): string | undefined {
  const folder = mkdtempSync(join(tmpdir(), "latchkey-disk-"));
  if (spawnSync("mount", ["-t", "tmpfs", "-o", `size=${megabytes}m`, "latchkey-test", folder]).status !== 0) {
    rmSync(folder, { recursive: true });
    return undefined;
  }
  t.teardown(() => {
    spawnSync("umount", ["-l", folder]);
    rmSync(folder, { recursive: true, force: true });
  });
  return folder;
}

testOfSqlite("a full disk and one that can only be read are said clearly, confirm nothing and damage nothing", async (t) => {
  const disk = smallDisk(t, 8);
  if (disk === undefined) {
    console.log("full disks are left out: nothing can be mounted here");
    t.pass();
    return;
  }
  const rig = await CloudRig.start();
  t.teardown(() => rig.stop().catch(() => undefined));
  await rig.cloud.stop();
  mkdirSync(join(disk, "data"));
  const { dataFolder } = rig.settings;
  rig.settings.dataFolder = join(disk, "data");
  await rig.restart();
  const { id: property } = await rig.post("/properties", { name: "Rue des Lilas 7", timeZone: "Europe/Paris" });
  const door = await ProtocolDoor.claimed(rig, property, "Front door");
  await door.connect();
  t.teardown(() => door.disconnect());
  const { id: ada } = await rig.post("/people", { property, name: "Ada", class: "resident", pins: [{ grants: [{ doors: [door.hex] }] }] });
  await hears(rig, door);

  const { bavail, bsize } = statfsSync(disk);
  writeFileSync(join(disk, "ballast"), Buffer.alloc(bavail * bsize));
  let refused = 0;
  const confirmed: string[] = [];
  for (let index = 0; index < 300 && refused < 3; index++) {
    const { status, body } = await rig.send("POST", "/people", { property, name: `Person ${index}`, class: "resident" });
    if (status === 201) confirmed.push(body.id);
    else {
      t.deepEqual([status, body.code], [503, "storage-failed"]);
      refused += 1;
    }
  }
  t.is(refused, 3);
  rig.clock.advance(10);
  const ready = await fetch(`${rig.cloud.url}/readyz`);
  t.is(ready.status, 503);
  t.is(((await ready.json()) as Json).checks.database, "takes no writes");
  t.is((await fetch(`${rig.cloud.url}/healthz`)).status, 200);
  t.is((await rig.send("POST", "/revocations", { person: ada })).status, 503, "an end that could not be stored is not confirmed");
  t.is((await rig.get(`/people/${ada}`)).name, "Ada", "what is there can be read");
  rmSync(join(disk, "ballast"));
  rig.clock.advance(10);
  t.is((await fetch(`${rig.cloud.url}/readyz`)).status, 200, "there is room again, and nothing has to be started anew");
  await rig.post("/revocations", { person: ada });
  await hears(rig, door);
  await rig.restart();
  for (const id of confirmed) t.is((await rig.get(`/people/${id}`)).id, id, "what was confirmed is there");
  t.true((await rig.get("/audit/verification")).holds);

  await rig.cloud.stop();
  const other = smallDisk(t, 8)!;
  cpSync(join(disk, "data"), join(other, "data"), { recursive: true });
  t.is(spawnSync("mount", ["-o", "remount,ro", other]).status, 0);
  rig.settings.dataFolder = join(other, "data");
  const { message } = await t.throwsAsync(rig.restart());
  t.regex(message, /Cannot open the database .*(readonly|read-only|unable to open)/i);
  t.false(message.includes("\n"));
  t.is(spawnSync("mount", ["-o", "remount,rw", other]).status, 0);
  await rig.restart();
  t.true((await rig.get("/audit/verification")).holds);
  rig.settings.dataFolder = dataFolder;
});
