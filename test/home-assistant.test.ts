import test from "ava";
import type { HomeSettings } from "../cloud/home-assistant/home-settings";
import { HOME_PRESS_SECONDS, HOME_REPEAT_SECONDS } from "../cloud/limits";
import { readSettings } from "../cloud/settings";
import { HomeAssistantDouble } from "./support/home-assistant-double";
import { startHomeBroker } from "./support/home-broker";
import { managerOf } from "./support/household";
import { siteClient, type Client } from "./support/sign-in";
import type { Json } from "./support/cloud-rig";
import { World, type WorldDoor } from "./support/world";
import { wrong } from "./support/wrong-pin";

const WAIT_MS = 20_000;

/** The home's broker is a process of its own: it needs real time, of which a door's clock is to see little. */
async function until(world: World, what: string, holds: () => boolean | Promise<boolean>): Promise<void> {
  const end = Date.now() + WAIT_MS;
  while (!(await holds())) {
    if (Date.now() > end) throw new Error(`never: ${what}`);
    await world.cloud.settled();
    await world.turn();
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
}

/** What a manager lets it have; the rest is as it was. */
async function choose(manager: Client, property: string, changes: object): Promise<Json> {
  const { headers, body } = await manager.send("GET", `/properties/${property}/home-assistant`);
  const { broker: _, ...choice } = body;
  return manager.expect(200, "PUT", `/properties/${property}/home-assistant`, { ...choice, ...changes }, { "if-match": headers.get("etag")! });
}

/** Time passes slowly enough for a process to keep what it holds among several. */
async function pass(world: World, seconds: number): Promise<void> {
  for (let second = 0; second < seconds; second++) {
    world.clock.advance(1_000);
    await world.turn();
    await world.cloud.settled();
  }
}

/** Types a PIN, and waits until the door is locked again. @returns whether it has opened. */
async function types(world: World, door: WorldDoor, pin: string): Promise<boolean> {
  const opened = door.opensWith(() => door.board.keypad.type(`${pin}#`));
  await pass(world, 8);
  return opened;
}

const openings = ({ board }: WorldDoor): number => board.strikeTimes.length;

test("X13: Home Assistant is shown the doors of whoever wants it, as they are and never as nobody knows; it opens nothing, and goes as it came", async (t) => {
  const broker = await startHomeBroker();
  t.teardown(() => broker.stop());
  const home: HomeSettings = { location: { host: "127.0.0.1", port: broker.port, tls: false, username: "latchkey", password: "not for any log" }, ca: undefined, prefix: "homeassistant" };
  const world = await World.begin(t, { doors: 2, settings: { home } });
  const [front, cellar] = world.doors;
  const ha = await HomeAssistantDouble.start(broker.port, () => world.clock.unixMs / 1_000);
  t.teardown(() => ha.stop());
  const manager = await managerOf(world, world.property, "manager@example.com");
  const { property } = world;
  const shows = (component: string, door = front): string => ha.shows(door.id, component);
  const turns = (component: string, state: string, door = front): Promise<void> => until(world, `${component} is ${state}, not ${shows(component, door)}`, () => shows(component, door) === state);

  // Nothing, until a manager says so.
  await until(world, "the home's broker is there", async () => (await manager.get(`/properties/${property}/home-assistant`)).broker === "connected");
  t.like(await manager.get(`/properties/${property}/home-assistant`), { enabled: false, unlock: false, names: false });
  t.is(ha.discoveries, 0);
  t.is((await manager.send("PUT", `/properties/${property}/home-assistant`, { enabled: true, unlock: false, names: false, language: "en" }, { "if-match": '"99"' })).body.code, "changed-meanwhile");

  const ana = await world.add({ name: "Ana", pins: [{ duressPin: true }] });
  await choose(manager, property, { enabled: true, language: "fr" });
  await turns("lock_state", "off");
  await turns("lock_state", "off", cellar);
  t.deepEqual([...ha.entities(front.id).keys()].sort(), ["activity", "connected", "contact", "forced", "held", "keypad", "last_access", "lock_state", "problem"]);
  t.deepEqual(["contact", "forced", "held", "keypad", "problem", "connected", "last_access"].map((component) => shows(component)), ["off", "off", "off", "off", "off", "on", "unknown"]);
  t.is(ha.entities(front.id).get("lock_state")!.name, "door 0 Serrure");

  // A PIN, then its time is over. Nobody is told whose it was.
  const { events } = ha.entities(front.id).get("activity")!;
  t.true(front.opensWith(() => front.board.keypad.type(`${ana.pins[0].pin}#`)));
  await turns("lock_state", "on");
  await until(world, "it was said when", () => shows("last_access") !== "unknown");
  t.true(Math.abs(Date.parse(shows("last_access")) - world.clock.unixMs) < 60_000);
  t.deepEqual(ha.entities(front.id).get("last_access")!.attributes, { by: "pin" });
  await until(world, "it was told", () => events.length > 0);
  t.deepEqual(events, [{ type: "opened", by: "pin" }]);
  await pass(world, 7);
  await turns("lock_state", "off");
  // Made to open: whoever stands beside them may see the screen.
  t.true(await types(world, front, ana.pins[0].duressPin.pin));
  await until(world, "that was told", () => events.length === 2);
  t.deepEqual(events[1], events[0]);
  t.false(await types(world, front, wrong(ana.pins[0].pin, ana.pins[0].duressPin.pin)));
  await until(world, "that was told too", () => events.length === 3);
  t.deepEqual(events[2], { type: "refused", reason: "unknown-credential" });

  // The leaf; forced, and closed again.
  await turns("lock_state", "off");
  front.board.setLeaf(true);
  world.clock.advance(200);
  await turns("forced", "on");
  await turns("contact", "on");
  await until(world, "it was told", () => events.at(-1)!["type"] === "forced_open");
  front.board.setLeaf(false);
  world.clock.advance(200);
  await turns("forced", "off");
  await turns("contact", "off");

  // A manager holds it open: until the door has said so, nothing is claimed; then it is not locked.
  await world.order(front, "lock-state", { state: "hold-open" });
  await turns("lock_state", "on");
  await world.order(front, "lock-state", { state: "normal" });
  await turns("lock_state", "off");

  // With names, if the manager wants that; and without them again nothing of it stays at the broker.
  await choose(manager, property, { names: true });
  t.true(await types(world, front, ana.pins[0].pin));
  await until(world, "it was said who", () => ha.entities(front.id).get("last_access")!.attributes["person"] === "Ana");
  await until(world, "it was told", () => events.at(-1)!["person"] === "Ana");
  t.deepEqual(events.at(-1), { type: "opened", by: "pin", person: "Ana" });
  await choose(manager, property, { names: false });
  await until(world, "it is said no more", () => ha.entities(front.id).get("last_access")!.attributes["person"] === undefined);

  // No network: nobody knows whether it is locked, and that it is away is known.
  await world.isolate(cellar);
  await turns("lock_state", "unavailable", cellar);
  await turns("connected", "off", cellar);
  await types(world, cellar, ana.pins[0].pin);
  const before = ha.entities(cellar.id).get("lock_state")!.history.length;
  await pass(world, 180);
  await world.reconnect(cellar);
  await turns("lock_state", "off", cellar);
  t.deepEqual(ha.entities(cellar.id).get("lock_state")!.history.slice(before).filter((state) => state === "on"), [], "what happened minutes ago moves nothing now");
  t.deepEqual(ha.entities(cellar.id).get("activity")!.events, [], "… and is no news");
  await until(world, "its log is there", () => shows("last_access", cellar) !== "unknown");
  t.true(Date.parse(shows("last_access", cellar)) < world.clock.unixMs - 170_000);

  // Home Assistant starts anew, however often it says so; the broker too.
  const told = ha.discoveries;
  for (let time = 0; time < 20; time++) await ha.birth();
  await until(world, "everything is said anew", () => ha.discoveries >= told + 2);
  await pass(world, 2 * HOME_REPEAT_SECONDS);
  await until(world, "that was it", () => true);
  t.true(ha.discoveries <= told + 4, "once for all of them, or twice");
  await broker.pause();
  t.true(await types(world, front, ana.pins[0].pin), "what the home's broker does is nothing to a door");
  const known = events.length;
  await broker.resume();
  await until(world, "both are back", async () => (await manager.get(`/properties/${property}/home-assistant`)).broker === "connected");
  await turns("lock_state", "off");
  t.is(events.length, known, "what happened meanwhile is no news");

  // The cloud goes: nobody knows anything any more.
  const { httpPort, mqttPort } = world.cloud;
  await world.cloud.stop();
  await until(world, "Home Assistant knows that the cloud is gone", () => shows("connected") === "unavailable");

  // A manager changes their mind while nobody is connected to the broker: what stands there goes at the next start.
  world.settings = {};
  await world.startCloud(httpPort, mqttPort);
  t.is((await manager.get(`/properties/${property}/home-assistant`)).broker, "none");
  await choose(manager, property, { enabled: false });
  await world.cloud.stop();
  t.is(ha.entities(front.id).size, 9);
  world.settings = { home };
  await world.startCloud(httpPort, mqttPort);
  await until(world, "nothing is left", () => shows("contact") === "missing" && shows("contact", cellar) === "missing");
  t.deepEqual(ha.flaws, []);
});

test("X13, N14: opened from Home Assistant where the manager lets it: once, by its own name in the audit, never late, and not beyond what doors open for", async (t) => {
  const broker = await startHomeBroker();
  t.teardown(() => broker.stop());
  const home: HomeSettings = { location: { host: "127.0.0.1", port: broker.port, tls: false, username: undefined, password: undefined }, ca: undefined, prefix: "homeassistant" };
  const world = await World.begin(t, { doors: 1, settings: { home } });
  const [door] = world.doors;
  const ha = await HomeAssistantDouble.start(broker.port, () => world.clock.unixMs / 1_000);
  t.teardown(() => ha.stop());
  const site = siteClient(world);
  const { property } = world;
  await until(world, "the home's broker is there", async () => (await site.get(`/properties/${property}/home-assistant`)).broker === "connected");
  await choose(site, property, { enabled: true });
  await until(world, "it is shown", () => ha.shows(door.id, "lock_state") === "off");
  const command = `latchkey/home/${world.cloud.site}/doors/${door.id}/set`;
  const now = (): string => (world.clock.unixMs / 1_000).toFixed(6);
  const failed = (): unknown[] => ha.entities(door.id).get("activity")!.events.filter(({ type }) => type === "unlock_failed");

  // Off by default: whoever knows the topic opens nothing.
  await ha.publish(command, `{"do": "UNLOCK", "at": ${now()} }`);
  await until(world, "time for it", rounds(100));
  t.is(openings(door), 0);

  await choose(site, property, { unlock: true });
  await until(world, "there is a lock", () => ha.shows(door.id, "lock") === "locked");
  t.is(ha.shows(door.id, "lock_state"), "missing", "one of both");
  const pressed = await ha.press(door.id, "unlock");
  await until(world, "it is open", () => ha.shows(door.id, "lock") === "unlocked");
  t.is(openings(door), 1);
  t.true(ha.entities(door.id).get("lock")!.history.includes("unlocking"));
  await until(world, "it is in the log", () => ha.entities(door.id).get("activity")!.events.some(({ type, by }) => type === "opened" && by === "remote"));
  const audited = (await site.get(`/audit?property=${property}`)).items.filter(({ action }: Json) => action.startsWith("door.unlock"));
  t.deepEqual(audited.map(({ actor, detail }: Json) => [actor, detail.state]), [[`home/${property}`, "asking"], [`door/${door.id}`, "opened"]]);
  const [event] = (await world.events(door)).filter(({ type }: Json) => type === "remote-unlock");
  t.deepEqual(event.unlockedBy, { actor: `home/${property}`, name: null });
  await pass(world, 7);
  await until(world, "it is locked again", () => ha.shows(door.id, "lock") === "locked");

  // The same press again, one from long ago, from a clock that is ahead, retained, garbage, and to lock.
  const seconds = world.clock.unixMs / 1_000;
  await ha.publish(pressed.topic, pressed.payload);
  for (const at of [seconds - HOME_PRESS_SECONDS - 2, seconds + HOME_PRESS_SECONDS + 2]) await ha.publish(pressed.topic, `{"do": "UNLOCK", "at": ${at} }`);
  for (const payload of ["UNLOCK", "", "{", "[]", '{"do": "UNLOCK"}', `{"do": "UNLOCK", "at": "${seconds}"}`, "x".repeat(5_000)]) await ha.publish(pressed.topic, payload);
  await ha.press(door.id, "lock");
  await until(world, "time for all of it", rounds(200));
  t.is(openings(door), 1);
  // One that the broker has kept: fresh by its words, and nobody stands there.
  const { httpPort, mqttPort } = world.cloud;
  await world.cloud.stop();
  await ha.publish(command, `{"do": "UNLOCK", "at": ${now()} }`, true);
  await world.startCloud(httpPort, mqttPort);
  await until(world, "all are back", () => ha.shows(door.id, "lock") === "locked");
  await until(world, "time for it", rounds(100));
  t.is(openings(door), 1);
  await ha.publish(command, "", true);

  // Locked down, without a network, and too often.
  await world.order(door, "lock-state", { state: "lock-down" });
  await pass(world, 7);
  const opened = openings(door);
  await ha.press(door.id, "unlock");
  await until(world, "it was told", () => failed().length === 1);
  t.deepEqual(failed()[0], { type: "unlock_failed", reason: "locked-down" });
  await world.order(door, "lock-state", { state: "normal" });
  await world.isolate(door);
  await until(world, "it is away", () => ha.shows(door.id, "lock") === "unavailable");
  await ha.press(door.id, "unlock");
  await until(world, "that was told", () => failed().length === 2);
  t.deepEqual(failed()[1], { type: "unlock_failed", reason: "offline" });
  for (let press = 0; press < 40; press++) {
    world.clock.advance(10);
    await ha.press(door.id, "unlock");
    await until(world, "it was told", () => failed().length === 3 + press);
  }
  t.deepEqual(failed().at(-1), { type: "unlock_failed", reason: "too-often" });
  await world.reconnect(door);
  t.is(openings(door), opened, "nothing waits for a door that comes back");

  // The manager takes it back.
  await choose(site, property, { unlock: false });
  await pass(world, 60);
  await ha.publish(command, `{"do": "UNLOCK", "at": ${now()} }`);
  await until(world, "there is no lock", () => ha.shows(door.id, "lock") === "missing" && ha.shows(door.id, "lock_state") === "off");
  await until(world, "time for it", rounds(100));
  t.is(openings(door), opened);
  t.deepEqual(ha.flaws, []);
});

/** Holds after so many looks. */
function rounds(count: number): () => boolean {
  let left = count;
  return () => left-- <= 0;
}

test("X13: the home's broker is a setting, whose mistakes are named and whose password is not", (t) => {
  t.is(readSettings({}).home, undefined);
  t.deepEqual(readSettings({ HA_MQTT_URL: "mqtt://me:se%20cret@ha.local" }).home, { location: { host: "ha.local", port: 1_883, tls: false, username: "me", password: "se cret" }, ca: undefined, prefix: "homeassistant" });
  t.like(readSettings({ HA_MQTT_URL: "mqtts://ha.local", LATCHKEY_HA_PREFIX: "house/ha" }).home, { location: { port: 8_883, tls: true }, prefix: "house/ha" });
  for (const mistake of [{ HA_MQTT_URL: "http://me:secret@ha.local" }, { HA_MQTT_URL: "mqtt://me:secret@ha.local/x" }, { HA_MQTT_URL: "mqtt://me:secret@ha.local", LATCHKEY_HA_PREFIX: "a#" }, { HA_MQTT_URL: "mqtt://me:secret@ha.local", LATCHKEY_HA_CA: "/nowhere" }]) {
    const { message } = t.throws(() => readSettings(mistake));
    t.regex(message, /HA_MQTT_URL|LATCHKEY_HA_/);
    t.false(message.includes("secret"));
  }
});
