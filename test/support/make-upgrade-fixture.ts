/**
 * Makes test/fixtures/upgrade-0.1: run in a checkout of the version that others are to be upgraded from, not in this
 * one (the folder's README says how). It uses nothing but what that version had.
 */
import { copyFileSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { gzipSync } from "node:zlib";
import { build } from "esbuild";
import type { ExecutionContext } from "ava";
import { Building, pinOf } from "./household";
import { World, type WorldDoor } from "./world";

const CARD = "2c00a1b2c3";

async function main(folder: string): Promise<void> {
  mkdirSync(folder, { recursive: true });
  const ends: (() => Promise<void> | void)[] = [];
  const world = await World.begin({ teardown: (end: () => Promise<void>) => void ends.push(end) } as unknown as ExecutionContext, { doors: 3, start: Date.UTC(2026, 0, 5, 8) });
  const [front, garage, cellar] = world.doors;
  const { site, codes, opens, people, sessions, revocation } = await live(world, front, garage, cellar);

  const { clock } = world;
  for (const door of world.doors) {
    door.board.powerOff();
    door.network.close();
  }
  const doors = world.doors.map((door, index) => ({ id: door.id, name: `door ${index}` }));
  const token = world.cloud.adminToken.token;
  const audit = await world.get("/api/audit/verification");
  const events: Record<string, number> = {};
  for (const door of world.doors) events[door.id] = (await world.events(door)).length;
  await world.cloud.stop();

  writeFileSync(join(folder, "latchkey.sqlite.gz"), gzipSync(readFileSync(join(world.folder, "latchkey.sqlite")), { level: 9 }));
  copyFileSync(join(world.folder, "keystore.json"), join(folder, "keystore.json"));
  writeFileSync(join(folder, "admin-token"), `${token}\n`);
  world.doors.forEach((door, index) => saveDoor(door, join(folder, `door-${index + 1}`)));
  const bundle = await build({ entryPoints: ["firmware/controller.ts"], bundle: true, minify: true, platform: "node", format: "cjs", write: false, legalComments: "none" });
  writeFileSync(join(folder, "firmware.js.gz"), gzipSync(bundle.outputFiles[0].contents, { level: 9 }));
  const expected = { unixMs: Math.ceil(clock.unixMs / 1_000) * 1_000, property: world.property, site, doors, people, codes, opens, card: CARD, sessions, revocation, audit, events };
  writeFileSync(join(folder, "expected.json"), `${JSON.stringify(expected, undefined, 1)}\n`);
  rmSync(world.folder, { recursive: true, force: true });
}

/** A few days of a small house; the cellar has had no network since the second. */
async function live(world: World, front: WorldDoor, garage: WorldDoor, cellar: WorldDoor) {
  const building = await Building.of(world);
  const { manager } = building;
  const ada = await building.leaseholder(await building.flat("Flat 1"), "ada");
  const bob = await building.leaseholder(await building.flat("Flat 2", [front, garage]), "bob");
  const carol = await building.invited(ada, "carol", { role: "resident" });
  const dan = await world.addPerson({ name: "Dan", class: "guest" });
  const eve = await world.addPerson({ name: "Eve", class: "guest" });
  const { token } = await manager.post("/tokens", { property: world.property, name: "Intercom" });
  const cleo = await world.add({ name: "Cleo", class: "staff", cards: [{ number: CARD, secondPin: true }] });
  const once = await manager.post("/keys", { property: world.property, kind: "pin", name: "Parcel", user: { name: "Parcel" }, doors: [front.id], uses: 1, notAfter: "2026-03-01T00:00:00Z" });
  const used = await manager.post("/keys", { property: world.property, kind: "pin", name: "Used parcel", user: { name: "Parcel" }, doors: [front.id], uses: 1, notAfter: "2026-03-01T00:00:00Z" });
  const codes = { ada: await pinOf(ada.client, ada.person), bob: await pinOf(bob.client, bob.person), carol: await pinOf(carol.client, carol.person), dan: dan.pin, eve: eve.pin, once: once.codes[0].pin as string, used: used.codes[0].pin as string, cleo: cleo.cards[0].secondPin.pin as string };
  await world.upToDate();
  const expect = (what: string, got: boolean, wanted: boolean): void => {
    if (got !== wanted) throw new Error(`${what}: ${got}`);
  };
  for (const door of [front, garage, cellar]) {
    for (const who of ["ada", "dan", "eve"] as const) expect(`${who} at ${door.id}`, door.types(codes[who]), true);
    expect("a stranger", door.types("000000"), false);
  }
  expect("the parcel", front.types(codes.used), true);
  expect("the card", garage.takesCard(CARD, codes.cleo), true);
  await world.until("doors have told", async () => (await world.events(cellar)).length >= 3);

  await world.revoke(dan);
  await world.upToDate();
  await world.isolate(cellar);
  const { id: revocation } = await world.revoke(eve);
  await world.upToDate();
  await world.post("/api/keysets", {}, 201);
  await world.upToDate();
  await world.pass(3_600_000);
  await world.upToDate();
  await world.isolate(front);
  expect("Bob, of whom the cloud has not heard", front.types(codes.bob), true);
  const says = await world.get(`/api/revocations/${revocation}`);
  if (says.complete) throw new Error("the cellar cannot know");

  const all = { ada: true, carol: true, dan: false, eve: false, used: false };
  const opens = {
    [front.id]: { ...all, bob: true, once: true },
    [garage.id]: { ...all, bob: true, once: false },
    [cellar.id]: { ...all, bob: false, once: false, eve: true },
  };
  const people = { ada: ada.person, bob: bob.person, carol: carol.person, dan: dan.id, eve: eve.id, cleo: cleo.id as string };
  return { site: world.cloud.site, codes, opens, people, sessions: { manager: manager.cookie, ada: ada.client.cookie, program: token as string }, revocation: revocation as string };
}

/** As the building keeps a door; units that are erased hold noise, which nobody needs. */
function saveDoor(door: WorldDoor, folder: string): void {
  mkdirSync(folder, { recursive: true });
  const { flash, keyValue } = door.board.snapshot();
  const content = Uint8Array.from(flash.content);
  const unitBytes = content.length / flash.units.length;
  flash.units.forEach((state, unit) => {
    if (state === 0) content.fill(0, unit * unitBytes, (unit + 1) * unitBytes);
  });
  writeFileSync(join(folder, "flash.bin.gz"), gzipSync(Buffer.concat([content, flash.units]), { level: 9 }));
  const values = keyValue.values.map(([name, value]) => [name, Buffer.from(value).toString("hex")]);
  writeFileSync(join(folder, "nvs.json"), `${JSON.stringify(Object.fromEntries(values), undefined, 1)}\n`);
}

main(resolve(process.argv[2])).then(
  () => process.exit(0),
  (error: unknown) => {
    process.stderr.write(`${String((error as Error).stack)}\n`);
    process.exit(1);
  },
);
