/** Backups of a running cloud, and what a cloud that was restored from one may do at doors that know more than it. */
import { execFile } from "node:child_process";
import { appendFileSync, chmodSync, cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import test, { type ExecutionContext } from "ava";
import { makeBackup } from "../cloud/backup/make-backup";
import { restoreBackup } from "../cloud/backup/restore-backup";
import { StartupError } from "../cloud/startup-error";
import { Building, pinOf } from "./support/household";
import { messagesTo, signIn, siteClient } from "./support/sign-in";
import { newDatabaseUrl } from "./support/test-database";
import { World, type Json, type WorldDoor } from "./support/world";

function folderOf(t: ExecutionContext): string {
  const folder = mkdtempSync(join(tmpdir(), "latchkey-backup-"));
  t.teardown(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** While the cloud runs. @returns the backup's folder. */
async function backUp(t: ExecutionContext, world: World): Promise<string> {
  const folder = join(folderOf(t), "backup");
  const before = world.location;
  await makeBackup({ location: before, dataFolder: world.folder, withKeystore: true }, folder);
  return folder;
}

/** The cloud and all that it had are lost; another one begins with the backup. */
async function restore(world: World, folder: string, options: { keepTokens?: boolean } = {}): Promise<ReturnType<typeof restoreBackup>> {
  const { httpPort, mqttPort } = world.cloud;
  await world.cloud.stop();
  for (const name of readdirSync(world.folder)) rmSync(join(world.folder, name), { recursive: true });
  const databaseUrl = await newDatabaseUrl();
  const done = await restoreBackup(folder, { dataFolder: world.folder, databaseUrl, keepTokens: options.keepTokens ?? false, clock: { now: () => Math.max(Math.floor(world.clock.unixMs / 1_000), Math.floor(Date.now() / 1_000)) } });
  world.useDatabase(databaseUrl);
  await world.startCloud(httpPort, mqttPort);
  return done;
}

const held = async (world: World): Promise<string[]> => (await world.get("/api/restore")).doors.map(({ name, why }: Json) => `${name} ${why}`).sort();
const online = (world: World): Promise<void> => world.until("the doors are back", async () => (await world.get("/api/doors")).items.every((door: Json) => door.online));

test.serial("a backup of a running cloud is restored, and its doors open; who was revoked since gets in nowhere until somebody has looked", async (t) => {
  // Real time has passed a world of the past: a backup is dated by the machine.
  const world = await World.begin(t, { doors: 3, start: Math.ceil(Date.now() / 1_000) * 1_000 });
  const [front, garage, cellar] = world.doors;
  const building = await Building.of(world);
  const ada = await building.leaseholder(await building.flat("Flat 1"), "ada");
  const pin = await pinOf(ada.client, ada.person);
  const gone = await world.addPerson({ name: "Gone since", class: "guest", doors: [front, garage] });
  const { token } = await building.manager.post("/tokens", { property: world.property, name: "Intercom" });
  await world.upToDate();
  t.true(front.types(pin));
  await world.until("the door has told", async () => (await world.events(front)).length > 0);
  const folder = await backUp(t, world);
  t.deepEqual(readdirSync(folder).sort(), ["admin-token", "keystore.json", "latchkey.sqlite", "manifest.json"]);
  for (const file of readdirSync(folder)) t.is(statSync(join(folder, file)).mode & 0o077, 0, file);

  // What the backup knows nothing of. The cellar hears none of it.
  world.clock.advance(60_000);
  await world.isolate(cellar);
  await world.revoke(gone);
  const late = await world.addPerson({ name: "Came since", doors: [front, garage] });
  await world.upToDate();
  t.deepEqual([front.types(gone.pin), front.types(late.pin), garage.types(gone.pin)], [false, true, false]);
  await world.until("the door has told more", async () => (await world.events(front)).length >= 4);
  const { head } = await world.get("/api/audit/verification");

  const { restored } = await restore(world, folder);
  t.like(restored, { doorsHeld: 3, tokensEnded: 1 });
  await world.until("two are back", async () => (await world.get("/api/doors")).items.filter((door: Json) => door.online).length === 2);
  cellar.plugIn();
  await online(world);
  await world.until("the cellar, which knows nothing more, goes on by itself", async () => (await held(world)).length === 2);
  t.deepEqual(await held(world), [front, garage].map((door) => `${nameOf(world, door)} changed`).sort());
  await world.until("it has a lease and a list", async () => (await world.get(`/api/doors/${cellar.id}`)).upToDate);

  // The revoked one is a holder again by the database, and still nobody at the doors that had heard.
  await world.pass(120_000);
  t.deepEqual([front.types(gone.pin), garage.types(gone.pin)], [false, false], "an acknowledged revocation is not undone unseen");
  t.deepEqual([front.types(pin), garage.types(pin), cellar.types(pin), front.types(late.pin)], [true, true, true, true], "doors open as they did");
  const { items: alarms } = await world.get(`/api/doors/${front.id}/alarms`);
  t.true(alarms.some(({ kind }: Json) => kind === "unknown-list"));
  t.is((await siteClient(world).send("GET", `/audit/verification?head=${head}`)).body.found, false, "a head that was noted elsewhere shows that entries are missing");
  t.is((await ada.client.send("GET", "/account")).status, 401, "everybody signs in again");
  ada.client.token = token;
  t.is((await ada.client.send("GET", `/doors?property=${world.property}`)).status, 401, "programs get new tokens");

  // A revocation meanwhile: its bound reckons with leases that the lost cloud has signed since the backup.
  const { id } = await world.revoke(gone);
  const { doors } = await world.get(`/api/revocations/${id}`);
  const says = doors.find(({ door }: Json) => door === front.id);
  t.is(says.state, "pending");
  t.true(Date.parse(says.mayOpenUntil) >= world.clock.unixMs + 23 * 3_600_000, says.mayOpenUntil);

  t.is((await world.request("POST", "/api/restore/confirm", {}, 200)).doors, 2);
  await world.upToDate();
  t.deepEqual(await held(world), []);
  t.true((await world.get(`/api/revocations/${id}`)).complete);
  t.deepEqual([front.types(pin), front.types(gone.pin), front.types(late.pin), garage.types(gone.pin)], [true, false, false, false], "who came since the backup is gone");
  const again = await world.addPerson({ name: "Comes again" });
  await world.upToDate();
  t.deepEqual([front, garage, cellar].map((door) => door.types(again.pin)), [true, true, true]);
  t.true((await world.get("/api/audit/verification")).holds);
  t.truthy(await signIn(world, "ada@example.com"));
  t.is((await messagesTo(world, "ada@example.com"))[0].kind, "sign-in-code");
});

function nameOf(world: World, door: WorldDoor): string {
  return `door ${world.doors.indexOf(door)}`;
}

test.serial("after a restore, keys that were renewed since the backup are renewed past what doors know", async (t) => {
  const world = await World.begin(t, { doors: 1, start: Math.ceil(Date.now() / 1_000) * 1_000 });
  const [door] = world.doors;
  const ada = await world.addPerson();
  await world.upToDate();
  const folder = await backUp(t, world);
  world.clock.advance(60_000);
  await world.post("/api/keysets", { newEpoch: true }, 201);
  await world.upToDate();
  await restore(world, folder);
  await online(world);
  await world.until("an alarm says so", async () => (await world.get(`/api/doors/${door.id}/alarms`)).items.some(({ detail }: Json) => /keyset 2, and this cloud knows 1/.test(detail)));
  await world.request("POST", "/api/restore/confirm", {}, 200);
  await world.post("/api/keysets", { newEpoch: true }, 201);
  await world.post("/api/keysets", { newEpoch: true }, 201);
  await world.upToDate();
  t.true((await world.get(`/api/doors/${door.id}`)).upToDate);
  const bob = await world.addPerson();
  await world.revoke(ada);
  await world.upToDate();
  t.deepEqual([door.types(bob.pin), door.types(ada.pin)], [true, false]);
});

test.serial("a backup that is not whole, and a restore onto something, are refused in one line and change nothing", async (t) => {
  const world = await World.begin(t, { doors: 0 });
  const folder = await backUp(t, world);
  const into = join(folderOf(t), "data");
  const refused = async (source: string, dataFolder: string): Promise<string> => {
    const { message } = await t.throwsAsync(restoreBackup(source, { dataFolder, databaseUrl: undefined, keepTokens: false, clock: { now: () => Math.floor(Date.now() / 1_000) + 1 } }), { instanceOf: StartupError });
    t.false(message.includes("\n"), message);
    return message;
  };
  const spoilt = (spoil: (copy: string) => void): string => {
    const copy = join(folderOf(t), "copy");
    cpSync(folder, copy, { recursive: true });
    spoil(copy);
    return copy;
  };
  t.regex(await refused(spoilt((copy) => appendFileSync(join(copy, "latchkey.sqlite"), "x")), into), /latchkey\.sqlite is not as it was written/);
  t.regex(await refused(spoilt((copy) => rmSync(join(copy, "keystore.json"))), into), /lacks keystore\.json/);
  t.regex(await refused(spoilt((copy) => rmSync(join(copy, "manifest.json"))), into), /is no backup/);
  t.false(existsSync(join(into, "latchkey.sqlite")));
  t.regex(await refused(folder, world.location.startsWith("postgres") ? foreignKeystore(t) : world.folder), /There is (a database|another .*keystore.json) already/);
  await t.throwsAsync(makeBackup({ location: world.location, dataFolder: world.folder, withKeystore: true }, folder), { message: /is not empty/ });
  await t.throwsAsync(makeBackup({ location: join(into, "none.sqlite"), dataFolder: world.folder, withKeystore: true }, join(folderOf(t), "x")), { message: /There is no database/ });

  const bare = join(folderOf(t), "bare");
  const { files } = await makeBackup({ location: world.location, dataFolder: world.folder, withKeystore: false }, bare);
  t.false(files.some(({ name }) => name === "keystore.json"));
  t.regex(await refused(bare, into), /made without its keystore/);
  cpSync(join(world.folder, "keystore.json"), join(into, "keystore.json"));
  chmodSync(join(into, "keystore.json"), 0o600);
  await restoreBackup(bare, { dataFolder: into, databaseUrl: undefined, keepTokens: false, clock: { now: () => Math.floor(Date.now() / 1_000) + 1 } });
  t.deepEqual(readdirSync(into).sort(), ["admin-token", "keystore.json", "latchkey.sqlite"], "nothing is left lying about");
  t.regex(await refused(bare, into), /There is a database already/, "never twice");

  // As an operator types it.
  const env = { ...process.env, LATCHKEY_DATA: world.folder, ...(world.location.startsWith("postgres") && { LATCHKEY_DATABASE_URL: world.location }) };
  const typed = join(folderOf(t), "typed");
  const { stdout } = await promisify(execFile)(process.execPath, ["bin/latchkey.js", "backup", typed], { env });
  t.regex(stdout, /latchkey\.sqlite[^]*Keep the folder as you keep the keystore/);
  t.true(readFileSync(join(typed, "manifest.json"), "utf8").includes(world.cloud.site));
});

/** A data folder with somebody else's keystore. */
function foreignKeystore(t: ExecutionContext): string {
  const folder = folderOf(t);
  cpSync(join(__dirname, "fixtures/upgrade-0.1/keystore.json"), join(folder, "keystore.json"));
  chmodSync(join(folder, "keystore.json"), 0o600);
  return folder;
}
