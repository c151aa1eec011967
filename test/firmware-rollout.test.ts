import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import test from "ava";
import { imageCommand } from "../cloud/commands/image-command";
import type { Command } from "../cloud/commands/main";
import { rolloutCommand } from "../cloud/commands/rollout-command";
import type { RolloutDoorRow } from "../cloud/store/rows/firmware-rows";
import { planRollout } from "../cloud/firmware-images/plan-rollout";
import type { RolloutCourse, RolloutDoor } from "../cloud/firmware-images/rollout-course";
import { isWithinHours } from "../cloud/firmware-images/update-hours";
import { startController } from "../firmware/controller";
import type { Device } from "../firmware/device";
import { virtualImage } from "../hardware-sim/virtual-update";
import { toHex } from "../protocol/bytes";
import { createKeyFile } from "../cloud/keys/key-file";
import { StartupError } from "../cloud/startup-error";
import { CloudRig, type ApiAnswer } from "./support/cloud-rig";
import { testKey } from "./support/mint";
import { addImage, IMAGE_KEY, signedImage, TARGET } from "./support/signed-image";
import { testOfSqlite } from "./support/test-database";
import { World, type Json, type WorldDoor } from "./support/world";

const DAY = 86_400;
/** Versions whose firmware throws as soon as it starts. */
const CRASHING: readonly number[] = [3];

/** A world whose boards have image slots and run image 1, and whoever runs the site. */
class Site {
  readonly world: World;
  /** By their houses. */
  readonly houses: { property: string; doors: WorldDoor[] }[] = [];

  constructor(world: World) {
    this.world = world;
  }

  async addHouse(name: string, doors: number): Promise<void> {
    const { id: property } = await this.world.post("/api/properties", { name, timeZone: "Europe/Paris" }, 201);
    this.world.property = property;
    const house = { property: property as string, doors: [] as WorldDoor[] };
    for (let index = 0; index < doors; index++) house.doors.push(await this.world.addDoor(`${name} ${index}`, SLOTS));
    this.houses.push(house);
  }

  get doors(): WorldDoor[] {
    return this.houses.flatMap(({ doors }) => doors);
  }

  /** What runs at each door. */
  get versions(): number[] {
    return this.doors.map(({ board }) => board.update!.version);
  }

  async request(method: string, path: string, { body, headers }: { body?: string | Uint8Array; headers?: Record<string, string> } = {}): Promise<ApiAnswer> {
    const { url, adminToken } = this.world.cloud;
    const response = await fetch(url + path, { method, headers: { authorization: `Bearer ${adminToken.token}`, connection: "close", ...headers }, body: (body ?? null) as NonNullable<RequestInit["body"]> | null });
    const text = await response.text();
    return { status: response.status, type: response.headers.get("content-type"), headers: response.headers, body: text.startsWith("{") ? JSON.parse(text) : text };
  }

  remove(path: string): Promise<ApiAnswer> {
    return this.request("DELETE", path, { headers: { "content-type": "application/json" } });
  }

  send(path: string, body: object = {}): Promise<ApiAnswer> {
    return this.request("POST", path, { body: JSON.stringify(body), headers: { "content-type": "application/json" } });
  }

  /** Adds an image and rolls it out. */
  async rollOut(version: number, terms: object, minimumVersion = 1): Promise<string> {
    const image = await addImage(this.world, signedImage({ version, minimumVersion }));
    return (await this.world.post("/api/firmware/rollouts", { image: image.id, ...terms }, 201)).id;
  }

  get(rollout: string): Promise<Json> {
    return this.world.get(`/api/firmware/rollouts/${rollout}`);
  }

  /** Time passes, twenty seconds at a step, with all that goes over the network in each. */
  async until(what: string, holds: () => boolean | Promise<boolean>, minutes = 60): Promise<void> {
    for (let step = 0; step < minutes * 3; step++) {
      if (await holds()) return;
      await this.step();
    }
    throw new Error(`never: ${what}\n${JSON.stringify({ versions: this.versions, now: new Date(this.world.clock.unixMs), rollouts: await this.world.get("/api/firmware/rollouts"), traces: this.doors.map(({ board }) => board.trace.slice(-6)) }, undefined, 1)}`);
  }

  async pass(minutes: number): Promise<void> {
    for (let step = 0; step < minutes * 3; step++) await this.step();
  }

  async step(): Promise<void> {
    this.world.clock.advance(20_000);
    for (let turn = 0; turn < 12; turn++) await this.world.turn();
    // Virtual time must not run away from a download.
    for (let turn = 0; turn < DOWNLOAD_TURNS_MAX && this.doors.some(isFetching); turn++) await this.world.turn();
    await this.world.cloud.settled();
  }
}

const DOWNLOAD_TURNS_MAX = 4_000;

function isFetching({ board }: WorldDoor): boolean {
  return board.running && board.trace.findLast(({ line }) => line.startsWith("firmware "))?.line.endsWith("fetching") === true;
}

const SLOTS = {
  update: { image: virtualImage(1), target: TARGET, imageKey: IMAGE_KEY.publicKey },
  onException: (_: unknown, board: WorldDoor["board"]) => board.restart(),
  firmware: (device: Device): void => {
    if (CRASHING.includes(device.update!.version)) throw new Error("a bug in this image");
    startController(device);
  },
};

/** Midnight in Paris of the first day: an hour before the night's hours there. */
const MIDNIGHT = Date.UTC(2026, 0, 4, 23);

test.serial("firmware roll-out: one door, then all, a door of each house at a time, at night; what doors prove moves it on", async (t) => {
  const world = await World.begin(t, { doors: 0, start: MIDNIGHT });
  const site = new Site(world);
  await site.addHouse("Lilas", 3);
  await site.addHouse("Roses", 2);
  const tenant = await world.addPerson({ doors: site.houses[1].doors });
  await world.upToDate();

  // Nothing is taken but what a key of the site has signed, to the byte.
  const image = signedImage({ version: 2 });
  const add = (descriptor: Uint8Array, bytes = image.bytes) => site.request("POST", `/api/firmware/images?descriptor=${toHex(descriptor)}`, { body: bytes, headers: { "content-type": "application/octet-stream" } });
  t.is((await add(image.descriptor)).body.code, "image-not-trusted");
  t.is((await site.send("/api/firmware/keys", { key: image.key })).status, 201);
  t.is((await add(signedImage({ version: 2, key: testKey(42) }).descriptor)).body.code, "image-not-trusted");
  t.is((await add(image.descriptor.with(image.descriptor.length - 70, 1))).status, 422);
  t.is((await add(image.descriptor, image.bytes.slice(1))).body.code, "bad-image");
  t.is((await add(image.descriptor, image.bytes.with(5_000, 0))).body.code, "bad-image");
  t.is((await add(image.descriptor.slice(1))).body.code, "bad-image");
  t.is((await site.request("POST", "/api/firmware/images?descriptor=00", { body: "{}", headers: { "content-type": "application/json" } })).status, 415);
  const added = await addImage(world, image);
  t.like(added, { version: 2, targetName: "virtual1", size: image.bytes.length, held: false });
  t.is((await add(image.descriptor)).status, 200, "the same again is the same");
  t.is((await add(signedImage({ version: 2, minimumVersion: 2 }).descriptor)).body.code, "image-taken");

  const { id } = await world.post("/api/firmware/rollouts", { image: added.id, stages: [{ doors: 1 }, { percent: 100 }], settleSeconds: 3_600 }, 201);
  t.is((await site.send("/api/firmware/rollouts", { image: added.id })).body.code, "rollout-open");
  t.is((await site.remove(`/api/firmware/images/${added.id}`)).body.code, "in-use");
  await site.pass(3);
  t.deepEqual(site.versions, [1, 1, 1, 1, 1], "before two o'clock nothing happens");
  t.like((await site.get(id)).doors, { waiting: 5, offered: 0, unreachable: 0, untold: 0 });

  world.goTo("2026-01-05T01:00:00Z");
  await site.until("one door runs it, by its own log", async () => (await site.get(id)).doors.updated === 1);
  t.is(site.versions.filter((version) => version === 2).length, 1);
  t.is((await site.get(id)).stage, 1);
  await site.pass(20);
  t.is(site.versions.filter((version) => version === 2).length, 1, "the others wait until it has done well for a while");

  // The cloud ends, and another one goes on.
  const { httpPort, mqttPort } = world.cloud;
  await world.cloud.stop();
  await world.startCloud(httpPort, mqttPort);
  world.goTo("2026-01-05T02:01:00Z");
  await site.until("the second stage", async () => (await site.get(id)).stage === 2);
  for (const [step, expected] of [[0, 2], [1, 3]] as const) {
    let most = 0;
    await site.until(`more have it (${step})`, async () => {
      for (const { property } of site.houses) {
        const { items } = await world.get(`/api/firmware/rollouts/${id}/doors`);
        most = Math.max(most, items.filter((door: Json) => door.property === property && ["offered", "fetched"].includes(door.state)).length);
      }
      return (await site.get(id)).doors.updated >= expected;
    });
    t.true(most <= 1, "never two of one house");
  }

  // The last ones: one whose power fails while it writes, as often as it may.
  const late = site.doors.filter(({ board }) => board.update!.version === 1);
  t.true(late.length >= 1);
  late[0].board.cutAfter(2, "inside");
  await site.until("its power fails", () => !late[0].board.running);
  t.is(late[0].board.update!.version, 1);
  late[0].board.powerOn();
  await site.until("all have it", async () => (await site.get(id)).complete, 90);
  t.deepEqual(site.versions, [2, 2, 2, 2, 2]);
  t.like(await site.get(id), { state: "running", doors: { updated: 5, failed: 0, waiting: 0 } });
  t.true(site.houses[1].doors.every((door) => door.types(tenant.pin)));
  const shown = await world.get(`/api/doors/${site.doors[0].id}`);
  t.like(shown.firmware, { version: 2, target: toHex(TARGET), failedVersion: null, proven: { version: 2 } });

  // Whoever comes later gets it too, without anybody's doing.
  world.property = site.houses[0].property;
  site.houses[0].doors.push(await world.addDoor("new", SLOTS));
  world.goTo("2026-01-06T01:00:00Z");
  await site.until("the new door has it", async () => (await site.get(id)).doors.updated === 6);

  const actions = (await world.get("/api/audit")).items.filter(({ subject }: Json) => subject === `rollout/${id}`).map(({ action, actor }: Json) => [action, actor]);
  t.deepEqual(actions.sort(), [["rollout.stage", "upkeep"], ["rollout.start", "site"]]);
});

test.serial("firmware roll-out: a bad image stops at the first door, which opens with the one before; a silent door stops it too; none below the minimum", async (t) => {
  const world = await World.begin(t, { doors: 0, start: MIDNIGHT });
  const site = new Site(world);
  await site.addHouse("Lilas", 1);
  await site.addHouse("Roses", 1);
  await site.addHouse("Tilleuls", 1);
  const people: { pin: string }[] = [];
  for (const { property, doors } of site.houses) {
    world.property = property;
    people.push(await world.addPerson({ doors }));
  }
  await world.upToDate();
  await site.send("/api/firmware/keys", { key: toHex(IMAGE_KEY.publicKey) });
  const terms = { stages: [{ doors: 1 }, { doors: 2 }, { percent: 100 }], settleSeconds: 1_800, anyHour: true };

  const bad = await site.rollOut(3, terms);
  await site.until("it is halted", async () => (await site.get(bad)).state === "halted");
  t.like(await site.get(bad), { because: "failures", stage: 1, doors: { failed: 1, waiting: 2, offered: 0 } });
  const [failed] = (await world.get(`/api/firmware/rollouts/${bad}/doors`)).items;
  t.like(failed, { state: "failed", reason: "fell-back", fromVersion: 1 });
  t.deepEqual(site.versions, [1, 1, 1]);
  site.doors.forEach((door, index) => t.true(door.types(people[index].pin), `door ${index} opens`));
  const tried = site.doors.findIndex(({ id }) => id === failed.door);
  t.like((await world.get(`/api/doors/${failed.door}`)).firmware, { version: 1, failedVersion: 3 });
  await site.pass(30);
  t.deepEqual(site.doors.map(({ board }) => board.update!.begun > 0), site.doors.map((_, index) => index === tried), "nobody else has even begun");
  t.true((await world.get("/api/audit")).items.some(({ action, actor, subject }: Json) => action === "rollout.halt" && actor === "upkeep" && subject === `rollout/${bad}`));

  // Somebody goes on all the same: the next one fails, and it halts again.
  t.is((await site.send(`/api/firmware/rollouts/${bad}/resume`)).body.state, "running");
  await site.until("it is halted again", async () => (await site.get(bad)).state === "halted");
  t.is((await site.get(bad)).doors.failed, 2);
  t.is((await site.send(`/api/firmware/rollouts/${bad}/end`)).body.state, "ended");
  t.is((await site.send(`/api/firmware/rollouts/${bad}/resume`)).body.code, "rollout-ended");

  // The next version is good, but a door is gone after it has fetched it.
  const good = await site.rollOut(4, terms, 4);
  await site.until("one has it", async () => (await site.get(good)).doors.updated === 1);
  const before = site.versions;
  // What their logs say does not come through for now.
  for (const each of site.doors) each.carry = (message, pass) => (message.topic.endsWith("/up/events") ? undefined : pass());
  await site.until("the second is offered it", async () => (await site.get(good)).doors.offered + (await site.get(good)).doors.fetched === 1, 60);
  const [next] = (await world.get(`/api/firmware/rollouts/${good}/doors`)).items.filter(({ state }: Json) => state !== "updated");
  const door = site.doors.find(({ id }) => id === next.door)!;
  await site.until("it has fetched it", () => door.board.update!.version === 4, 5);
  t.like((await site.get(good)).doors, { updated: 1, fetched: 1 }, "before it has said so it does not count");
  door.board.powerOff();
  door.network.close();
  await site.until("its silence halts it", async () => (await site.get(good)).state === "halted", 50);
  t.is((await world.get(`/api/firmware/rollouts/${good}/doors?state=failed`)).items[0].reason, "silent");
  t.deepEqual(site.versions.filter((version) => version === 4).length - before.filter((version) => version === 4).length <= 1, true);
  for (const each of site.doors) each.carry = (_message, pass) => pass();
  door.board.powerOn();
  await site.send(`/api/firmware/rollouts/${good}/resume`);
  await site.until("all have it", async () => (await site.get(good)).complete, 120);
  t.deepEqual(site.versions, [4, 4, 4]);
  site.doors.forEach((each, index) => t.true(each.types(people[index].pin)));
  await site.send(`/api/firmware/rollouts/${good}/end`);

  // Its minimum is 4: nothing below is offered any more, and it is said.
  const older = (await world.get("/api/firmware/images")).items.find(({ version }: Json) => version === 3);
  t.true(older.held);
  const refused = await site.send("/api/firmware/rollouts", { image: older.id });
  t.like(refused.body, { code: "below-minimum", minimum: 4 });
  t.is((await site.remove(`/api/firmware/images/${older.id}`)).status, 204);

  // Paths are each door's own, and good for nothing else.
  const current = await site.rollOut(5, { ...terms, anyHour: false });
  const asked: string[] = [];
  for (const each of site.doors) each.carry = (message, pass) => (message.topic.endsWith("/firmware") ? void asked.push(Buffer.from(message.payload).toString("latin1").match(/\/firmware\/[0-9a-f/]+/)![0]) : pass());
  world.goTo("2026-01-06T01:00:00Z");
  await site.until("a door is offered it", () => asked.length > 0);
  const [path] = asked;
  t.is((await site.request("GET", path.slice(0, -1) + (path.endsWith("0") ? "1" : "0"))).status, 404);
  t.is((await site.request("GET", path.replace(/^(\/firmware\/[0-9a-f]{16}\/)[0-9a-f]{16}/, `$1${site.doors.find(({ id }) => !path.includes(id))!.id}`))).status, 404);
  const given = await fetch(world.cloud.url + path);
  t.deepEqual([given.status, given.headers.get("content-length")], [200, "10000"]);
  t.deepEqual(new Uint8Array(await given.arrayBuffer()), virtualImage(5));
  t.is((await site.send(`/api/firmware/rollouts/${current}/halt`)).body.because, "asked");
  t.is((await site.request("GET", path)).status, 503, "nobody gets it while it is halted");
  await site.send(`/api/firmware/rollouts/${current}/resume`);
  world.goTo("2026-01-06T06:00:00Z");
  t.is((await site.request("GET", path)).status, 503, "nor by day");
  world.goTo("2026-01-07T01:10:00Z");
  const answers: number[] = [];
  for (let attempt = 0; attempt < 14; attempt++) answers.push((await site.request("GET", path)).status);
  t.deepEqual([answers[0], answers.at(-1)], [200, 503], "nor all day long");
});

test("firmware roll-out: its course, from what is known of doors", (t) => {
  const now = 1_800_000_000;
  const course: RolloutCourse = { id: "r", version: 9, stages: [{ doors: 1 }, { percent: 10 }, { percent: 100 }], stage: 0, settleSeconds: 3_600, toleratedPercent: 2, watchedSince: now - DAY };
  const door = (index: number, more: Partial<RolloutDoor> = {}): RolloutDoor => ({ id: `d${index}`, property: `p${Math.floor(index / 2)}`, version: 1, failedVersion: 0, knowsTarget: true, connected: true, heardAt: now, reachable: true, quiet: true, alarmed: false, row: undefined, ...more });
  const row = (state: RolloutDoorRow["state"], more: Partial<RolloutDoorRow> = {}): RolloutDoorRow => ({ rollout_id: "r", door_id: "", stage: 0, state, reason: null, from_version: 1, chosen_at: now - 600, offered_at: now - 600, fetched_at: state === "offered" ? null : now - 300, fetches: 1, settled_at: state === "offered" || state === "fetched" ? null : now - 7_200, restarts: 0, excused: 0, ...more });
  const fleet = (size: number, rows: RolloutDoorRow[], more: Partial<RolloutDoor> = {}): RolloutDoor[] => Array.from({ length: size }, (_, index) => door(index, { row: rows[index], ...more }));
  const plan = (doors: RolloutDoor[], changes: Partial<RolloutCourse> = {}, busy: string[] = []) => planRollout({ ...course, ...changes }, doors, new Set(busy), now);

  t.is(plan(fleet(100, [])).choose.length, 1);
  t.deepEqual(plan(fleet(100, [])).choose, plan(fleet(100, [])).choose, "the same draw every time");
  t.like(plan(fleet(100, [row("updated")])), { stage: 1, halt: false });
  t.is(plan(fleet(100, [row("updated")])).choose.length, 9);
  t.like(plan(fleet(100, [row("updated", { settled_at: now - 60 })])), { stage: 0, choose: [] }, "not before it has done well for a while");
  t.is(plan(fleet(100, [row("updated")], { quiet: false })).choose.length, 0);
  t.is(plan(fleet(100, [row("updated")], { connected: false, reachable: false })).stage, 2, "only doors that are heard of are counted");
  const houses = plan(fleet(40, [row("updated")]), { stage: 2, stages: [{ doors: 1 }, { doors: 1 }, { percent: 100 }] }, ["p3"]).choose.map((id) => Math.floor(Number(id.slice(1)) / 2));
  t.is(new Set(houses).size, houses.length, "one of a house");
  t.false(houses.includes(3), "whose other door is not under way in another one");
  t.is(plan(fleet(200, Array.from({ length: 30 }, () => row("offered"))), { stage: 2 }).choose.length, 2, "no more at once than the line bears");

  // Who does not take it is left for another night; who does well enough is watched.
  t.deepEqual(plan([door(0, { row: row("offered", { chosen_at: now - 3_700 }) })]).leave, ["d0"]);
  t.deepEqual(plan([door(0, { row: row("left", { reason: "not-taken", settled_at: now - 60 }) })]).choose, []);
  t.deepEqual(plan([door(0, { row: row("left", { reason: "not-taken", settled_at: now - DAY }) })]).choose, ["d0"]);
  t.deepEqual(plan([door(0, { row: row("offered") })]).offer, ["d0"], "said again");
  const faults: [RolloutDoor, string | undefined][] = [
    [door(0, { row: row("fetched", { fetched_at: now - 1_900 }), connected: false, heardAt: now - 1_900 }), "silent"],
    [door(0, { row: row("fetched", { fetched_at: now - 1_900 }), connected: false, heardAt: now - 60 }), undefined],
    [door(0, { row: row("fetched", { fetched_at: now - 26 * 3_600 }) }), "unproved"],
    [door(0, { row: row("fetched", { fetched_at: now - 24 * 3_600 }), version: 9 }), undefined],
    [door(0, { row: row("offered"), failedVersion: 9 }), "fell-back"],
    [door(0, { row: row("fetched"), failedVersion: 8 }), undefined],
    [door(0, { row: row("updated", { settled_at: now - 1_900 }), connected: false, heardAt: now - 1_900 }), "silent"],
    [door(0, { row: row("updated", { settled_at: now - 1_900 }), alarmed: true }), "alarm"],
    [door(0, { row: row("updated", { settled_at: now - 7_200 }), alarmed: true, connected: false, heardAt: 0 }), undefined],
  ];
  for (const [each, reason] of faults) t.deepEqual([plan([each]).fail[0]?.reason, plan([each]).halt], [reason as never, reason !== undefined], JSON.stringify(each.row));
  t.false(plan([faults[0][0]], { watchedSince: now - 60 }).halt, "a cloud that was away has not seen a silence");

  // The first failure of few doors halts it; of many, more than two of a hundred.
  const mixed = (good: number, bad: number) => plan(fleet(400, [...Array.from({ length: good }, () => row("updated")), ...Array.from({ length: bad }, () => row("failed", { reason: "fell-back" }))]), { stage: 2 });
  t.true(mixed(48, 1).halt);
  t.false(mixed(49, 1).halt);
  t.true(mixed(98, 3).halt);
  t.deepEqual([mixed(98, 3).choose, mixed(98, 3).offer], [[], []]);

  // Two in the morning, in winter, in summer, and where the end comes after midnight.
  const at = (instant: string) => Date.parse(instant) / 1_000;
  const hours = { start: 120, end: 300 };
  t.deepEqual(["2026-01-05T00:59:00Z", "2026-01-05T01:00:00Z", "2026-01-05T03:59:00Z", "2026-01-05T04:00:00Z"].map((instant) => isWithinHours(hours, "Europe/Paris", at(instant))), [false, true, true, false]);
  t.true(isWithinHours(hours, "Europe/Paris", at("2026-07-05T00:00:00Z")));
  t.deepEqual(["23:30", "00:30", "01:30"].map((time) => isWithinHours({ start: 1_380, end: 60 }, "UTC", at(`2026-01-05T${time}:00Z`))), [true, true, false]);
});

testOfSqlite("firmware roll-out: images are signed offline by a command, handed in and rolled out by others", async (t) => {
  const folder = mkdtempSync(join(tmpdir(), "latchkey-image-"));
  const rig = await CloudRig.start();
  t.teardown(async () => {
    await rig.stop();
    rmSync(folder, { recursive: true });
  });
  const [key, path, token] = ["image.key", "firmware.bin", "token"].map((name) => join(folder, name));
  const publicKey = await createKeyFile(key, "image", PASSPHRASE);
  // As ESP-IDF writes them: a board tells the version that is inside.
  const bytes = new Uint8Array(5_000);
  bytes[0] = 0xe9;
  new DataView(bytes.buffer).setUint32(32, 0xabcd5432, true);
  bytes.set(Buffer.from("7"), 48);
  writeFileSync(path, bytes);
  writeFileSync(token, rig.cloud.adminToken.token);
  const site = ["--url", rig.cloud.url, "--token-file", token];
  const refused = (message: RegExp, command: Command, ...parameters: string[]) => t.throwsAsync(run(command, parameters), { instanceOf: StartupError, message });

  await refused(/says of itself that it is version 7/, imageCommand, "sign", path, "--target", "esp32-4m", "--version", "8", "--key", key);
  await refused(/at most the image's own/, imageCommand, "sign", path, "--target", "esp32-4m", "--minimum", "8", "--key", key);
  await refused(/kind of board/, imageCommand, "sign", path, "--target", "esp32", "--key", key);
  await refused(/^latchkey image sign/, imageCommand, "sign", path, "--target", "esp32-4m", "--key", key, "--url", "http://x");
  t.is((await run(imageCommand, ["sign", path, "--target", "esp32-4m", "--minimum", "6", "--key", key])).code, 0);
  const shown = await run(imageCommand, ["show", path]);
  t.is(shown.code, 0);
  t.regex(shown.said, /version 7 for boards of kind esp32-4m, 5000 bytes[^]*below version 6/);
  writeFileSync(path, bytes.with(4_999, 1));
  t.is((await run(imageCommand, ["show", path])).code, 1);
  await refused(/no image key yet/, imageCommand, "add", path, ...site);
  t.regex((await run(imageCommand, ["trust", key, ...site])).said, new RegExp(toHex(publicKey)));
  await refused(/its hash differs/, imageCommand, "add", path, ...site);
  writeFileSync(path, bytes);
  const [, image] = /image ([0-9a-f]{16})/.exec((await run(imageCommand, ["add", path, ...site])).said)!;
  t.regex((await run(imageCommand, ["list", ...site])).said, new RegExp(`${image}  esp32-4m  version 7, minimum 6`));
  const started = await run(rolloutCommand, ["start", image, "--stages", "1,50%,100%", "--settle", "0.5", "--any-hour", ...site]);
  const id = started.said.slice(0, 16);
  t.like(await rig.get(`/firmware/rollouts/${id}`), { stages: [{ doors: 1 }, { percent: 50 }, { percent: 100 }], settleSeconds: 1_800, anyHour: true, toleratedPercent: 1 });
  t.is((await run(rolloutCommand, ["halt", id, ...site])).code, 1);
  t.regex((await run(rolloutCommand, ["show", ...site])).said, /version 7: halted \(asked\), stage 1 of 3/);
  t.is((await run(rolloutCommand, ["resume", id, ...site])).code, 0);
  t.is((await run(rolloutCommand, ["end", id, ...site])).code, 0);
  t.is((await run(imageCommand, ["remove", image, ...site])).code, 0);
  t.notRegex(rig.log, /correct horse/);
});

const PASSPHRASE = "correct horse battery staple";

/** What a command says on its way to its exit code. */
async function run(command: Command, parameters: readonly string[]): Promise<{ code: number; said: string }> {
  const { stdout, stderr } = process;
  const writes = [stdout.write, stderr.write];
  let said = "";
  stdout.write = (text: string | Uint8Array) => ((said += String(text)), true);
  stderr.write = () => true;
  process.env.LATCHKEY_PASSPHRASE = PASSPHRASE;
  try {
    return { code: await command(parameters), said };
  } finally {
    [stdout.write, stderr.write] = writes as [typeof stdout.write, typeof stderr.write];
    delete process.env.LATCHKEY_PASSPHRASE;
  }
}
