import test from "ava";
import type { GrantTerms } from "../cloud/access/grant";
import { surroundingsOf } from "../cloud/issuing/property-surroundings";
import { nativeHashes } from "../cloud/keys/native-hashes";
import { UNLOCK_ASK_SECONDS } from "../cloud/limits";
import { decideUnlock, type OwnRight } from "../cloud/remote-unlock/decide-unlock";
import { CommandVerb, encodeReply, openCommand, ReplyStatus, type Command } from "../protocol/command";
import { NO_END } from "../protocol/profile";
import { CloudProcess } from "./support/cloud-process";
import { CloudRig, type ApiAnswer, type Json } from "./support/cloud-rig";
import { Building } from "./support/household";
import { ANSWER, ASK, COMMAND, Mishaps, NONCE, STEPS } from "./support/mishaps";
import { passSlowly, patience, Press, press, pressInVain } from "./support/press";
import { ProtocolDoor } from "./support/protocol-door";
import { Client, siteClient, signIn } from "./support/sign-in";
import { World, type WorldDoor } from "./support/world";

const THURSDAY_TEN = Date.parse("2026-01-01T10:00:00+01:00") / 1_000;

const OPENED: [number | string, string] = [200, "yes"];
const NO: [number | string, string] = ["unlock-timed-out", "no"];
const MAYBE: [number | string, string] = ["unlock-timed-out", "maybe"];

async function openings(world: World, door: WorldDoor): Promise<Json[]> {
  return (await world.events(door)).filter(({ type }) => type === "remote-unlock");
}

test("N14: whoever may opens a door from afar once, and it is known who it was; a retry opens nothing; every refusal has its code", async (t) => {
  const world = await World.begin(t, { doors: 0 });
  const door = await world.addDoor("front", { locks: ["fail-secure", "fail-secure"] });
  const building = await Building.of(world);
  const flat = await building.flat("1A");
  const ada = await building.leaseholder(flat, "ada");
  const rob = await building.invited(ada, "rob", { role: "resident", windows: [{ days: ["thursday"], start: "08:00", end: "12:00" }] });
  const stranger = await signIn(world, "stranger@example.com");
  const machine = await siteClient(world).post("/tokens", { property: world.property, name: "Intercom" });
  await world.upToDate();
  world.goTo("2026-01-01T09:00:00+01:00"); // a Thursday
  const { board } = door;

  // Once each, by whom, and shown as theirs.
  const site = siteClient(world);
  const first = await press(world, site, door);
  t.deepEqual(first.said, [200, "yes"]);
  t.is(board.strikeTimes.length, 1);
  world.clock.advance(10_000);
  const people: [Client, string | null, string | null][] = [
    [building.manager, null, "The manager"],
    [ada.client, ada.person, "ada"],
    [rob.client, rob.person, "rob"],
    [new Client(world, machine.token), null, "Intercom"],
  ];
  for (const [client] of people) {
    t.deepEqual((await press(world, client, door)).said, [200, "yes"]);
    world.clock.advance(10_000);
  }
  t.is(board.strikeTimes.length, 5);
  await world.until("the door's log is there", async () => (await openings(world, door)).length === 5);
  const shown = (await openings(world, door)).map(({ person, unlockedBy }) => [person?.id ?? null, unlockedBy.name]);
  t.deepEqual(shown, [[null, null], ...people.map(([, person, name]) => [person, name])]);
  t.is((await openings(world, door))[0].unlockedBy.actor, "site");
  const own = await rob.client.get("/events");
  t.deepEqual(own.items.map((event: Json) => [event.type, event.person.id]), [["remote-unlock", rob.person]], "one's own, and nobody else's (O15)");
  const audited = (await site.get(`/audit?property=${world.property}`)).items.filter(({ subject, action }: Json) => subject === `door/${door.id}` && action.startsWith("door.unlock"));
  t.is(audited.length, 10);
  t.deepEqual([audited[4].actor, audited[4].action, audited[4].detail.state], [`account/${ada.client.account}`, "door.unlock", "asking"]);
  t.deepEqual([audited[5].actor, audited[5].action, audited[5].detail.state], [`door/${door.id}`, "door.unlock-ended", "opened"]);

  // The same again, and twenty times at once.
  const again = await press(world, site, door, { key: first.key });
  t.deepEqual([again.said, again.answer!.body.id], [[200, "yes"], first.answer!.body.id]);
  t.is(board.strikeTimes.length, 5);
  const same = Array.from({ length: 20 }, () => new Press(world, ada.client, door, "the-same-key"));
  await world.until("all are answered", () => same.every(({ answer }) => answer !== undefined));
  t.is(board.strikeTimes.length, 6, "twenty of one key open once");
  const refused = same.filter(({ said: [code] }) => code !== 200);
  t.true(refused.length < 20 && refused.every(({ said: [code] }) => code === "unlock-under-way"));
  t.is(new Set(same.map(({ answer }) => answer!.body.id ?? answer!.body.unlock)).size, 1);
  world.clock.advance(10_000);
  t.deepEqual((await press(world, rob.client, door, { key: "the-same-key" })).said, [200, "yes"], "another's key is another's");
  world.clock.advance(10_000);
  t.is(board.strikeTimes.length, 7);
  const other = await ada.client.send("POST", `/doors/${door.id}/unlock`, { outputs: [1] }, { "idempotency-key": "the-same-key" });
  t.is(other.body.code, "idempotency-key-reused");
  t.is((await ada.client.send("POST", `/doors/${door.id}/unlock`, {})).body.code, "invalid-request", "a request without a key cannot be repeated");
  t.is((await rob.client.send("GET", `/unlocks/${first.answer!.body.id}`)).status, 404, "what one asked for is one's own business");
  t.is((await site.get(`/unlocks/${first.answer!.body.id}`)).opened, "yes");

  // Who may not, and what the door itself refuses.
  t.deepEqual((await press(world, stranger, door)).said, ["not-found", undefined as unknown as string]);
  t.deepEqual((await press(world, ada.client, door, { body: { outputs: [0, 1] } })).said, ["unlock-denied", "no"]);
  t.deepEqual((await press(world, site, door, { body: { outputs: [1] } })).said, [200, "yes"]);
  t.deepEqual([board.isOpen(1), board.strikeTimes.length], [true, 7]);
  const none = await press(world, site, door, { body: { outputs: [2] } });
  t.deepEqual([none.said, none.answer!.body.reason], [["unlock-denied", "no"], "refused-by-door"]);
  world.goTo("2026-01-01T12:00:00+01:00");
  const late = await press(world, rob.client, door);
  t.deepEqual([late.said, late.answer!.body.reason], [["unlock-denied", "no"], "outside-schedule"]);
  t.deepEqual((await press(world, rob.client, door, { key: late.key })).said, late.said);
  await ada.client.put(`/people/${rob.person}/suspension`, { suspended: true });
  t.is((await press(world, rob.client, door)).answer!.body.reason, "suspended");

  // App keys: as their own terms go, and an admin's at any time (N6).
  const keys = new Map<string, string>();
  const accepted = async (who: string, key: object): Promise<Client> => {
    const { id, link } = await building.manager.post("/keys", { property: world.property, kind: "app", name: who, user: { name: who }, doors: [door.id], ...key });
    keys.set(who, id);
    const client = await signIn(world, `${who}@example.com`, { name: who });
    await client.post("/keys/accept", { token: link.url.split("#")[1] }, 200);
    return client;
  };
  const mornings = [{ days: ["thursday"], start: "08:00", end: "12:00" }];
  const tess = await accepted("tess", { windows: mornings });
  t.is((await press(world, tess, door)).answer!.body.reason, "outside-schedule");
  t.is((await press(world, await accepted("once", { uses: 1 }), door)).answer!.body.reason, "limited-uses");
  t.is((await press(world, await accepted("later", { notBefore: "2026-01-02T00:00:00Z" }), door)).answer!.body.reason, "not-yet-valid");
  t.deepEqual((await press(world, await accepted("adam", { profile: "admin" }), door)).said, OPENED);
  world.clock.advance(10_000);
  t.is(board.strikeTimes.length, 8);
  await world.until("it is known whose it was", async () => (await openings(world, door)).at(-1).person?.name === "adam");
  await world.order(door, "lock-state", { state: "lock-down" });
  const down = await press(world, building.manager, door);
  t.deepEqual([down.said, down.answer!.body.reason], [["unlock-denied", "no"], "locked-down"]);
  await world.order(door, "lock-state", { state: "normal" });
  t.is(board.strikeTimes.length, 8);

  // Not there; too many; too often.
  const { id: shed } = await site.post("/doors", { property: world.property, name: "Shed", claim: `latchkey:1:${"0".repeat(15)}1:${"1".repeat(32)}` });
  const away = await site.send("POST", `/doors/${shed}/unlock`, {}, { "idempotency-key": "one-for-the-shed" });
  t.deepEqual([away.status, away.body.code, away.body.opened], [409, "door-offline", "no"]);
  door.carry = ({ topic }, pass) => topic.endsWith("/reply") || pass();
  const hers = Array.from({ length: 3 }, () => new Press(world, ada.client, door, Press.nextKey()));
  const many = [...hers, ...Array.from({ length: 3 }, () => new Press(world, site, door, Press.nextKey()))];
  await patience(world, () => many.every(({ answer }) => answer !== undefined));
  t.deepEqual(many.map(({ said }) => said).sort(), [...Array.from({ length: 2 }, () => ["door-busy", "no"]), ...Array.from({ length: 4 }, () => NO)]);
  t.true(hers.some(({ said: [code] }) => code === "door-busy"), "nobody takes all that a door can do at once");
  // Revoked between the question and the command.
  let nonce: (() => void) | undefined;
  door.carry = ({ topic }, pass) => (topic.endsWith("/reply") ? (nonce = pass) : pass());
  const caught = new Press(world, await accepted("dora", {}), door, Press.nextKey());
  await world.until("the door has given its nonce", () => nonce !== undefined);
  await building.manager.expect(200, "DELETE", `/keys/${keys.get("dora")!}`);
  nonce!();
  await world.until("it is refused", () => caught.answer !== undefined);
  t.deepEqual([caught.said, caught.answer!.body.reason, board.strikeTimes.length], [["unlock-denied", "no"], "unknown-credential", 8]);
  door.carry = (_message, pass) => pass();
  const atOnce = [site, building.manager, ada.client, new Client(world, machine.token)].map((client) => new Press(world, client, door, Press.nextKey()));
  await world.until("four at once are answered", () => atOnce.every(({ answer }) => answer !== undefined));
  t.true(atOnce.every(({ said: [code] }) => code === 200));
  await world.until("each of the four stands in the log", async () => new Set((await openings(world, door)).map(({ unlock }) => unlock)).size === 13);
  let asked = 0;
  for (; (await rob.client.send("POST", `/doors/${door.id}/unlock`, {}, { "idempotency-key": Press.nextKey() })).status !== 429; asked++);
  t.true(asked >= 20 && asked <= 30, `${asked} until it was too often`);
});

test("N14, N6, N12: which of somebody's rights open a door from afar, and why the others do not", (t) => {
  const surroundings = surroundingsOf({ time_zone: "Europe/Paris", holidays: '["2026-01-08"]' }, THURSDAY_TEN);
  const right: OwnRight = { person: "a", holderClass: "resident", terms: { notBefore: 0, notAfter: NO_END, windows: [], maxUses: 0 }, outputs: 1, suspended: false, needsSecondPin: false, forbidden: false };
  const terms = (change: Partial<GrantTerms>): OwnRight => ({ ...right, terms: { ...right.terms, ...change } });
  const mornings = { days: 1 << 3, start: 8 * 60, end: 12 * 60, onHolidays: false };
  const night = { days: 1 << 2, start: 22 * 60, end: 24 * 60 + 10 * 60, onHolidays: false }; // from Wednesday, 10 in the morning excluded
  const cases: [string, OwnRight[], string, number?][] = [
    ["nothing", [], "unknown-credential"],
    ["always", [right], "yes"],
    ["from this second", [terms({ notBefore: THURSDAY_TEN })], "yes"],
    ["from the next", [terms({ notBefore: THURSDAY_TEN + 1 })], "not-yet-valid"],
    ["to this second", [terms({ notAfter: THURSDAY_TEN })], "expired"],
    ["in the morning", [terms({ windows: [mornings] })], "yes"],
    ["by the second of two windows", [terms({ windows: [{ ...mornings, days: 1 }, mornings] })], "yes"],
    ["until ten", [terms({ windows: [{ ...mornings, end: 600 }] })], "outside-schedule"],
    ["overnight until ten", [terms({ windows: [night] })], "outside-schedule"],
    ["overnight until a minute after", [terms({ windows: [{ ...night, end: night.end + 1 }] })], "yes"],
    ["on a holiday", [terms({ windows: [mornings] })], "holiday", THURSDAY_TEN + 7 * 86_400],
    ["on holidays too", [terms({ windows: [{ ...mornings, onHolidays: true }] })], "yes", THURSDAY_TEN + 7 * 86_400],
    ["counted uses", [terms({ maxUses: 3 })], "limited-uses"],
    ["suspended", [{ ...right, suspended: true }], "suspended"],
    ["a card and a PIN", [{ ...right, needsSecondPin: true }], "second-credential-needed"],
    ["a group's, without the permission", [{ ...right, forbidden: true }], "not-from-afar"],
    ["the other output", [{ ...right, outputs: 2 }], "output-not-allowed"],
    ["two rights, one of which opens", [{ ...right, forbidden: true }, right], "yes"],
    ["two rights that do not: the nearer one", [{ ...right, suspended: true }, terms({ windows: [night] })], "outside-schedule"],
  ];
  for (const [name, rights, expected, at = THURSDAY_TEN] of cases) {
    const verdict = decideUnlock(rights, 1, surroundings, at);
    t.is(verdict.allowed ? "yes" : verdict.reason, expected, name);
  }
});

interface Course {
  name: string;
  set(mishaps: Mishaps): void;
  said: [number | string, string];
  /** How often the strike moved. */
  strikes: 0 | 1;
  /** What is known when all is well again, where that is more. */
  later?: string;
}

const off = ({ door }: Mishaps) => door.board.powerOff();

const COURSES: Course[] = [
  { name: "everything is lost from the question on", set: (all) => all.cutFrom(ASK), said: NO, strikes: 0 },
  { name: "… from the nonce on", set: (all) => all.cutFrom(NONCE), said: NO, strikes: 0 },
  { name: "… from the command on", set: (all) => all.cutFrom(COMMAND), said: MAYBE, strikes: 0 },
  { name: "… from what the door says to the command on", set: (all) => all.at(COMMAND, () => undefined, true), said: MAYBE, strikes: 1, later: "yes" },
  { name: "… from the answer on, when the door's log has left", set: (all) => all.cutFrom(ANSWER), said: OPENED, strikes: 1 },
  { name: "the question is lost", set: (all) => all.lose(ASK), said: NO, strikes: 0 },
  { name: "the nonce is lost", set: (all) => all.lose(NONCE), said: NO, strikes: 0 },
  { name: "the command is lost", set: (all) => all.lose(COMMAND), said: MAYBE, strikes: 0 },
  { name: "the answer is lost, and the door's log gets through", set: (all) => all.lose(ANSWER), said: OPENED, strikes: 1 },
  ...STEPS.map((step): Course => ({ name: `message ${step} is held for 3 s`, set: (all) => all.hold(step, 3_000), said: OPENED, strikes: 1 })),
  { name: "the question is held for 20 s", set: (all) => all.hold(ASK, 20_000), said: NO, strikes: 0 },
  { name: "the nonce is held for 20 s", set: (all) => all.hold(NONCE, 20_000), said: NO, strikes: 0 },
  { name: "the command is held for 20 s", set: (all) => all.hold(COMMAND, 20_000), said: MAYBE, strikes: 0 },
  ...STEPS.map((step): Course => ({ name: `message ${step} comes twice`, set: (all) => all.double(step), said: OPENED, strikes: 1 })),
  {
    name: "the command is doubled, and of its two answers only the one that knows no nonce gets through",
    set: (all) => {
      let answers = 0;
      all.next(
        (step, pass) => {
          if (step <= COMMAND) pass();
          if (step === COMMAND) pass();
          if (step > COMMAND && ++answers === 2) pass();
        },
        () => undefined,
      );
    },
    said: MAYBE,
    strikes: 1,
    later: "yes",
  },
  { name: "the power goes before the question", set: (all) => all.at(ASK, () => off(all), false), said: NO, strikes: 0 },
  { name: "the power goes after the nonce", set: (all) => all.at(NONCE, () => all.world.clock.set(() => off(all), 50), true), said: MAYBE, strikes: 0 },
  { name: "the power goes before the command", set: (all) => all.at(COMMAND, () => off(all), false), said: MAYBE, strikes: 0 },
  { name: "the power goes while the door writes it down", set: (all) => all.at(COMMAND, () => all.door.board.cutAfter(0, "inside"), true), said: MAYBE, strikes: 0 },
  { name: "the power goes when the door has written it down and the strike has not moved", set: (all) => all.at(COMMAND, () => all.door.board.cutAfter(1, "after"), true), said: MAYBE, strikes: 0 },
  { name: "the power goes when the strike has moved", set: (all) => all.at(COMMAND, () => all.world.clock.set(() => off(all), 100), true), said: MAYBE, strikes: 1 },
  { name: "the plug is pulled before the question", set: (all) => all.at(ASK, () => all.door.network.setPlugged(false), false), said: NO, strikes: 0 },
  { name: "the door is gone before the question", set: (all) => all.at(ASK, () => all.door.network.close(), false), said: ["door-offline", "no"], strikes: 0 },
  { name: "the door is gone after the nonce", set: (all) => all.at(NONCE, () => setImmediate(() => all.door.network.close()), true), said: MAYBE, strikes: 0 },
];

test("N14: the network and the power are cut at every step: the answer is always true, and the door opens once at most and never late", async (t) => {
  const world = await World.begin(t);
  const [door] = world.doors;
  const { board } = door;
  const site = siteClient(world);
  const all = new Mishaps(world, door);
  for (const { name, set, said, strikes, later = said[1] } of COURSES) {
    const before = board.strikeTimes.length;
    set(all);
    const pressed = await pressInVain(world, site, door);
    t.deepEqual(pressed.said, said, name);
    await passSlowly(world, 20);
    await all.heal();
    const moved = board.strikeTimes.slice(before);
    t.is(moved.length, strikes, `${name}: the strike`);
    t.true(moved.every(({ from }) => from <= pressed.answeredAt), `${name}: never after the answer`);
    const { unlock = pressed.answer!.body.id } = pressed.answer!.body;
    // The door sends its log again after pauses that grow to two minutes.
    for (let waited = 0; (await site.get(`/unlocks/${unlock}`)).opened !== later && waited < 200; waited += 10) await passSlowly(world, 10);
    t.is((await site.get(`/unlocks/${unlock}`)).opened, later, `${name}: what is known`);
    const again = await press(world, site, door, { key: pressed.key });
    t.is(again.said[1], later, `${name}: the same when it is asked again`);
    t.is(board.strikeTimes.length, before + strikes, `${name}: the same again opens nothing`);
  }
  // Somebody who has kept all that was ever said says it again, the newest while its nonce would still live.
  const before = board.strikeTimes.length;
  all.next((_step, pass) => pass());
  t.deepEqual((await press(world, site, door)).said, OPENED);
  await passSlowly(world, 6);
  t.is(board.strikeTimes.at(-1)!.to === undefined, false, "the strike has fallen");
  for (const pass of all.recorded.splice(0)) pass();
  await passSlowly(world, 6);
  t.is(board.strikeTimes.length, before + 1);
  t.is((await openings(world, door)).length, COURSES.filter(({ strikes }) => strikes === 1).length + 2, "each opening, and the one that was written down alone, stands in the log once");
});

test("N14: the cloud stops at every step and another takes its place: the same key finds what has become of it", async (t) => {
  const world = await World.begin(t);
  const [door] = world.doors;
  const { board } = door;
  const site = siteClient(world);
  const all = new Mishaps(world, door);
  const courses: { step: number; done: boolean; meanwhile: string; later: string; strikes: number }[] = [
    { step: ASK, done: false, meanwhile: "no", later: "no", strikes: 0 },
    { step: NONCE, done: false, meanwhile: "no", later: "no", strikes: 0 },
    { step: COMMAND, done: false, meanwhile: "maybe", later: "maybe", strikes: 0 },
    { step: COMMAND, done: true, meanwhile: "maybe", later: "yes", strikes: 1 },
    { step: ANSWER, done: true, meanwhile: "yes", later: "yes", strikes: 1 },
  ];
  for (const { step, done, meanwhile, later, strikes } of courses) {
    const what = `the cloud stops ${done ? "after" : "before"} message ${step}`;
    const before = board.strikeTimes.length;
    let reached = false;
    all.at(step, () => (reached = true), done);
    const pressed = new Press(world, site, door, Press.nextKey());
    await world.until(what, () => reached);
    for (let turn = 0; turn < 10; turn++) await world.turn();
    const { httpPort, mqttPort } = world.cloud;
    await world.cloud.stop();
    await world.until(`${what}: whoever waits is told`, () => pressed.answer !== undefined);
    t.deepEqual(pressed.said, [meanwhile === "yes" ? 200 : "unlock-under-way", meanwhile], what);
    await world.startCloud(httpPort, mqttPort);
    const early = await press(world, site, door, { key: pressed.key });
    t.is(early.said[1], meanwhile, `${what}: at once`);
    await all.heal();
    // The door's log comes when it comes.
    const { unlock, id = unlock } = pressed.answer!.body;
    await world.until(`${what}: what there is to know is there`, async () => (await site.get(`/unlocks/${id}`)).opened === later);
    t.deepEqual((await press(world, site, door, { key: pressed.key })).said, [later === "yes" ? 200 : "unlock-timed-out", later], `${what}: later`);
    t.is(board.strikeTimes.length, before + strikes, what);
  }
  t.deepEqual((await press(world, site, door)).said, OPENED);
  // What nobody asks for again is written down all the same.
  let asked = false;
  all.at(ASK, () => (asked = true), false);
  const left = new Press(world, site, door, Press.nextKey());
  await world.until("the door is asked", () => asked);
  for (let turn = 0; turn < 10; turn++) await world.turn();
  await world.cloud.stop();
  await world.startCloud(0, world.cloud.mqttPort);
  await world.pass(60_000);
  await world.until("it is written down", async () => (await site.get(`/audit?property=${world.property}`)).items.some(({ actor, action, detail }: Json) => actor === "upkeep" && action === "door.unlock-ended" && detail.unlock === left.answer!.body.unlock && detail.state === "timed-out"));
});

test("N14: of what doors answer only the door's own word counts, and only as much as it can know", async (t) => {
  const rig = await CloudRig.start();
  t.teardown(() => rig.stop());
  const property = (await rig.post("/properties", { name: "Here" })).id as string;
  const door = await ProtocolDoor.claimed(rig, property, "front");
  const other = await ProtocolDoor.claimed(rig, property, "back");
  const heard: Command[] = [];
  door.onCommand = (bytes) => void heard.push(openCommand(nativeHashes, door.keys.command, bytes));
  await door.connect();
  await other.connect();
  const site = siteClient(rig);
  const say = (from: ProtocolDoor, status: ReplyStatus, { requestId, outputs, nonce }: Command, key = from.keys.command) =>
    from.publish("reply", encodeReply(nativeHashes, key, { status, requestId, outputs: status === ReplyStatus.nonce ? 0 : outputs, nonce: status === ReplyStatus.nonce ? new Uint8Array(16).fill(heard.length) : nonce }));
  const heardBy = async (count: number): Promise<Command> => {
    while (heard.length < count) await new Promise((resolve) => setImmediate(resolve));
    return heard[count - 1];
  };
  const begin = (key: string) => {
    heard.length = 0;
    return site.send("POST", `/doors/${door.hex}/unlock`, {}, { "idempotency-key": key });
  };
  const told = ({ status, body }: ApiAnswer) => [status === 200 ? 200 : body.code, body.opened];

  const busy = begin("a-busy-door");
  say(door, ReplyStatus.busy, await heardBy(1));
  t.deepEqual(told(await busy), ["door-busy", "no"]);

  const long = begin("a-long-story");
  const question = await heardBy(1);
  say(door, ReplyStatus.done, question);
  say(other, ReplyStatus.nonce, question);
  say(door, ReplyStatus.nonce, question, other.keys.command);
  door.publish("reply", new Uint8Array(44));
  say(door, ReplyStatus.nonce, question);
  const command = await heardBy(2);
  t.deepEqual([command.verb, command.outputs, command.nonce[0]], [CommandVerb.unlock, 1, 1], "of all these only the nonce counted");
  say(other, ReplyStatus.done, command);
  say(door, ReplyStatus.nonce, command);
  say(door, ReplyStatus.busy, command);
  const maybe = await long;
  t.deepEqual(told(maybe), MAYBE, "busy with the same command, perhaps");
  t.is(heard.length, 2, "no command leaves twice");
  const { unlock } = maybe.body;
  say(door, ReplyStatus.refused, command);
  while ((await site.get(`/unlocks/${unlock}`)).state === "timed-out");
  t.like(await site.get(`/unlocks/${unlock}`), { state: "denied", opened: "no", reason: "refused-by-door" }, "what comes late settles it");
  say(door, ReplyStatus.done, command);
  await rig.cloud.settled();
  t.is((await site.get(`/unlocks/${unlock}`)).opened, "no", "and what is settled stays");

  const gone = begin("nobody-answers");
  const unanswered = await heardBy(1);
  rig.clock.advance(UNLOCK_ASK_SECONDS + 1);
  t.deepEqual(told(await gone), NO);
  say(door, ReplyStatus.nonce, unanswered);
  await rig.cloud.settled();
  t.is((await begin("nobody-answers").then(told))[1], "no");
  t.is(heard.length, 0, "a nonce that comes too late opens nothing");
  t.true(rig.log.includes("bad-mac") && !rig.log.includes("a-long-story"));
  await door.disconnect();
  await other.disconnect();
});

test("N14: the cloud is killed with -9 between a command and its answer: the door's answer settles it, and the same key opens nothing", async (t) => {
  t.timeout(120_000);
  const cloud = await CloudProcess.begin(t);
  const property = (await cloud.send("POST", "/properties", { name: "Crash" })).id as string;
  const door = await ProtocolDoor.claimed(cloud.rig, property, "front");
  let opened = 0;
  let answer: Uint8Array | undefined;
  door.onCommand = (bytes) => {
    const { verb, requestId, outputs, nonce } = openCommand(nativeHashes, door.keys.command, bytes);
    if (verb === CommandVerb.askNonce) return door.publish("reply", encodeReply(nativeHashes, door.keys.command, { status: ReplyStatus.nonce, outputs: 0, requestId, nonce: new Uint8Array(16).fill(9) }));
    opened += 1;
    answer = encodeReply(nativeHashes, door.keys.command, { status: ReplyStatus.done, outputs, requestId, nonce });
  };
  await door.connect();
  const ask = () => cloud.ask("POST", `/doors/${door.hex}/unlock`, {}, { "idempotency-key": "one-press" });
  const first = ask();
  while (answer === undefined) await new Promise((resolve) => setImmediate(resolve));
  await cloud.kill("SIGKILL");
  t.is(await first, undefined, "nobody was told");
  await cloud.start();
  const under = await ask();
  t.is(under!.body.opened, "maybe", "under way, or over on a PC that is slow to start");
  Object.assign(door, { rig: cloud.rig });
  door.login.brokerPort = cloud.mqttPort;
  await door.connect();
  door.publish("reply", answer);
  let told = await ask();
  while (told!.body.opened === "maybe") told = await ask();
  t.deepEqual([told!.status, told!.body.opened, opened], [200, "yes", 1]);
  await door.disconnect();
});
