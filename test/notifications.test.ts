import test from "ava";
import type { Window } from "../cloud/access/window";
import { quietUntil } from "../cloud/notifications/quiet-hours";
import { DEFAULT_RULES } from "../cloud/properties/household-rules";
import { CloudRig, NOON, type Json } from "./support/cloud-rig";
import { Building, pinOf } from "./support/household";
import { signInManager } from "./support/managers";
import { EventChain, ProtocolDoor } from "./support/protocol-door";
import { addIdentifier, Client, messagesTo, signIn, siteClient } from "./support/sign-in";
import { World, type WorldDoor } from "./support/world";

const ALL = ["door-opened", "door-refused", "door-forced", "door-held-open", "door-alarm", "duress", "changed"];

/** What somebody was told, newest first: kind, person, late. */
async function told(client: Client): Promise<string[]> {
  return (await client.get("/account/notifications")).items.map((item: Json) => [item.kind, ...(item.person === null ? [] : [item.person.name]), ...(item.late ? ["late"] : [])].join(" "));
}

/** E-mails about what has happened, newest first. */
async function news(world: World | CloudRig, address: string): Promise<Json[]> {
  return (await messagesTo(world, address)).filter(({ kind }) => kind === "notification");
}

async function listen(client: Client, property: string, rule: object = {}): Promise<Json> {
  return client.post("/account/notification-rules", { property, events: ALL, channels: ["in-app", "email"], ...rule });
}

async function heard(world: World, door: WorldDoor, events: number): Promise<void> {
  await world.until(`${events} events are here`, async () => (await world.events(door)).filter(({ type }) => type === "decision").length >= events);
  await world.cloud.settled();
}

test("N13, O15: everybody is told of what they may see, by themselves alone, and no longer than they may", async (t) => {
  const world = await World.begin(t, { doors: 2, start: Date.UTC(2026, 5, 1, 10) });
  const [front, back] = world.doors;
  const building = await Building.of(world);
  const { manager } = building;
  const flat = await building.flat("2nd floor left");
  const ada = await building.leaseholder(flat, "ada");
  const bea = await building.leaseholder(flat, "bea", { household: ada.household });
  const rob = await building.invited(ada, "rob", { role: "resident" });
  const gus = await building.invited(ada, "gus", { role: "guest", doors: [front.id], end: "2026-07-01T00:00:00Z" });
  const share = await ada.client.post(`/households/${ada.household}/shares`, { name: "Plumber", doors: [front.id], end: "2026-06-02T00:00:00Z" });
  const stranger = await signIn(world, "stranger@example.com");
  const people = { manager, ada: ada.client, bea: bea.client, rob: rob.client, gus: gus.client };
  for (const client of Object.values(people)) await listen(client, world.property);
  // One door only, and not the one at which things happen.
  await listen(rob.client, world.property, { door: back.id, channels: ["in-app"] });
  t.is((await stranger.send("POST", "/account/notification-rules", { property: world.property, events: ALL, channels: ["in-app"] })).body.code, "not-found");
  t.is((await gus.client.send("POST", "/account/notification-rules", { property: world.property, door: back.id, events: ALL, channels: ["in-app"] })).body.code, "not-found");
  await world.upToDate();

  const clear = async () => {
    for (const client of Object.values(people)) {
      const { items } = await client.get("/account/notifications");
      t.is((await client.get("/account")).unread, Math.min(10, items.filter(({ read }: Json) => !read).length));
      if (items.length > 0) t.is((await client.post("/account/notifications/read", { until: items[0].id }, 200)).unread, 0);
    }
  };
  /** Who was told what since the last look. */
  const fresh = async (): Promise<Record<string, string[] | undefined>> => {
    await world.cloud.settled();
    const found: Record<string, string[] | undefined> = {};
    for (const [name, client] of Object.entries(people)) {
      const items = (await client.get("/account/notifications")).items.filter((item: Json) => !item.read);
      if (items.length > 0) found[name] = items.map((item: Json) => `${item.kind} ${item.person?.name ?? "-"}`);
    }
    await clear();
    return found;
  };

  // The manager hears what members change, and a member what others change of theirs; nobody of their own acts.
  await clear();
  await ada.client.expect(200, "PATCH", `/members/${gus.person}`, { windows: [{ days: ["monday"], start: "08:00", end: "20:00" }] }, { "if-match": "*" });
  t.deepEqual(await fresh(), { manager: ["changed gus"], bea: ["changed gus"], gus: ["changed gus"] });
  await world.upToDate();

  t.true(front.types(await pinOf(rob.client, rob.person)));
  await heard(world, front, 1);
  t.deepEqual(await fresh(), { manager: ["door-opened rob"], rob: ["door-opened rob"] }, "no administrator's business");
  t.true(front.types(await pinOf(gus.client, gus.person)));
  t.true(front.types(await pinOf(ada.client, share.person)));
  t.true(front.types(await pinOf(bea.client, bea.person)));
  await heard(world, front, 4);
  const seen = await fresh();
  t.deepEqual(seen.gus, ["door-opened gus"]);
  t.deepEqual(seen.bea, ["door-opened bea"], "no co-administrator's guests and shares");
  t.deepEqual(seen.ada?.sort(), ["door-opened Plumber", "door-opened gus"]);
  t.is(seen.rob, undefined);
  t.false(front.types("00000000"));
  await heard(world, front, 5);
  t.deepEqual(await fresh(), { manager: ["door-refused -"] });
  front.board.setLeaf(true);
  await world.until("forced", async () => (await world.events(front)).some(({ type }) => type === "forced-open"));
  t.deepEqual(await fresh(), { manager: ["door-forced -"] });
  front.board.setLeaf(false);

  // What came within a minute goes together.
  await world.pass(70_000);
  // Words are for those who read them: names, place and time, in e-mails and without the digits of anything.
  const mails = await news(world, "manager@example.com");
  t.regex(mails.map(({ text }) => text).join(), /“rob” opened “door 0”, 1 June 2026 at 12:\d\d\./);
  t.regex(mails.map(({ text }) => text).join(), /“ada” changed somebody’s access \(“gus”\)/);
  t.deepEqual(await news(world, "stranger@example.com"), []);
  const audit = (await siteClient(world).get(`/audit?property=${world.property}`)).items;
  t.true(audit.some(({ action, actor, detail }: Json) => action === "events.told" && actor === `account/${manager.account}` && detail.channel === "in-app"));
  t.true(audit.some(({ action, detail }: Json) => action === "events.told" && detail.channel === "email"));
  t.false(audit.some(({ action, actor }: Json) => action === "events.told" && actor === `account/${ada.client.account}`));

  // What a door says late is said to be late.
  front.pullPlug();
  t.true(front.types(await pinOf(rob.client, rob.person)));
  await world.pass(600_000);
  await world.reconnect(front);
  await heard(world, front, 6);
  t.is((await told(rob.client))[0], "door-opened rob late");
  t.regex((await news(world, "rob@example.com"))[0].text, /“rob” opened “door 0”, .* \(arrived late\)\./);

  // Duress is told to whoever may help, and not to who is under it; to them it looks like any other day.
  const made = await world.add({ name: "Zoe", pins: [{ duressPin: true }] });
  await fresh();
  t.true(front.types(made.pins[0].duressPin.pin));
  await heard(world, front, 7);
  t.deepEqual((await fresh()).manager?.sort(), ["door-opened Zoe", "duress Zoe"]);

  // A right that ends takes the rule with it: nothing of what comes later is told, and what was told is not shown any more.
  await clear();
  const pin = await pinOf(gus.client, gus.person);
  const before = (await news(world, "gus@example.com")).length;
  front.pullPlug();
  t.true(front.types(pin));
  await ada.client.expect(200, "DELETE", `/members/${gus.person}`);
  await world.reconnect(front);
  await heard(world, front, 8);
  t.is((await news(world, "gus@example.com")).length, before);
  t.deepEqual((await gus.client.get("/account/notification-rules")).items, []);
  t.true((await fresh()).ada?.includes("door-opened gus"), "their guest it was");
  await siteClient(world).delete(`/properties/${world.property}/managers/${manager.account}`);
  t.deepEqual(await told(manager), []);
  t.deepEqual((await manager.get("/account/notification-rules")).items, []);
  const mailed = (await news(world, "manager@example.com")).length;
  t.false(front.types("00000000"));
  await heard(world, front, 9);
  t.is((await news(world, "manager@example.com")).length, mailed);
  await world.pass(3_600_000);
  t.true((await siteClient(world).get(`/audit?property=${world.property}`)).items.some(({ action, actor, subject }: Json) => action === "notification-rule.remove" && actor === "upkeep" && subject === `account/${manager.account}`));
});

/** A rig with a manager who has both addresses, and a door that says what it is told to. */
async function quietHouse(t: { teardown(work: () => Promise<void>): void }): Promise<{ rig: CloudRig; property: string; manager: Client; door: ProtocolDoor; chain: EventChain; say(events: number, at?: number): Promise<void> }> {
  const rig = await CloudRig.start();
  t.teardown(() => rig.stop());
  const property = (await rig.post("/properties", { name: "Rue des Lilas 7", timeZone: "Europe/Paris" })).id;
  const manager = await signInManager(rig, property, "manager@example.org");
  await addIdentifier(manager, "+33612345678");
  const door = await ProtocolDoor.claimed(rig, property, "Front door");
  t.teardown(() => door.disconnect());
  await door.connect();
  const chain = new EventChain(door);
  const say = async (events: number, at = rig.clock.now()) => {
    for (let left = events; left > 0; ) {
      const first = chain.records.length;
      for (let index = 0; index < Math.min(left, 16); index++) chain.append({ type: "decision", reason: "unknown-credential", time: at });
      door.publish("events", chain.upload(first, chain.records.length));
      left -= chain.records.length - first;
      await door.until(() => door.acknowledgedEvents === chain.records.length);
    }
    await rig.cloud.settled();
  };
  return { rig, property, manager, door, chain, say };
}

test("N13: quiet hours hold back what is sent, over restarts; a burst is a few messages and all of it is counted", async (t) => {
  const { rig, property, manager, door, chain, say } = await quietHouse(t);
  const night = { days: ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"], start: "22:00", end: "07:00" };
  const rule = await listen(manager, property, { door: door.hex, events: ["door-refused"], quiet: [night] });
  await say(1);
  t.is((await news(rig, "manager@example.org")).length, 1);
  // 1 June, 14:00 in Paris: eight hours and a half later is night.
  rig.clock.advance(8.5 * 3_600);
  await say(1);
  t.is((await news(rig, "manager@example.org")).length, 1, "not at night");
  t.deepEqual(await told(manager), ["door-refused"]);
  await door.disconnect();
  await rig.restart();
  rig.clock.advance(8.4 * 3_600);
  await rig.cloud.settled();
  t.is((await news(rig, "manager@example.org")).length, 1);
  rig.clock.advance(0.2 * 3_600);
  await rig.cloud.settled();
  const morning = await news(rig, "manager@example.org");
  t.is(morning.length, 2);
  t.regex(morning[0].text, /Somebody was refused at “Front door”, 1 June 2026 at 22:30\./);
  t.is((await told(manager)).length, 2);
  await rig.restart();
  t.is((await news(rig, "manager@example.org")).length, 2, "once");

  // A rule says when it was changed meanwhile; what waits goes with it.
  t.is((await manager.send("PATCH", `/account/notification-rules/${rule.id}`, { quiet: [] })).body.code, "version-needed");
  await manager.patch(`/account/notification-rules/${rule.id}`, { quiet: [], channels: ["email", "sms", "in-app"], events: ["door-refused", "duress"] }, '"1"');
  t.is((await manager.send("PATCH", `/account/notification-rules/${rule.id}`, { quiet: [] }, { "if-match": '"1"' })).body.code, "changed-meanwhile");

  // Somebody plays with the keypad: two hundred refusals within two minutes.
  rig.clock.advance(600);
  await door.connect();
  const texts = async () => (await messagesTo(rig, "+33612345678")).filter(({ kind }) => kind === "notification");
  for (let round = 0; round < 10; round++) {
    await say(20);
    rig.clock.advance(12);
    await rig.cloud.settled();
  }
  chain.append({ type: "decision", kind: 1, duress: true });
  door.publish("events", chain.upload(chain.records.length - 1, chain.records.length));
  await door.until(() => door.acknowledgedEvents === chain.records.length);
  await rig.cloud.settled();
  t.regex((await news(rig, "manager@example.org"))[0].subject, /a call for help/, "an alarm does not wait behind them");
  rig.clock.advance(3_600);
  await rig.cloud.settled();
  const mails = (await news(rig, "manager@example.org")).slice(0, -2);
  t.true(mails.length <= 6, `${mails.length} e-mails`);
  t.true((await texts()).length <= 5, "text messages cost money");
  const items = (await manager.get("/account/notifications")).items.filter(({ kind, times }: Json) => kind === "door-refused" && times > 1);
  t.is(items.reduce((sum: number, { times }: Json) => sum + times, 0), 200);
  t.regex(mails.map(({ text }) => text).join(), /, \d+ times, last 2 June 2026/);
  // What a door has only counted counts too.
  rig.clock.advance(7_200);
  chain.append({ type: "denials-folded", count: 40 });
  door.publish("events", chain.upload(chain.records.length - 1, chain.records.length));
  await door.until(() => door.acknowledgedEvents === chain.records.length);
  await rig.cloud.settled();
  t.is((await manager.get("/account/notifications")).items[0].times, 40);
  t.regex((await texts())[0].text, /^Latchkey, Rue des Lilas 7: Somebody was refused at “Front door”, 40 times, last .* http/);

  // What waits for the morning is not told to whoever may not see it any more by then (O15).
  await manager.patch(`/account/notification-rules/${rule.id}`, { quiet: [night] }, '"2"');
  rig.clock.advance(12 * 3_600);
  await say(1);
  const count = (await news(rig, "manager@example.org")).length;
  await siteClient(rig).delete(`/properties/${property}/managers/${manager.account}`);
  rig.clock.advance(12 * 3_600);
  await rig.cloud.settled();
  t.is((await news(rig, "manager@example.org")).length, count);
  t.deepEqual((await manager.get("/account/notifications")).items, []);
});

test("N13, N4, N12: owners of a door and groups hear of it, but not who of a household came (O15); rules are bounded and whole", async (t) => {
  const { rig, property, manager, door, chain } = await quietHouse(t);
  const worker = await rig.post("/people", { property, name: "Cleaner", class: "staff", pins: [{ grants: [{ doors: [door.hex] }] }] });
  const unit = await rig.post(`/properties/${property}/units`, { name: "Flat", doors: [door.hex] });
  const owner = await signIn(rig, "owner@example.org", { name: "Olga" });
  await addIdentifier(owner, "+33612345670");
  const ada = await signIn(rig, "ada@example.org");
  await addIdentifier(ada, "+33612345671");
  const leaseholders = [{ name: "Olga", email: "owner@example.org", phone: "+33612345670" }, { name: "Ada", email: "ada@example.org", phone: "+33612345671" }];
  const { leases } = await rig.post("/leases", { unit: unit.id, leaseholders });
  await manager.put(`/doors/${door.hex}/owners`, { owners: [{ person: leases[0].person }] });
  const adaPin = await pinOf(ada, leases[1].person);
  await rig.cloud.settled();
  await door.until(() => door.knows(adaPin) && door.knows(worker.pins[0].pin));
  await listen(owner, property, { door: door.hex, events: ["door-opened", "door-forced", "changed"], channels: ["in-app"] });
  const say = async (...events: Parameters<EventChain["append"]>[0][]) => {
    const first = chain.records.length;
    for (const event of events) chain.append(event);
    door.publish("events", chain.upload(first, chain.records.length));
    await door.until(() => door.acknowledgedEvents === chain.records.length);
    await rig.cloud.settled();
  };
  await say({ type: "decision", kind: 1, tag: door.tagOf(adaPin) }, { type: "decision", kind: 1, tag: door.tagOf(worker.pins[0].pin) }, { type: "forced-open" });
  t.deepEqual(await told(owner), ["door-forced", "door-opened Cleaner"]);
  await manager.put(`/doors/${door.hex}/lock-state`, { state: "hold-open" });
  await rig.cloud.settled();
  const [{ kind, by, subject }] = (await owner.get("/account/notifications")).items;
  t.deepEqual({ kind, by, subject }, { kind: "changed", by: "manager", subject: `door/${door.hex}` });
  await manager.put(`/doors/${door.hex}/owners`, { owners: [] });
  t.deepEqual(await told(owner), [], "what they owned the door for");

  // A group that lets its people see what happens at its doors does not let them see who of a household it was.
  await manager.expect(200, "PUT", `/properties/${property}/rules`, { ...DEFAULT_RULES, groups: true }, { "if-match": "*" });
  const group = await manager.post("/groups", { property, name: "Ground floor", doors: [door.hex], permissions: ["see-events"] });
  t.is((await ada.send("POST", "/account/notification-rules", { property, group: group.id, events: ["door-opened"], channels: ["in-app"] })).body.code, "not-found");
  const watching = await listen(manager, property, { group: group.id, events: ["changed", "door-opened", "duress"], channels: ["in-app"] });
  await siteClient(rig).put(`/groups/${group.id}/people/${leases[1].person}`, {});
  await listen(ada, property, { group: group.id, events: ["door-opened"], channels: ["in-app"] });
  await rig.cloud.settled();
  t.deepEqual((await manager.get("/account/notifications")).items.map(({ action }: Json) => action), ["group.join"]);
  const olgaPin = await pinOf(owner, leases[0].person);
  await say({ type: "decision", kind: 1, tag: door.tagOf(olgaPin) }, { type: "decision", kind: 1, tag: door.tagOf(worker.pins[0].pin) });
  t.deepEqual(await told(ada), ["door-opened Cleaner"]);
  t.deepEqual((await told(manager)).slice(0, 2), ["door-opened Cleaner", "door-opened Olga"]);
  // Whoever stands beside her and looks at her phone sees what there is every day.
  await listen(owner, property, { events: ["door-opened", "duress"], channels: ["in-app"] });
  rig.clock.advance(600);
  await say({ type: "decision", kind: 1, tag: door.tagOf(olgaPin), duress: true });
  const hers = await told(owner);
  t.is(hers[0], "door-opened Olga");
  t.false(hers.some((line) => line.startsWith("duress")));
  t.deepEqual((await told(manager)).slice(0, 2), ["duress Olga", "door-opened Olga"]);
  await manager.expect(200, "PATCH", `/groups/${group.id}`, { permissions: [] }, { "if-match": "*" });
  t.deepEqual((await ada.get("/account/notification-rules")).items, []);
  rig.clock.advance(3_600);
  await say({ type: "decision", kind: 1, tag: door.tagOf(worker.pins[0].pin) });
  t.deepEqual(await told(ada), []);
  await manager.expect(200, "DELETE", `/groups/${group.id}`, undefined, { "if-match": "*" });
  t.is((await manager.send("GET", `/account/notification-rules/${watching.id}`)).status, 404);
  await manager.post("/account/notifications/read", { until: "999999999" }, 200);

  // Rules are whole or refused.
  const refused = async (rule: object) => (await manager.send("POST", "/account/notification-rules", { property, events: ["duress"], channels: ["in-app"], ...rule })).body.code;
  const everyDay = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];
  t.is(await refused({ events: [] }), "invalid-request");
  t.is(await refused({ channels: [] }), "invalid-request");
  t.is(await refused({ door: door.hex, group: door.hex }), "invalid-request");
  t.is(await refused({ group: "0123456789abcdef" }), "not-found");
  t.is(await refused({ quiet: [{ days: everyDay, start: "00:00", end: "24:00" }] }), "invalid-request");
  t.is(await refused({ quiet: [{ days: ["monday"], start: "08:00", end: "12:00" }, { days: ["monday"], start: "11:00", end: "13:00" }] }), "windows-overlap");
  t.is((await ada.send("POST", "/account/notification-rules", { property, events: ["duress"], channels: ["sms"] })).status, 201);
  const mailOnly = await signInManager(rig, property, "mail@example.org");
  t.is((await mailOnly.send("POST", "/account/notification-rules", { property, events: ["duress"], channels: ["sms"] })).body.code, "no-address");
  const [first] = [await listen(manager, property)];
  for (let count = 1; count < 50; count++) await listen(manager, property);
  t.is(await refused({}), "too-many-rules");
  t.is((await ada.send("DELETE", `/account/notification-rules/${first.id}`)).body.code, "not-found", "somebody else's");
  // By fifty rules one is told once.
  await say({ type: "held-open" });
  t.deepEqual((await manager.get("/account/notifications")).items.filter(({ read }: Json) => !read).map(({ kind }: Json) => kind), ["door-held-open"]);
  await manager.delete(`/account/notification-rules/${first.id}`);
  // Of an account that is erased nothing is left to tell.
  await mailOnly.post("/account/notification-rules", { property, events: ["door-held-open"], channels: ["email"] });
  await mailOnly.expect(204, "DELETE", "/account");
  rig.clock.advance(3_600);
  await say({ type: "held-open" });
  t.deepEqual(await news(rig, "mail@example.org"), []);
});

test("N13: quiet hours follow the property's wall clock", (t) => {
  const at = (text: string) => Date.parse(text) / 1_000;
  const window = (days: number, start: number, end: number): Window => ({ days, start: start * 60, end: end * 60, onHolidays: true });
  const nights = [window(127, 22, 31)];
  const until = (windows: Window[], text: string) => new Date(quietUntil(windows, "Europe/Paris", at(text)) * 1_000).toISOString();
  t.is(quietUntil([], "Europe/Paris", NOON), NOON);
  t.is(until(nights, "2026-06-01T19:59:59Z"), "2026-06-01T19:59:59.000Z");
  t.is(until(nights, "2026-06-01T20:00:00Z"), "2026-06-02T05:00:00.000Z");
  t.is(until(nights, "2026-06-02T05:00:00Z"), "2026-06-02T05:00:00.000Z", "half-open");
  // Nights in which the clock jumps: summer begins on 29 March, and ends on 25 October.
  t.is(until(nights, "2026-03-28T23:00:00Z"), "2026-03-29T05:00:00.000Z");
  t.is(until(nights, "2026-10-24T22:00:00Z"), "2026-10-25T06:00:00.000Z");
  // What follows upon each other is one rest: Friday night, all weekend, until Monday.
  const weekend = [window(0b0010000, 18, 24), window(0b1100000, 0, 24), window(0b0000001, 0, 8)];
  t.is(until(weekend, "2026-06-05T17:00:00Z"), "2026-06-08T06:00:00.000Z");
  t.is(until(weekend, "2026-06-05T15:59:00Z"), "2026-06-05T15:59:00.000Z");
  // A window whose end the clock skips.
  t.is(until([window(0b1000000, 1, 2.5)], "2026-03-29T00:30:00Z"), "2026-03-29T01:30:00.000Z");
  // A Sunday's night is Sunday's, also on Monday.
  t.is(until([window(0b1000000, 22, 30)], "2026-06-08T02:00:00Z"), "2026-06-08T04:00:00.000Z");
  t.is(until([window(0b1000000, 22, 30)], "2026-06-09T02:00:00Z"), "2026-06-09T02:00:00.000Z");
});
