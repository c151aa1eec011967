import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import test, { type ExecutionContext } from "ava";
import { StartupError } from "../../cloud/startup-error";
import { openStore } from "../../cloud/store/open-store";
import { readSchemaTables } from "../../cloud/store/schema-tables";
import { transfer } from "../../cloud/store/transfer";
import type { Json } from "../support/cloud-rig";
import { Building, pinOf } from "../support/household";
import { PostgresServer, whyNoPostgres } from "../support/postgres-server";
import { World, type WorldDoor } from "../support/world";

const reason = whyNoPostgres();
if (reason !== undefined) test.skip(`on PostgreSQL: ${reason}`, (t) => t.pass());
const onPostgres = reason === undefined ? test : test.skip;

let server: PostgresServer;
test.before(async () => {
  if (reason === undefined) server = await PostgresServer.start({ syncs: false });
});

function folderOf(t: ExecutionContext): string {
  const folder = mkdtempSync(join(tmpdir(), "latchkey-transfer-"));
  t.teardown(() => rmSync(folder, { recursive: true }));
  return folder;
}

/** The cloud goes on with another database, on the ports that its doors know. */
async function move(world: World, from: string, to: string): Promise<void> {
  const { httpPort, mqttPort } = world.cloud;
  await world.cloud.stop();
  await transfer(from, to);
  world.useDatabase(to);
  await world.startCloud(httpPort, mqttPort);
  await world.until("the doors are back", async () => (await world.get("/api/doors")).items.every((door: { online: boolean; upToDate: boolean }) => door.online && door.upToDate));
}

onPostgres("X13: everything moves from SQLite to PostgreSQL and back, and the doors go on: they open from the new database", async (t) => {
  const world = await World.begin(t, { doors: 2 });
  const [front, garage] = world.doors;
  const building = await Building.of(world);
  const ada = await building.leaseholder(await building.flat("Flat 1"), "ada");
  const bob = await world.addPerson({ name: "Bob", doors: [front] });
  const cleo = await world.add({ name: "Cleo", class: "staff", cards: [{ number: "2c00a1b2c3", secondPin: true }] });
  const gone = await world.addPerson({ name: "Dan" });
  await world.revoke(gone);
  await world.upToDate();
  const pin = await pinOf(ada.client, ada.person);
  t.true(front.types(pin));
  const opens = (door: WorldDoor) => [pin, bob.pin, gone.pin].map((each) => door.types(each));
  t.deepEqual(opens(front), [true, true, false]);
  await world.until("the door has told", async () => (await world.events(front)).length >= 4);
  const { items: audit } = await world.get("/api/audit");
  const events = await world.events(front);

  const [file, url] = [join(world.folder, "latchkey.sqlite"), await server.createDatabase()];
  await move(world, file, url);
  const [all, entries] = [await world.events(front), (await world.get("/api/audit")).items];
  t.deepEqual(all.filter((event: Json) => events.some(({ sequence }) => sequence === event.sequence)), events);
  t.deepEqual(entries.slice(0, audit.length), audit, "the audit is as it was");
  t.true((await world.get("/api/audit/verification")).holds);
  t.deepEqual(opens(front), [true, true, false], "what doors know is what the new database says");
  t.is(await pinOf(ada.client, ada.person), pin, "sessions and sealed codes have come along");

  // What changes from now on changes there.
  const eve = await world.addPerson({ name: "Eve", doors: [garage] });
  await world.revoke(bob);
  await world.upToDate();
  t.true(garage.types(eve.pin));
  t.deepEqual(opens(front), [true, false, false]);
  t.true(garage.takesCard("2c00a1b2c3", cleo.cards[0].secondPin.pin));

  const back = join(folderOf(t), "back.sqlite");
  await move(world, url, back);
  t.deepEqual([garage.types(eve.pin), ...opens(front)], [true, true, false, false]);
  const fay = await world.addPerson({ name: "Fay", doors: [garage] });
  await world.upToDate();
  t.true(garage.types(fay.pin), "and back again");
  t.true((await world.get("/api/audit/verification")).holds);
  t.true(existsSync(file), "the old one is left as it was");
});

onPostgres("X13: a transfer carries each table and each counted id, and refuses in one line what would not be whole", async (t) => {
  const folder = folderOf(t);
  const from = join(folder, "from.sqlite");
  const url = await server.createDatabase();
  const refused = async (a: string, b: string): Promise<string> => {
    const { message } = await t.throwsAsync(transfer(a, b), { instanceOf: StartupError });
    t.false(message.includes("\n") || message.includes("only"), message);
    return message;
  };
  t.regex(await refused(join(folder, "none.sqlite"), url), /There is no database/);
  t.false(existsSync(join(folder, "none.sqlite")));

  const source = await openStore(from);
  const { database } = source;
  await database.insertInto("properties").values({ id: "p", name: "É😀", time_zone: "UTC", holidays: "[]", unlock_seconds: 5, guest_lease_seconds: 1, staff_lease_seconds: 1, resident_lease_seconds: null, created_at: 1 }).execute();
  await database.insertInto("people").values({ id: "a", property_id: "p", name: "A", class: "guest", created_at: 1 }).execute();
  // Later ones by their ids hang on none: whoever copies along the ids alone meets children before parents.
  for (const id of ["z1", "z2"]) await database.insertInto("credentials").values({ id, person_id: "a", kind: "pin", value: Uint8Array.of(0, 255), digits: 6, version: 1, created_at: 1 }).execute();
  for (const [id, parent_id] of [["a1", "z1"], ["a2", "z2"]]) await database.insertInto("credentials").values({ id, person_id: "a", kind: "second-pin", parent_id, digits: 6, version: 1, created_at: 1 }).execute();
  for (let key = 0; key < 1_203; key++) await database.insertInto("rate_limits").values({ key: `k${key}`, since: key, count: 9_007_199_254_740_991 }).execute();
  for (let at = 1; at <= 3; at++) await database.insertInto("audit").values({ at, actor: "site", action: "x", subject: "audit", detail: "{}" }).execute();
  await database.deleteFrom("audit").where("at", ">", 1).execute();
  await source.close();

  const held = await openStore(from);
  t.regex(await refused(from, url), /in use by another process/);
  await held.close();

  const forth = await transfer(from, url);
  t.deepEqual([...forth.tables.keys()].sort(), readSchemaTables().map(({ name }) => name).sort());
  t.like(Object.fromEntries(forth.tables), { audit: 1, rate_limits: 1_203, credentials: 4, people: 1, doors: 0 });
  t.regex(await refused(from, url), /is in use: it holds/, "never on top of something");
  const running = await openStore(url);
  await running.database.selectFrom("people").select("id").execute();
  t.regex(await refused(url, join(folder, "meanwhile.sqlite")), /A cloud is running on PostgreSQL/);
  await running.close();
  t.regex(await refused(url, url), /one and the same/);
  const back = join(folder, "back.sqlite");
  t.deepEqual((await transfer(url, back)).tables, forth.tables);

  const store = await openStore(back);
  t.is((await store.database.insertInto("audit").values({ at: 4, actor: "site", action: "x", subject: "audit", detail: "{}" }).returning("id").executeTakeFirstOrThrow()).id, 4, "ids that were given are given no more");
  await store.database.deleteFrom("audit").where("at", "=", 4).execute();
  await store.close();

  const script = (...parameters: string[]) => spawnSync(process.execPath, ["bin/latchkey.js", "transfer", ...parameters], { encoding: "utf8" });
  const again = script(back, join(folder, "third.sqlite"));
  t.is(again.status, 0, again.stderr);
  t.regex(again.stdout, /1203 {2}rate_limits\n(.|\n)*Carried over: 1210 rows/);
  const wrong = script(back);
  t.is(wrong.status, 2);
  t.regex(wrong.stderr, /^latchkey transfer <from> <to>\n/);
});
