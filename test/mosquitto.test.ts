import { execFile } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import test, { type ExecutionContext } from "ava";
import { connectAsync, type MqttClient } from "mqtt";
import { encodeDoorState, OFFLINE } from "../protocol/door-state";
import { downFilter, downTopic, upTopic } from "../protocol/topics";
import { CloudRig, NOON, type Json } from "./support/cloud-rig";
import { externalBroker } from "./support/external-broker";
import { readSettings } from "../cloud/settings";
import { StartupError } from "../cloud/startup-error";
import { openStore } from "../cloud/store/open-store";
import type { Store } from "../cloud/store/store";
import { MosquittoServer, whyNoMosquitto } from "./support/mosquitto-server";
import { ProtocolDoor } from "./support/protocol-door";
import { World } from "./support/world";
import { TestAuthority } from "./support/self-signed";

const reason = whyNoMosquitto();
if (reason !== undefined) console.log(`Mosquitto is left out: ${reason}`);
const withMosquitto = reason === undefined ? test : test.skip;

/** A Mosquitto as the product sets it up, a cloud that makes the doors' logins there, and a property. */
async function begin(t: ExecutionContext): Promise<{ mosquitto: MosquittoServer; rig: CloudRig; property: string }> {
  const mosquitto = await MosquittoServer.start({ dynamicSecurity: true });
  t.teardown(() => mosquitto.stop());
  const rig = await CloudRig.start(NOON, { broker: externalBroker(mosquitto.cloudUrl, { logins: "mosquitto" }) });
  t.teardown(() => rig.stop());
  return { mosquitto, rig, property: (await rig.post("/properties", { name: "Rue des Lilas 7" })).id };
}

async function addPerson(rig: CloudRig, property: string, ...doors: ProtocolDoor[]): Promise<{ id: string; pin: string }> {
  const person = await rig.post("/people", { property, name: "Ada", class: "resident", pins: [{ grants: [{ doors: doors.map(({ hex }) => hex) }] }] });
  return { id: person.id, pin: person.pins[0].pin };
}

/** Asks until it holds: brokers take their time, and nothing is slept away. */
async function until(holds: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await holds())) await new Promise((resolve) => setTimeout(resolve, 10));
}

/** Somebody with a door's login, and ideas of their own. */
function logIn(mosquitto: MosquittoServer, door: ProtocolDoor, as = door.hex): Promise<MqttClient> {
  return connectAsync(mosquitto.url(door.hex, Buffer.from(door.login.password).toString()), { clientId: as, protocolVersion: 4, reconnectPeriod: 0 });
}

/** User names that the broker has written down, but for the cloud's. */
function loginsAt(mosquitto: MosquittoServer): string[] {
  const text = readFileSync(mosquitto.securityFile, "utf8");
  if (!text.trimEnd().endsWith("}")) return ["it is being written"];
  const { clients } = JSON.parse(text);
  return clients.map(({ username }: Json) => username).filter((name: string) => name !== "latchkey-cloud");
}

function folderOf(t: ExecutionContext): string {
  const folder = mkdtempSync(join(tmpdir(), "latchkey-mosquitto-test-"));
  t.teardown(() => rmSync(folder, { recursive: true }));
  return folder;
}

/** What a cloud that has stopped has stored. */
function openedStore(rig: CloudRig): Promise<Store> {
  return openStore(rig.settings.databaseUrl ?? join(rig.settings.dataFolder, "latchkey.sqlite"));
}

test("MQTT_URL names a broker, and a wrong one is refused without being repeated", (t) => {
  const { broker } = readSettings({ MQTT_URL: "mqtts://cloud:p%40ss@broker.example.org", LATCHKEY_MQTT_LOGINS: "mosquitto" });
  t.like(broker, { location: { host: "broker.example.org", port: 8_883, tls: true, username: "cloud", password: "p@ss" }, shared: "auto", logins: "mosquitto", ca: undefined });
  t.like(readSettings({ MQTT_URL: "mqtt://[::1]:1" }).broker, { location: { host: "::1", port: 1, tls: false, username: undefined } });
  t.is(readSettings({}).broker, undefined);
  for (const url of ["http://cloud:secret@broker", "mqtt://", "mqtt://cloud:secret@broker/path", "mqtt://cloud:secret%@broker", "mqtt://cloud:secret@broker:99999"]) {
    const { message } = t.throws(() => readSettings({ MQTT_URL: url }), { instanceOf: StartupError });
    t.regex(message, /MQTT_URL must be a URL/);
    t.false(message.includes("secret"));
  }
});

withMosquitto("a door claimed over HTTP has its login at Mosquitto: for its own topics, as itself, until it is stolen or claimed anew", async (t) => {
  const { mosquitto, rig, property } = await begin(t);
  const [front, garage] = [await ProtocolDoor.claimed(rig, property, "Front door"), await ProtocolDoor.claimed(rig, property, "Garage")];
  t.is(front.login.brokerPort, mosquitto.port, "it is told where to go");
  await front.connect();
  const ada = await addPerson(rig, property, front);
  await front.until(() => front.knows(ada.pin));
  t.true((await rig.get(`/doors/${front.hex}`)).online);
  const revocation = await rig.post("/revocations", { person: ada.id });
  await front.until(() => !front.knows(ada.pin));
  await until(async () => (await rig.get(`/revocations/${revocation.id}`)).complete);

  // With a door's login in the wrong hands.
  const thief = await logIn(mosquitto, garage);
  const heard: string[] = [];
  thief.on("message", (topic) => heard.push(topic));
  for (const filter of [downFilter(front.hex), "#", "latchkey/1/doors/+/up/state", upTopic(front.hex, "receipt"), "$share/a/latchkey/1/doors/+/up/receipt", "$SYS/#", "$CONTROL/#"]) {
    await t.throwsAsync(thief.subscribeAsync(filter), undefined, filter);
  }
  const state = Buffer.from(encodeDoorState(OFFLINE));
  await thief.publishAsync(upTopic(front.hex, "state"), state, { qos: 1, retain: true });
  await thief.publishAsync(downTopic(front.hex, "lease"), state, { qos: 1 });
  const added = JSON.stringify({ commands: [{ command: "createClient", username: "thief", password: "thief" }] });
  await thief.publishAsync("$CONTROL/dynamic-security/v1", added, { qos: 1 });
  await thief.publishAsync(upTopic(garage.hex, "state"), Buffer.from(encodeDoorState({ ...OFFLINE, online: true })), { qos: 1, retain: true });
  await until(async () => (await rig.get(`/doors/${garage.hex}`)).online);
  t.true((await rig.get(`/doors/${front.hex}`)).online, "what was said of another door has not arrived");
  t.false(front.received.includes("lease") && front.lease === undefined);
  t.false(loginsAt(mosquitto).includes("thief"));
  t.deepEqual(heard, []);
  await t.throwsAsync(logIn(mosquitto, garage, front.hex), undefined, "a door is nobody but itself");
  await t.throwsAsync(connectAsync(mosquitto.url(), { protocolVersion: 4, reconnectPeriod: 0 }), undefined, "nobody without a login");

  // Stolen: whoever is logged in is out, and stays out.
  const out = new Promise((resolve) => thief.once("close", () => resolve(undefined)));
  await rig.post(`/doors/${garage.hex}/stolen`, {}, 200);
  await out;
  t.false((await rig.get(`/doors/${garage.hex}`)).online);
  await t.throwsAsync(logIn(mosquitto, garage));
  await until(() => loginsAt(mosquitto).length === 1);
  t.deepEqual(loginsAt(mosquitto), [front.hex]);

  // Claimed anew: the old login is dead, whoever has it is out, the new one is there when the claim is answered.
  await rig.post(`/doors/${front.hex}/release`, { released: true }, 200);
  const old = front.login;
  front.forget();
  await rig.post("/doors", { property, name: "Front door", claim: front.claimText });
  t.true(front.connected, "until the new claim the old login holds");
  await front.claim();
  await until(() => !front.connected);
  const fresh = front.login;
  front.login = old;
  await t.throwsAsync(front.connect(), undefined, "the old password");
  front.login = fresh;
  await front.connect();
  await front.until(() => front.version > 0);
  await front.disconnect();
  for (const secret of [Buffer.from(fresh.password).toString(), Buffer.from(old.password).toString(), "only-for-tests"]) t.false(rig.log.includes(secret), "no password in the log");
});

withMosquitto("Mosquitto goes away, comes back, is set back: no door, no login and no revocation is lost with it", async (t) => {
  const { mosquitto, rig, property } = await begin(t);
  const front = await ProtocolDoor.claimed(rig, property, "Front door");
  await front.connect();
  front.sendState();
  const ada = await addPerson(rig, property, front);
  await front.until(() => front.knows(ada.pin));
  t.is((await rig.request("GET", "/readyz")).status, 200);
  const before = readFileSync(mosquitto.securityFile);

  await mosquitto.pause();
  await until(async () => !(await rig.get(`/doors/${front.hex}`)).online);
  const ready = await rig.request("GET", "/readyz");
  t.is(ready.status, 503);
  t.is(ready.body.checks.database, "ok");
  t.not(ready.body.checks.broker, "ok");
  t.false(JSON.stringify(ready.body).includes("only-for-tests"));
  const revocation = await rig.post("/revocations", { person: ada.id });
  const garage = await ProtocolDoor.claimed(rig, property, "Garage");
  await mosquitto.resume();
  await until(async () => (await rig.request("GET", "/readyz")).status === 200);
  await until(() => loginsAt(mosquitto).length === 2);
  await garage.connect();
  await garage.until(() => garage.version > 0);
  t.false((await rig.get(`/revocations/${revocation.id}`)).complete);
  await front.connect();
  await front.until(() => !front.knows(ada.pin));
  await until(async () => (await rig.get(`/revocations/${revocation.id}`)).complete);

  // Killed, and set back to what it knew before there was the garage: and the front door is stolen meanwhile.
  await mosquitto.pause("SIGKILL");
  writeFileSync(mosquitto.securityFile, before);
  await until(async () => !(await rig.get(`/doors/${front.hex}`)).online);
  await rig.post(`/doors/${front.hex}/stolen`, {}, 200);
  await mosquitto.resume();
  await until(() => loginsAt(mosquitto).join() === garage.hex);
  await t.throwsAsync(front.connect());
  await garage.connect();
  await until(async () => (await rig.get(`/doors/${garage.hex}`)).online);

  // What it retained of a door that never came back is believed for so long.
  t.false((await rig.get(`/doors/${front.hex}`)).online, "it is no door of ours any more");
  rig.clock.advance(1_400);
  await until(async () => !(await rig.get(`/doors/${garage.hex}`)).online);
  garage.sendState();
  await until(async () => (await rig.get(`/doors/${garage.hex}`)).online);
  await garage.disconnect();
});

withMosquitto("a site changes over to Mosquitto, with TLS and files of latchkey broker mosquitto, and no door is claimed anew", async (t) => {
  const folder = folderOf(t);
  const rig = await CloudRig.start();
  t.teardown(() => rig.stop());
  const { id: property } = await rig.post("/properties", { name: "Rue des Lilas 7" });
  const [front, cellar] = [await ProtocolDoor.claimed(rig, property, "Front door"), await ProtocolDoor.claimed(rig, property, "Cellar")];
  const ada = await addPerson(rig, property, front, cellar);
  await front.connect();
  await front.until(() => front.knows(ada.pin));
  await front.disconnect();
  // As after an upgrade: of claims before logins were kept nothing but a hash is there.
  const forget = async (door: string) => {
    const store = await openedStore(rig);
    await store.database.deleteFrom("door_logins").where("door_id", "=", door).execute();
    await store.close();
  };
  await rig.cloud.stop();
  await forget(front.hex);
  await forget(cellar.hex);
  await rig.restart();
  front.login.brokerPort = rig.cloud.mqttPort;
  await front.connect();
  await front.disconnect();

  const authority = new TestAuthority();
  const { cert, key } = authority.issue();
  const [certificateFile, keyFile] = [join(folder, "cert.pem"), join(folder, "key.pem")];
  writeFileSync(certificateFile, cert);
  writeFileSync(keyFile, key);
  const set = join(folder, "mosquitto");
  const env = { ...process.env, LATCHKEY_DATA: rig.settings.dataFolder, ...(rig.settings.databaseUrl !== undefined && { LATCHKEY_DATABASE_URL: rig.settings.databaseUrl }) };
  const run = (...parameters: string[]) =>
    promisify(execFile)(process.execPath, ["bin/latchkey.js", "broker", ...parameters], { env }).then(
      ({ stdout }) => ({ code: 0, said: stdout }),
      ({ code, stdout, stderr }: { code: number; stdout: string; stderr: string }) => ({ code, said: stdout + stderr }),
    );
  const written = await run("mosquitto", set, "--cert", certificateFile, "--key", keyFile);
  t.is(written.code, 1, "a door is missing");
  t.regex(written.said, /logins of 1 doors/);
  t.regex(written.said, new RegExp(`NOT KNOWN.*${cellar.hex}`));
  t.is((await run("mosquitto", set)).code, 2, "nothing is overwritten");
  const environment = readFileSync(join(set, "latchkey.env"), "utf8");
  const [, password] = /^MQTT_URL=mqtts:\/\/latchkey-cloud:([^@]+)@localhost:8883$/m.exec(environment)!;
  t.false(written.said.includes(password));
  t.regex(readFileSync(join(set, "mosquitto.conf"), "utf8"), /certfile .*cert\.pem\nkeyfile/);

  // With those files, but for ports, which tests choose freely.
  const tls = { certificateFile, keyFile };
  const mosquitto = await MosquittoServer.start({ dynamicSecurity: true, security: readFileSync(join(set, "dynamic-security.json"), "utf8"), tls });
  t.teardown(() => mosquitto.stop());
  t.deepEqual(loginsAt(mosquitto), [front.hex]);
  await rig.cloud.stop();
  const url = `mqtts://latchkey-cloud:${password}@localhost:${mosquitto.tlsPort}`;
  const problemWith = async (ca: string): Promise<string> => {
    rig.settings.broker = externalBroker(url, { logins: "mosquitto", ca: Buffer.from(ca) });
    await rig.restart();
    return (await rig.request("GET", "/readyz")).body.checks.broker;
  };
  t.regex(await problemWith(new TestAuthority("Another").cert), /certificate/, "signed by somebody else");
  rig.settings.mqttPublicPort = mosquitto.port;
  t.is(await problemWith(authority.cert), "ok");
  front.login.brokerPort = mosquitto.port;
  await front.connect();
  const revocation = await rig.post("/revocations", { person: ada.id });
  await front.until(() => !front.knows(ada.pin));
  await until(async () => (await rig.get(`/revocations/${revocation.id}`)).doors.some(({ state }: Json) => state === "acknowledged"));
  cellar.login.brokerPort = mosquitto.port;
  await t.throwsAsync(cellar.connect(), undefined, "that one has to log in at the embedded broker once");
  await front.disconnect();
});

withMosquitto("the firmware at Mosquitto: its will says that it is gone, and offline it keeps to its list until the news reaches it", async (t) => {
  const mosquitto = await MosquittoServer.start({ dynamicSecurity: true });
  t.teardown(() => mosquitto.stop());
  const world = await World.begin(t, { settings: { broker: externalBroker(mosquitto.cloudUrl, { logins: "mosquitto" }) } });
  const [door] = world.doors;
  const ada = await world.addPerson();
  await world.upToDate();
  t.true(door.types(ada.pin));
  door.pullPlug();
  door.network.close();
  await world.until("the broker has said so", async () => !(await world.get(`/api/doors/${door.id}`)).online);
  await world.revoke(ada);
  t.true(door.types(ada.pin), "it cannot know");
  await world.reconnect(door);
  t.false(door.types(ada.pin));
  t.like(await world.get(`/api/doors/${door.id}`), { online: true, upToDate: true });
});

withMosquitto("a broker that lets everybody say everything: doors count by their MAC, others not at all", async (t) => {
  const mosquitto = await MosquittoServer.start();
  t.teardown(() => mosquitto.stop());
  const rig = await CloudRig.start(NOON, { broker: externalBroker(mosquitto.url()) });
  t.teardown(() => rig.stop());
  const { id: property } = await rig.post("/properties", { name: "Rue des Lilas 7" });
  const door = await ProtocolDoor.claimed(rig, property, "Front door");
  const stranger = await connectAsync(mosquitto.url(), { protocolVersion: 5, reconnectPeriod: 0 });
  t.teardown(() => stranger.endAsync(true));
  const online = Buffer.from(encodeDoorState({ ...OFFLINE, online: true }));
  const nobodys = (index: number) => index.toString(16).padStart(16, "0");
  for (let index = 0; index < 2_000; index++) stranger.publish(upTopic(nobodys(index), "state"), online, { retain: true });
  for (const what of ["receipt", "events", "need", "reply", "state"] as const) {
    for (const bytes of [1, 40, 600, 9_000]) await stranger.publishAsync(upTopic(door.hex, what), Buffer.alloc(bytes, 0xa5), { qos: 1 });
  }
  // More than the cloud takes in one packet: MQTT 5 has the broker keep it.
  await stranger.publishAsync(upTopic(door.hex, "state"), Buffer.alloc(100_000), { qos: 1, retain: true });
  await stranger.publishAsync(upTopic(door.hex, "receipt"), Buffer.alloc(79), { qos: 1, retain: true });
  await door.connect();
  const ada = await addPerson(rig, property, door);
  await door.until(() => door.knows(ada.pin));
  await rig.cloud.settled();
  t.is((await rig.request("GET", "/readyz")).status, 200);
  t.is((await rig.get("/doors")).items.length, 1);
  t.regex(rig.log, /let a message pass that no door may send/);
  t.false(rig.log.includes('"level":50'), "nothing of it is an error of ours");

  // All that is retained comes again with the next connection, and is as little worth.
  await rig.restart();
  const revocation = await rig.post("/revocations", { person: ada.id });
  door.sendReceipt();
  await door.until(() => !door.knows(ada.pin));
  await until(async () => (await rig.get(`/revocations/${revocation.id}`)).complete);
  t.false(rig.log.includes('"level":50'));
  await door.disconnect();
});
