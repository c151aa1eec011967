import { execFile } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import test, { type ExecutionContext } from "ava";
import { audit, type AuditEntry } from "../cloud/audit/audit";
import { dropOldEntries } from "../cloud/audit/retention";
import { pageOf, verifyChain, type Verification } from "../cloud/audit/verify";
import { createKeystore, type Keystore } from "../cloud/keys/keystore";
import { openStore } from "../cloud/store/open-store";
import { openToRead } from "../cloud/store/open-to-read";
import type { Store, Unit } from "../cloud/store/store";
import { inSnapshot, inTransaction } from "../cloud/store/transaction";
import { CloudRig, NOON } from "./support/cloud-rig";
import { signInManager } from "./support/managers";
import { signIn } from "./support/sign-in";
import { newDatabaseUrl, testOfSqlite } from "./support/test-database";

const DAY = 86_400;

/** A chain in a database of its own. */
class Book {
  readonly keystore: Keystore;
  private constructor(readonly folder: string, readonly store: Store, readonly location: string) {
    this.keystore = createKeystore(join(folder, "keystore.json"));
  }

  static async open(t: ExecutionContext): Promise<Book> {
    const folder = mkdtempSync(join(tmpdir(), "latchkey-audit-"));
    const location = (await newDatabaseUrl()) ?? join(folder, "store.sqlite");
    const book = new Book(folder, await openStore(location), location);
    t.teardown(async () => {
      await book.store.close();
      rmSync(folder, { recursive: true });
    });
    return book;
  }

  unit<T>(work: (unit: Unit) => Promise<T>): Promise<T> {
    return inTransaction(this.store.database, work);
  }

  async write(count: number, at = NOON, more: Partial<AuditEntry> = {}): Promise<void> {
    for (let index = 0; index < count; index++) await this.unit((unit) => audit(unit, { at, actor: "site", action: "test", subject: `thing/${index}`, detail: { index }, ...more }));
  }

  verify(head?: string): Promise<Verification> {
    return verifyChain((after) => this.unit((unit) => pageOf(unit, after)), head);
  }

  /** Somebody with the database at hand. */
  async tamper(work: (unit: Unit) => Promise<unknown>): Promise<void> {
    await this.unit(async (unit) => void (await work(unit)));
  }
}

test("audit: each entry's hash covers the one before, over pages too", async (t) => {
  const book = await Book.open(t);
  t.like(await book.verify(), { entries: 0, head: "0".repeat(64), broken: undefined });
  await book.unit(async (unit) => {
    for (let index = 0; index < 1_234; index++) await audit(unit, { at: NOON, actor: "site", action: "test", subject: `thing/${index}` });
  });
  const { head, ...rest } = await book.verify();
  t.deepEqual(rest, { entries: 1_234, older: 0, dropped: false, found: true, broken: undefined });
  await book.write(1);
  t.like(await book.verify(head), { entries: 1_235, found: true });
  t.false((await book.verify("ab".repeat(32))).found);
});

test("audit: whatever is changed, taken out, put in or moved, the first break is named", async (t) => {
  const tampering: Record<string, { first: number; work(unit: Unit): Promise<unknown> }> = {
    "an actor": { first: 3, work: (unit) => unit.updateTable("audit").set({ actor: "somebody else" }).where("id", "=", 3).execute() },
    "an action": { first: 1, work: (unit) => unit.updateTable("audit").set({ action: "harmless" }).where("id", "=", 1).execute() },
    "a time": { first: 6, work: (unit) => unit.updateTable("audit").set({ at: NOON + 1 }).where("id", "=", 6).execute() },
    "a subject": { first: 4, work: (unit) => unit.updateTable("audit").set({ subject: "thing/9" }).where("id", "=", 4).execute() },
    "a detail": { first: 2, work: (unit) => unit.updateTable("audit").set({ detail: "{}" }).where("id", "=", 2).execute() },
    "a property": { first: 2, work: (unit) => unit.updateTable("audit").set({ property_id: "0".repeat(16) }).where("id", "=", 2).execute() },
    "a sealed part": { first: 2, work: (unit) => unit.updateTable("audit").set({ sealed: new Uint8Array(40), sealed_for: "person/1" }).where("id", "=", 2).execute() },
    "a hash": { first: 5, work: (unit) => unit.updateTable("audit").set({ hash: new Uint8Array(32) }).where("id", "=", 5).execute() },
    "a hash taken away": { first: 4, work: (unit) => unit.updateTable("audit").set({ hash: null }).where("id", "=", 4).execute() },
    "the first entry gone": { first: 2, work: (unit) => unit.deleteFrom("audit").where("id", "=", 1).execute() },
    "one in the middle gone": { first: 5, work: (unit) => unit.deleteFrom("audit").where("id", "=", 4).execute() },
    "a beginning that says it was dropped": {
      first: 3,
      async work(unit) {
        await unit.deleteFrom("audit").where("id", "<", 3).execute();
        await unit.updateTable("audit").set({ action: "audit.dropped" }).where("id", "=", 3).execute();
      },
    },
    "two swapped": {
      first: 2,
      async work(unit) {
        const [second, third] = await unit.selectFrom("audit").selectAll().where("id", "in", [2, 3]).orderBy("id").execute();
        const { id: a, ...secondRest } = second;
        const { id: b, ...thirdRest } = third;
        await unit.updateTable("audit").set(thirdRest).where("id", "=", a).execute();
        await unit.updateTable("audit").set(secondRest).where("id", "=", b).execute();
      },
    },
  };
  for (const [what, { first, work }] of Object.entries(tampering)) {
    const book = await Book.open(t);
    await book.write(6);
    await book.tamper(work);
    const { broken } = await book.verify();
    t.is(broken?.id, first, what);
    t.truthy(broken?.why, what);
  }
});

test("audit: an end that was cut off shows by a head that was noted", async (t) => {
  const book = await Book.open(t);
  await book.write(6);
  const { head } = await book.verify();
  await book.tamper((unit) => unit.deleteFrom("audit").where("id", ">", 4).execute());
  t.like(await book.verify(head), { broken: undefined, found: false });
  // All written anew holds by itself as well, and the head is not in it.
  await book.tamper((unit) => unit.deleteFrom("audit").execute());
  await book.write(6, NOON, { actor: "nobody" });
  t.like(await book.verify(head), { broken: undefined, found: false });
});

test("audit: entries from before the chain are counted and vouched for by nobody", async (t) => {
  const book = await Book.open(t);
  await book.tamper((unit) => unit.insertInto("audit").values({ at: NOON, actor: "site", action: "old", subject: "x", detail: "{}" }).execute());
  await book.write(2);
  t.like(await book.verify(), { older: 1, entries: 2, broken: undefined });
  await book.tamper((unit) => unit.insertInto("audit").values({ at: NOON, actor: "site", action: "new", subject: "x", detail: "{}" }).execute());
  t.is((await book.verify()).broken?.action, "new");
});

test("audit: old entries are dropped by the setting, and the chain goes on from the last one's hash", async (t) => {
  const book = await Book.open(t);
  const drop = (now: number) => book.unit((unit) => dropOldEntries(unit, 30 * DAY, now));
  for (let day = 0; day < 40; day++) await book.write(2, NOON + day * DAY);
  const { head } = await book.verify();
  const rows = () => book.unit((unit) => unit.selectFrom("audit").selectAll().orderBy("id").execute());
  await drop(NOON + 30 * DAY);
  t.is((await rows()).length, 80);
  await drop(NOON + 40 * DAY);
  const kept = await rows();
  t.is(kept[0].action, "audit.dropped");
  t.true(kept.slice(1).every(({ at }) => at >= NOON + 10 * DAY));
  t.like(kept.at(-1), { action: "audit.drop", actor: "site" });
  t.is(kept.length, 1 + 60 + 1);
  t.like(await book.verify(head), { entries: 61, dropped: true, found: true, broken: undefined });
  // The same day nothing more goes; much later all of it does, the entry that vouched included.
  await drop(NOON + 40 * DAY + 3_600);
  t.is((await rows()).length, 62);
  await book.write(1, NOON + 100 * DAY);
  await drop(NOON + 100 * DAY);
  t.deepEqual((await rows()).map(({ action }) => action), ["audit.dropped", "test", "audit.drop"]);
  t.like(await book.verify(), { entries: 2, dropped: true, broken: undefined });
  await drop(NOON + 200 * DAY);
  t.deepEqual((await rows()).map(({ action }) => action), ["audit.dropped", "audit.drop"]);
  t.like(await book.verify(), { entries: 1, broken: undefined });
  // Nobody drops more than the chain says.
  await book.tamper((unit) => unit.deleteFrom("audit").where("action", "=", "audit.drop").execute());
  t.regex((await book.verify()).broken!.why, /no later entry/);
});

test("audit: erasing a person destroys what names them and keeps the chain whole", async (t) => {
  const book = await Book.open(t);
  const keys = book.keystore.dataKeys;
  await book.write(1, NOON, { personal: { keys, owner: "person/1", detail: { name: "Ada Lovelace" } } });
  await book.write(1, NOON, { personal: { keys, owner: "person/2", detail: { name: "Grace" } } });
  const [row] = await book.unit((unit) => pageOf(unit, 0));
  t.notRegex(Buffer.from(row.sealed!).toString("latin1") + JSON.stringify(row), /Lovelace/);
  const { head } = await book.verify();
  await book.unit((unit) => keys.destroy(unit, "person/1", NOON));
  t.like(await book.verify(head), { entries: 2, found: true, broken: undefined });
  // Entries that would name them again are written without.
  await book.write(1, NOON, { personal: { keys, owner: "person/1", detail: { name: "Ada Lovelace" } } });
  t.like((await book.unit((unit) => pageOf(unit, 2)))[0], { sealed: null, sealed_for: null });
  t.like(await book.verify(), { entries: 3, broken: undefined });
});

test("audit: two at once make one chain", async (t) => {
  const book = await Book.open(t);
  const url = await newDatabaseUrl();
  const stores = url === undefined ? [book.store, book.store] : [await openStore(url), await openStore(url)];
  await Promise.all(Array.from({ length: 40 }, (_, index) => inTransaction(stores[index % 2].database, (unit) => audit(unit, { at: NOON, actor: "site", action: "test", subject: `thing/${index}` }))));
  const verification = await verifyChain((after) => inTransaction(stores[0].database, (unit) => pageOf(unit, after)));
  t.like(verification, { entries: 40, broken: undefined });
  if (url !== undefined) for (const store of stores) await store.close();
});

test("O10, A2: changes and views are in the chain, with what names people sealed; the site verifies it over HTTP", async (t) => {
  const rig = await CloudRig.start();
  t.teardown(() => rig.stop());
  const property = (await rig.post("/properties", { name: "Rue des Lilas 7" })).id;
  const person = (await rig.post("/people", { property, name: "Ada Lovelace", class: "resident" })).id;
  const other = (await rig.post("/properties", { name: "Quai 1" })).id;
  const verified = await rig.get("/audit/verification");
  t.like(verified, { holds: true, older: 0, dropped: false, broken: null });
  const { items } = await rig.get(`/audit?property=${property}`);
  t.deepEqual(items.map(({ action, subject }: { action: string; subject: string }) => [action, subject]), [["property.create", `property/${property}`], ["person.add", `person/${person}`]]);
  t.like(items[1], { property, personal: { name: "Ada Lovelace" }, erased: false });
  t.notRegex(JSON.stringify(items[1].detail), /Ada/);
  t.true((await rig.get(`/audit?property=${other}`)).items.every((item: { property: string }) => item.property === other));
  const newest = async (query: string) => (await rig.get(`/audit?property=${property}&order=newest${query}`)).items.map(({ action, subjectName }: { action: string; subjectName: string }) => [action, subjectName]);
  t.deepEqual(await newest(""), [["person.add", "Ada Lovelace"], ["property.create", "Rue des Lilas 7"]]);
  t.deepEqual([await newest("&about=person"), await newest(`&subject=property/${property}`), await newest("&actor=account/1"), await newest(`&after=${items[1].id}`)].map((found) => found.length), [1, 1, 0, 1]);
  t.deepEqual([await newest(`&since=${items[0].at}`), await newest(`&until=${items[0].at}`)].map((found) => found.length), [2, 0]);
  rig.clock.advance(3_600);
  await waitForLog(rig, verified.head);
  await rig.restart();
  t.like(await rig.get(`/audit/verification?head=${verified.head}`), { holds: true, found: true });
  t.like(await rig.get(`/audit/verification?head=${"0".repeat(63)}1`), { holds: false, found: false });
  const stranger = await signIn(rig, "ada@example.org");
  t.is((await stranger.send("GET", "/audit/verification")).status, 403);
  const manager = await signInManager(rig, property, "manager@example.org");
  t.like(await manager.get(`/audit/verification?head=${verified.head}`), { holds: true, found: true }, "who is in it may know that it holds");
  for (let asked = 1; asked < 10; asked++) await manager.get("/audit/verification");
  t.is((await manager.send("GET", "/audit/verification")).status, 429, "all of it is read each time");
});

test("audit: a person who has gone is forgotten over HTTP, in the audit too, and the chain holds", async (t) => {
  const rig = await CloudRig.start();
  t.teardown(() => rig.stop());
  const property = (await rig.post("/properties", { name: "Rue des Lilas 7" })).id;
  const person = (await rig.post("/people", { property, name: "Ada Lovelace", class: "resident", cards: [] })).id;
  const early = await rig.send("DELETE", `/people/${person}`, {});
  t.is(early.status, 409);
  t.is(early.body.code, "still-has-access");
  await rig.post("/revocations", { person });
  const { head } = await rig.get("/audit/verification");
  for (let again = 0; again < 2; again++) t.is((await rig.send("DELETE", `/people/${person}`, {})).status, 204);
  const { items } = await rig.get(`/audit?property=${property}`);
  t.notRegex(JSON.stringify(items), /Lovelace/);
  t.like(items.find(({ action }: { action: string }) => action === "person.add"), { personal: null, erased: true });
  t.is(items.filter(({ action }: { action: string }) => action === "person.erase").length, 1);
  t.like(await rig.get(`/audit/verification?head=${head}`), { holds: true, found: true });
  t.is((await rig.get(`/people/${person}`)).name, "");
  const stranger = await signIn(rig, "ada@example.org");
  t.is((await stranger.send("DELETE", `/people/${person}`, {})).status, 404);
});

async function waitForLog(rig: CloudRig, text: string): Promise<void> {
  for (let round = 0; round < 2_000 && !rig.log.includes(text); round++) await new Promise((resolve) => setTimeout(resolve, 5));
  if (!rig.log.includes(text)) throw new Error(`not in the log: ${text}`);
}

test("npm run audit: says that a chain holds, or names its first break, while a cloud holds the database and goes on writing", async (t) => {
  const book = await Book.open(t);
  await book.write(5);
  const { head } = await book.verify();
  const run = (...parameters: string[]) =>
    new Promise<{ code: number; out: string }>((resolve) => {
      execFile(process.execPath, ["bin/latchkey.js", "audit", ...parameters], (error, stdout, stderr) => resolve({ code: typeof error?.code === "number" ? error.code : 0, out: stdout + stderr }));
    });
  let running = true;
  const fine = run(book.location, "--head", head).finally(() => (running = false));
  while (running) {
    await book.write(20);
    await new Promise((resolve) => setImmediate(resolve));
  }
  t.is((await fine).code, 0, (await fine).out);
  const [, entries] = /holds: ([0-9]+) entries/.exec((await fine).out)!;
  const { entries: now, ...rest } = await book.verify(head);
  t.true(Number(entries) >= 5 && Number(entries) <= now);
  t.like(rest, { found: true, broken: undefined });
  t.is((await run(book.location, "--head", "ab".repeat(32))).code, 1);
  await book.tamper((unit) => unit.updateTable("audit").set({ actor: "x" }).where("id", "=", 4).execute());
  const broken = await run(book.location);
  t.is(broken.code, 1);
  t.regex(broken.out, /^BROKEN at entry 4 \(test, 2026-06-01T12:00:00/);
  const nothing = await run(join(book.folder, "nothing.sqlite"));
  t.is(nothing.code, 2);
});

testOfSqlite("npm run audit: a file is copied as it is at one moment, and left as it is", async (t) => {
  const book = await Book.open(t);
  const path = book.location;
  const seen: number[] = [];
  // The log begins anew every thousand pages: some copies are made right before it, and some after.
  for (let round = 0; round < 12; round++) {
    await book.unit(async (unit) => {
      for (let index = 0; index < 20; index++) await audit(unit, { at: NOON, actor: "site", action: "test", subject: `thing/${index}`, detail: { filler: "x".repeat(40_000) } });
    });
    const reading = await openToRead(path);
    const { entries, broken } = await verifyChain((after) => inSnapshot(reading.database, (unit) => pageOf(unit, after)));
    await reading.close();
    t.is(broken, undefined);
    seen.push(entries);
  }
  t.deepEqual(seen, Array.from({ length: 12 }, (_, round) => 20 * (round + 1)));
  t.like(await book.verify(), { entries: 240, broken: undefined });
});
