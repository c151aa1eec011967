import test, { type ExecutionContext } from "ava";
import { nativeHashes } from "../cloud/keys/native-hashes";
import { Fob } from "../fob/fob";
import { SimulatedFobRadio } from "../hardware-sim/radio/simulated-fob-radio";
import { VirtualFob } from "../hardware-sim/radio/virtual-fob";
import { nodeBlockCipher } from "../hardware-sim/xs/host-block-cipher";
import { nodeHashes } from "../hardware-sim/xs/host-hashes";
import { explainFob } from "../phone/explain-fob";
import { FobEditor, type FobOutcome } from "../phone/fob-editor";
import { fromHex, toHex } from "../protocol/bytes";
import { CredentialKind } from "../protocol/credential";
import { openFobAssignment, type FobAssignment } from "../protocol/fob-assignment";
import { fobKeys, fobText, type FobIdentity } from "../protocol/fob-identity";
import { encodeFobReport, type FobReport } from "../protocol/fob-report";
import { openHandle } from "../protocol/handle";
import { phoneKey } from "../protocol/phone-key";
import { CloudRig, type ApiAnswer, type Json } from "./support/cloud-rig";
import { managerOf } from "./support/household";
import { signInManager } from "./support/managers";
import { phoneClock } from "./support/phone-pump";
import { ProtocolDoor } from "./support/protocol-door";
import { Client, signIn, siteClient } from "./support/sign-in";
import { World, type WorldDoor } from "./support/world";

const code = ({ status, body }: ApiAnswer): [number, string] => [status, body.code];
const states = (fob: Json): string => fob.buttons.map(({ state }: Json) => state).join(" ");

/** A fob in a world, and somebody's phone beside it. */
class FobScene {
  readonly world: World;
  readonly fob: VirtualFob;
  readonly editor: FobEditor;
  online = true;
  readonly #client: Client;
  readonly #asking = new Set<Promise<unknown>>();

  constructor(world: World, client: Client, seed = "one") {
    this.world = world;
    this.#client = client;
    this.fob = new VirtualFob({ clock: world.clock, air: world.air, place: world.placeAt(world.doors[0]), seed, hashes: nodeHashes });
    this.fob.start((device) => new Fob(device));
    const radio = new SimulatedFobRadio(world.air.central({ place: this.fob.place }));
    this.editor = new FobEditor({ radio, clock: phoneClock(world.clock), fetch: (path, init) => (this.online ? this.#ask(path, init) : Promise.reject(new Error("offline"))) });
  }

  get id(): string {
    return toHex(this.fob.identity.id);
  }

  edit(): void {
    this.fob.holdToEdit();
    this.world.clock.advance(3_000);
  }

  visit(fob = this.id): Promise<FobOutcome> {
    return this.done(this.editor.visit(fob));
  }

  /** Both phases, as a person does them. */
  async save(): Promise<void> {
    for (const did of ["staged", "committed"]) {
      this.edit();
      const outcome = await this.visit();
      if (outcome.did !== did) throw new Error(JSON.stringify(outcome));
    }
    this.world.clock.advance(5_000);
  }

  /** Goes to a door and presses a button. @returns which of its outputs moved, and what the lights said. */
  press(button: number, door: WorldDoor): [outputs: number[], light: string | undefined] {
    this.fob.moveTo(this.world.placeAt(door));
    this.fob.press(button);
    const moved = new Set<number>();
    for (let step = 0; step < 20 || this.fob.light === "busy"; step++) {
      this.world.clock.advance(50);
      for (const output of [0, 1]) if (door.board.isOpen(output)) moved.add(output);
    }
    const { light } = this.fob;
    this.world.clock.advance(20_000);
    this.fob.moveTo(this.world.placeAt(this.world.doors[0]));
    return [[...moved], light];
  }

  async done<T>(work: Promise<T>): Promise<T> {
    let ended = false;
    const end = (): void => void (ended = true);
    work.then(end, end);
    await this.world.until("the phone is done", async () => {
      await Promise.allSettled([...this.#asking]);
      return ended;
    });
    return work;
  }

  async #ask(path: string, { method, body }: { method: string; body?: string }) {
    const request = this.#client.send(method, path.replace(/^\/api/, ""), body === undefined ? undefined : JSON.parse(body));
    this.#asking.add(request);
    const { status, headers, body: answer } = await request;
    this.#asking.delete(request);
    return { status, headers, text: () => Promise.resolve(typeof answer === "string" ? answer : JSON.stringify(answer)) };
  }
}

test.serial("S4, S6, S7, S8: a fob's buttons are assigned in two phases, open each its output offline, and are cleared before they are assigned anew", async (t) => {
  const world = await World.begin(t, { doors: 0 });
  const front = await world.addDoor("front", { locks: ["fail-secure", "fail-secure"] });
  const garage = await world.addDoor("garage");
  const manager = await managerOf(world, world.property, "manager@example.com");
  await manager.put(`/doors/${front.id}/outputs`, { outputs: [{ name: "Door" }, { name: "Lift" }] });
  const profile = (await manager.post("/profiles", { property: world.property, name: "Lift too", outputs: [0, 1] })).id;
  const scene = new FobScene(world, manager);
  const give = (by: Client, more: object = {}) => by.post("/keys", { property: world.property, kind: "smart", name: "Ring", user: { name: "Ruth" }, doors: [front.id, garage.id], profile, fob: scene.fob.text, ...more });
  const key = await give(manager);
  t.like(key, { state: "pending", kind: "smart", fob: scene.id, link: null, codes: [] });
  const button = (number: number, door: WorldDoor, more: object = {}) => manager.send("PUT", `/fobs/${scene.id}/buttons/${number}`, { key: key.id, door: door.id, ...more });

  t.is((await scene.visit()).did, "nothing", "nothing is in edit mode");
  for (const [number, door, output] of [[1, front, 0], [3, front, 1], [4, garage, 0], [2, garage, 0]] as const) t.is((await button(number, door, { output })).status, 200);
  t.deepEqual(code(await button(1, garage)), [409, "button-taken"], "S7: it must be cleared first");
  t.deepEqual(code(await button(5, garage)), [400, "invalid-request"], "four are taken, and there is no fifth");
  t.is(states(await manager.delete(`/fobs/${scene.id}/buttons/2`, 200)), "planned free planned planned", "no fob knows of it: it is free at once");

  // S6: wrong fob, and one that is not in edit mode.
  const other = new FobScene(world, manager, "other");
  other.edit();
  t.deepEqual(await scene.visit(), { did: "nothing", why: "wrong-fob" });
  other.fob.powerOff();
  t.deepEqual(await scene.visit(), { did: "nothing", why: "no-fob" });

  const before = front.board.trace.length;
  scene.edit();
  t.deepEqual(await scene.visit(), { did: "staged", told: true });
  t.deepEqual(await scene.visit(), { did: "staged", told: true }, "S8: they must be held again");
  t.like(await manager.get(`/fobs/${scene.id}`), { pending: true, staged: true });
  t.is(states(await manager.get(`/fobs/${scene.id}`)), "sent free sent sent");
  scene.fob.powerOff();
  world.clock.advance(1_000);
  scene.fob.powerOn();
  world.clock.advance(100);
  t.deepEqual(scene.press(1, front), [[], "nothing"], "S8: what is staged opens nothing");
  t.is((await manager.get(`/keys/${key.id}`)).state, "pending");
  await world.upToDate();
  t.deepEqual((await world.get(`/api/doors/${front.id}/why/${key.user.person}`)).people, [], "S4: no door's list has it");
  t.is(front.board.trace.length, before, "no door heard of anything");
  scene.edit();
  t.deepEqual(await scene.visit(), { did: "committed", told: true });
  t.is(scene.fob.light, "committed");
  world.clock.advance(5_000);
  const active = await manager.get(`/keys/${key.id}`);
  t.like(active, { state: "active", id: key.id });
  t.is(states(await manager.get(`/fobs/${scene.id}`)), "assigned free assigned assigned");
  await world.upToDate();
  t.like((await world.get(`/api/doors/${front.id}/why/${key.user.person}`)).people, [{ verdict: "granted", credential: { kind: "fob" } }]);

  // No network at the doors, no phone anywhere.
  for (const door of world.doors) door.pullPlug();
  t.deepEqual(scene.press(1, front), [[0], "opened"]);
  t.deepEqual(scene.press(3, front), [[1], "opened"]);
  t.deepEqual(scene.press(4, garage), [[0], "opened"]);
  t.deepEqual(scene.press(4, front), [[], "nothing"], "its door is not here");
  t.deepEqual(scene.press(2, front), [[], "nothing"], "a free button");
  for (const door of world.doors) await world.reconnect(door);
  const openings = async () => (await world.events(front)).filter(({ type }: Json) => type === "decision");
  await world.until("the front has told of both", async () => (await openings()).length === 2);
  t.deepEqual((await openings()).map(({ reason, outputs, person }: Json) => [reason, outputs, person]), [[0], [1]].map((outputs) => ["granted", outputs, { id: key.user.person, name: "Ruth" }]));

  // Removed: refused once the door knows; its buttons are to be cleared, and the fob must have said so.
  front.pullPlug();
  await manager.delete(`/keys/${key.id}`, 200);
  await world.until("the garage knows", async () => (await world.get(`/api/doors/${garage.id}`)).upToDate);
  t.deepEqual(scene.press(4, garage), [[], "refused"]);
  t.deepEqual(scene.press(1, front), [[0], "opened"], "a door without a network cannot know yet …");
  t.true((await manager.get(`/keys/${key.id}`)).truth.some(({ door, state }: Json) => door === front.id && state === "pending"), "… and it is said so");
  await world.reconnect(front);
  t.deepEqual(scene.press(1, front), [[], "refused"]);
  t.is(states(await manager.get(`/fobs/${scene.id}`)), "clearing free clearing clearing");
  const next = await give(manager, { name: "Ring again", user: { person: key.user.person } });
  t.deepEqual(code(await manager.send("PUT", `/fobs/${scene.id}/buttons/1`, { key: next.id, door: garage.id })), [409, "button-taken"]);
  await scene.save();
  t.is(states(await manager.get(`/fobs/${scene.id}`)), "free free free free");
  t.is((await manager.get(`/keys/${next.id}`)).state, "pending", "a fob that says something is not yet one with a button for the key");
  t.deepEqual(scene.press(1, front), [[], "nothing"]);
  await manager.put(`/fobs/${scene.id}/buttons/1`, { key: next.id, door: garage.id });

  // The phone is offline at the fob: the fob's acknowledgement waits in it.
  t.is(await scene.done(scene.editor.fetch(scene.id)), undefined);
  scene.online = false;
  scene.edit();
  t.deepEqual(await scene.visit(), { did: "staged", told: false });
  scene.edit();
  t.deepEqual(await scene.visit(), { did: "committed", told: false });
  t.is((await manager.get(`/keys/${next.id}`)).state, "pending");
  scene.online = true;
  t.true(await scene.done(scene.editor.tell()));
  t.is((await manager.get(`/keys/${next.id}`)).state, "active");
  await world.upToDate();
  world.clock.advance(5_000);
  t.deepEqual(scene.press(1, garage), [[0], "opened"]);
});

/** What a fob would say. */
function reportOf(identity: FobIdentity, said: Partial<FobReport>): string {
  const report: FobReport = { fob: identity.id, active: 0, staged: 0, taken: 0, answer: "nothing", ...said };
  return Buffer.from(encodeFobReport(nativeHashes, fobKeys(nativeHashes, identity), report)).toString("base64url");
}

async function assignmentFor(by: Client, identity: FobIdentity): Promise<FobAssignment & { message: string }> {
  const { message } = await by.post(`/fobs/${toHex(identity.id)}/assignment`, {}, 200);
  return { ...openFobAssignment(nativeHashes, fobKeys(nativeHashes, identity), identity.id, new Uint8Array(Buffer.from(message, "base64url"))), message };
}

async function begin(t: ExecutionContext): Promise<{ rig: CloudRig; property: string; door: ProtocolDoor; shut: ProtocolDoor; manager: Client }> {
  const rig = await CloudRig.start();
  t.teardown(() => rig.stop());
  const property = (await siteClient(rig).post("/properties", { name: "Rue des Lilas 7" })).id;
  const door = await ProtocolDoor.claimed(rig, property, "Front");
  const shut = await ProtocolDoor.claimed(rig, property, "Garage");
  return { rig, property, door, shut, manager: await signInManager(rig, property, "manager@example.org") };
}

test.serial("S4, S7, S8: what a fob is sent is its own, only what it says counts, and nobody says it in its place", async (t) => {
  const { rig, property, door, shut, manager } = await begin(t);
  const identity: FobIdentity = { id: fromHex("0102030405060708")!, secret: new Uint8Array(16).fill(7) };
  const id = toHex(identity.id);
  const stranger = await signIn(rig, "stranger@example.org", { name: "Stranger" });
  const give = (by: Client, more: object = {}) => by.send("POST", "/keys", { property, kind: "smart", name: "Ring", user: { name: "Ruth" }, doors: [door.hex], fob: fobText(identity), ...more });
  const report = (said: Partial<FobReport>, by = manager) => by.send("POST", `/fobs/${id}/reports`, { report: reportOf(identity, said) });

  // Somebody makes up a text, to keep the fob from its owner: it has proved nothing, and gives way.
  const made = { ...identity, secret: new Uint8Array(16).fill(9) };
  const posing = await give(manager, { fob: fobText(made) });
  t.is(posing.status, 201);
  await manager.put(`/fobs/${id}/buttons/1`, { key: posing.body.id, door: door.hex });
  const { body: key, status } = await give(manager);
  t.is(status, 201);
  t.is((await manager.get(`/keys/${posing.body.id}`)).fob, null);
  t.is(states(await manager.get(`/fobs/${id}`)), "free free free free");
  t.deepEqual(code(await manager.send("PUT", `/fobs/${id}/buttons/1`, { key: posing.body.id, door: door.hex })), [404, "not-found"]);
  t.deepEqual(code(await stranger.send("GET", `/fobs/${id}`)), [404, "not-found"]);

  t.deepEqual(code(await manager.send("PUT", `/fobs/${id}/buttons/1`, { key: key.id, door: shut.hex })), [422, "door-outside"]);
  await manager.put(`/fobs/${id}/buttons/1`, { key: key.id, door: door.hex });
  const first = await assignmentFor(manager, identity);
  t.is((await assignmentFor(manager, identity)).message, first.message, "the same bytes until something changes");
  const [button] = first.buttons;
  const holder = openHandle(nodeBlockCipher, door.keys.handle, button!.handles[0])!;
  t.is(holder.kind, CredentialKind.fob);
  t.deepEqual(button, { since: first.sequence, door: fromHex(door.hex), outputs: 1, key: phoneKey(nativeHashes, door.keys.ble, holder), handles: button!.handles });
  t.is(new Set(button!.handles.map(toHex)).size, 32, "all different");

  // Not this fob's word, or none of its words.
  for (const bytes of [reportOf(made, { active: first.sequence }), reportOf({ ...identity, id: new Uint8Array(8) }, { active: first.sequence }), "A".repeat(47)]) t.deepEqual(code(await manager.send("POST", `/fobs/${id}/reports`, { report: bytes })), [422, "wrong-fob"]);
  t.deepEqual(code(await report({ active: first.sequence }, stranger)), [404, "not-found"]);
  t.is((await report({ staged: first.sequence })).body.staged, true);
  t.is((await manager.get(`/keys/${key.id}`)).state, "pending", "staged is not in force");
  t.like((await report({ active: first.sequence })).body, { failed: [], pending: false });
  const active = await manager.get(`/keys/${key.id}`);
  t.is(active.state, "active");
  t.is((await report({ staged: first.sequence })).status, 200, "an old word changes nothing");
  t.is(states(await manager.get(`/fobs/${id}`)), "assigned free free free");
  t.deepEqual(code(await give(manager, { fob: fobText(made) })), [403, "forbidden"], "the fob has proved itself");

  // A second key on the same fob, of another giver: each sees their own.
  const owner = await signIn(rig, "owner@example.org", { name: "Owner" });
  const office = await ProtocolDoor.claimed(rig, property, "Office");
  const owned = await manager.post("/keys", { property, kind: "app", name: "Owner", user: { email: "owner@example.org" }, doors: [office.hex] });
  await owner.post("/keys/accept", { token: owned.link.url.split("#")[1] }, 200);
  await manager.put(`/doors/${office.hex}/owners`, { owners: [{ person: owned.user.person }] });
  const second = await give(owner, { doors: [office.hex], name: "Office" });
  t.is(second.status, 201, JSON.stringify(second.body));
  await owner.put(`/fobs/${id}/buttons/2`, { key: second.body.id, door: office.hex });
  t.deepEqual((await owner.get(`/fobs/${id}`)).buttons[0], { button: 1, state: "taken", key: null, door: null, doorName: null, output: null, outputName: null });
  t.deepEqual((await owner.get(`/fobs/${id}`)).choices.map(({ key, doorName, output }: Json) => [key, doorName, output]), [[second.body.id, "Office", 0]], "what others' keys are for is not offered");
  t.deepEqual(code(await owner.send("DELETE", `/fobs/${id}/buttons/1`)), [403, "not-allowed"]);
  t.deepEqual(code(await owner.send("PUT", `/fobs/${id}/buttons/3`, { key: key.id, door: door.hex })), [404, "not-found"]);
  const both = await assignmentFor(owner, identity);
  t.true(both.sequence > first.sequence);
  t.deepEqual(both.buttons.map((each) => each && toHex(each.door)), [door.hex, office.hex, undefined, undefined]);
  t.is(both.buttons[0]!.since, first.sequence, "a button that is kept is the same one");
  const heard = new Set(button!.handles.map(toHex));
  t.false(both.buttons[0]!.handles.some((handle) => heard.has(toHex(handle))), "with handles that nobody has heard");

  // A pending key that is removed gives its button up; the fob may have taken it meanwhile, and says so.
  await owner.delete(`/keys/${second.body.id}`, 200);
  t.is(states(await manager.get(`/fobs/${id}`)), "assigned clearing free free");
  t.like((await report({ active: both.sequence })).body, { failed: [], pending: true });
  t.is((await manager.get(`/keys/${second.body.id}`)).state, "ended", "S4: what has ended never begins");
  const cleared = await assignmentFor(manager, identity);
  t.deepEqual(cleared.buttons.map((each) => each !== undefined), [true, false, false, false]);
  t.is(states((await report({ active: cleared.sequence })).body), "assigned free free free");

  // A key that cannot begin when the fob has its button: it is told why, and the fob's word is taken all the same.
  const days = (count: number) => new Date((rig.clock.now() + count * 86_400) * 1_000).toISOString();
  const profile = await manager.post("/profiles", { property, name: "Later" });
  const late = (await give(manager, { name: "Later", notBefore: days(10), profile: profile.id, user: { name: "Late" } })).body;
  await manager.put(`/fobs/${id}/buttons/4`, { key: late.id, door: door.hex });
  const last = await assignmentFor(manager, identity);
  await manager.patch(`/profiles/${profile.id}`, { notAfter: days(5) }, "*");
  t.deepEqual((await report({ active: last.sequence })).body.failed, [{ key: late.id, code: "end-before-start" }]);
  await manager.patch(`/profiles/${profile.id}`, { notAfter: null }, "*");
  const again = (await report({ active: last.sequence })).body;
  t.deepEqual([again.failed, states(again)], [[], "assigned free free assigned"]);
  t.is((await manager.get(`/keys/${late.id}`)).state, "active");

  // Doors that a key loses take its buttons with them, also while it is pending.
  const moving = (await give(manager, { name: "Moving", doors: [door.hex, shut.hex], user: { name: "Mo" } })).body;
  await manager.put(`/fobs/${id}/buttons/2`, { key: moving.id, door: door.hex });
  await manager.put(`/fobs/${id}/buttons/3`, { key: moving.id, door: shut.hex });
  const before = await assignmentFor(manager, identity);
  t.is(states((await report({ staged: before.sequence, active: last.sequence })).body), "assigned sent sent assigned");
  const moved = await manager.patch(`/keys/${moving.id}`, { doors: [shut.hex, office.hex] }, "*");
  t.is(states(await manager.get(`/fobs/${id}`)), "assigned clearing sent assigned");
  t.is(states((await report({ active: before.sequence })).body), "assigned clearing assigned assigned", "the fob may have it in force meanwhile");
  const begun = await manager.get(`/keys/${moved.id}`);
  t.deepEqual([begun.state, begun.doors.map((each: Json) => each.door).sort()], ["active", [office.hex, shut.hex].sort()]);

  // A button that was to be cleared before the fob had it begins no key.
  const undone = (await give(manager, { name: "Undone", user: { name: "Una" } })).body;
  t.is(states((await report({ active: (await assignmentFor(manager, identity)).sequence })).body), "assigned free assigned assigned");
  await manager.put(`/fobs/${id}/buttons/2`, { key: undone.id, door: door.hex });
  const carried = await assignmentFor(manager, identity);
  t.is(states(await manager.delete(`/fobs/${id}/buttons/2`, 200)), "assigned clearing assigned assigned");
  t.is(states(await manager.delete(`/fobs/${id}/buttons/2`, 200)), "assigned clearing assigned assigned", "again: the same");
  await report({ active: carried.sequence });
  t.is((await manager.get(`/keys/${undone.id}`)).state, "pending");

  const logged = [toHex(identity.secret), fobText(identity), Buffer.from(identity.secret).toString("base64url"), last.message];
  t.false(logged.some((secret) => rig.log.includes(secret)), "no secret is logged");
  const { items: entries } = await manager.get(`/audit?property=${property}`);
  t.false(logged.some((secret) => JSON.stringify(entries).includes(secret)));
  t.deepEqual([...new Set(entries.map(({ action }: Json) => action).filter((action: string) => action.startsWith("fob.")))].sort(), ["fob.acknowledge", "fob.assign", "fob.clear", "fob.register"]);
});

test("S6: every outcome of a visit is put into words, in both languages", (t) => {
  const whys = ["no-bluetooth", "no-fob", "not-chosen", "connection-lost", "wrong-fob", "no-assignment", "not-understood", "button-taken", "not-taken", "cancelled", "signed-out", "busy", "refused", "trouble"] as const;
  const outcomes: FobOutcome[] = [...whys.map((why): FobOutcome => ({ did: "nothing", why })), { did: "staged", told: true }, { did: "staged", told: false }, { did: "committed", told: true }, { did: "committed", told: false }];
  for (const language of ["en", "fr"] as const) {
    const texts = outcomes.map((outcome) => JSON.stringify(explainFob(outcome, language)));
    t.is(new Set(texts).size, outcomes.length);
    t.false(texts.some((text) => text.includes("undefined")));
  }
});
