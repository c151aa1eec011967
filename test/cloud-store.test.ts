import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import test from "ava";
import { sql } from "kysely";
import pino from "pino";
import { ascii } from "../protocol/bytes";
import { CredentialKind, credentialTag } from "../protocol/credential";
import { NO_END } from "../protocol/profile";
import { KnownDoors } from "../cloud/broker/known-doors";
import { DoorSecrets } from "../cloud/doors/door-secrets";
import { registerDoor } from "../cloud/doors/register-door";
import { endDue } from "../cloud/households/end-due";
import { releaseCredentials } from "../cloud/issuing/credential-release";
import { signLease } from "../cloud/issuing/lease-signing";
import { ListIssuer } from "../cloud/issuing/list-issuer";
import { noteDoors, notedDoors } from "../cloud/issuing/outbox";
import { nativeHashes } from "../cloud/keys/native-hashes";
import { DataKeys } from "../cloud/keys/data-keys";
import { Sealing } from "../cloud/keys/sealing";
import { adoptSite } from "../cloud/keys/site";
import { addPerson } from "../cloud/people/add-person";
import { requireRoom } from "../cloud/people/door-room";
import { drawFreePin } from "../cloud/people/pin-values";
import { createProperty } from "../cloud/properties/property-settings";
import { Refusal } from "../cloud/refusal";
import { UNKNOWN_DOORS_PER_SECOND_MAX } from "../cloud/limits";
import { isUniqueViolation, type Store, type Unit } from "../cloud/store/store";
import { GroupedWrites } from "../cloud/store/grouped-writes";
import { inSnapshot, inTransaction, type Transact } from "../cloud/store/transaction";
import { ManualClock } from "./support/manual-clock";
import { openTestStore, testOfSqlite } from "./support/test-database";
import { testKeystore } from "./support/test-keystore";

const NOW = 1_780_000_000;
const sealing = new Sealing(new Uint8Array(32).fill(1));
const secrets = new DoorSecrets(sealing);
const DOOR = "00112233445566aa";
const OTHER = "00112233445566bb";

let folder: string;
let store: Store;
let person: string;

test.before(async () => {
  folder = mkdtempSync(join(tmpdir(), "latchkey-"));
  store = await openTestStore(folder);
  await store.database.transaction().execute(async (unit) => {
    const settings = { name: "P", timeZone: "UTC", holidays: [], unlockSeconds: 5, staleness: { guestSeconds: 86_400, staffSeconds: 86_400, residentSeconds: null } };
    const property = await createProperty(unit, settings, "test", NOW);
    for (const id of [DOOR, OTHER]) await registerDoor(unit, sealing, { property, name: id, id, claimSecret: new Uint8Array(16) }, "test", NOW);
    const door_key = sealing.seal("door-key", `${DOOR}/1`, new Uint8Array(32).fill(4));
    await unit.updateTable("doors").set({ claimed_at: NOW, claim_secret: null, enrolment: 1, door_key, version: 10, offered_version: 10 }).where("id", "=", DOOR).execute();
    person = await addPerson(unit, { dataKeys: new DataKeys(sealing) }, { property, name: "Ana", class: "guest" }, "test", NOW);
  });
});
test.after.always(async () => {
  await store.close();
  rmSync(folder, { recursive: true });
});

/** Runs in a transaction that is rolled back: tests do not meet. */
async function apart(work: (unit: Unit) => Promise<void>): Promise<void> {
  const done = new Error("done");
  await store.database
    .transaction()
    .execute(async (unit) => {
      await work(unit);
      throw done;
    })
    .catch((error: unknown) => {
      if (error !== done) throw error;
    });
}

const tagOf = (pin: string) => credentialTag(nativeHashes, secrets.keysOf({ id: DOOR, enrolment: 1, door_key: sealing.seal("door-key", `${DOOR}/1`, new Uint8Array(32).fill(4)) }).tag, CredentialKind.pin, ascii(pin));

async function insertPin(unit: Unit, credential: string, pin: string, revoked: boolean, tag = tagOf(pin)): Promise<void> {
  await unit.insertInto("credentials").values({ id: credential, person_id: person, kind: "pin", value: sealing.seal("pin", `${credential}/1`, ascii(pin)), digits: pin.length, version: 1, created_at: NOW, revoked_at: revoked ? NOW : null }).execute();
  await unit.insertInto("door_credentials").values({ door_id: DOOR, credential_id: credential, fingerprint: sealing.pinFingerprint(pin), tag }).execute();
  await unit.insertInto("grants").values({ id: `grant-${credential}`, credential_id: credential, not_before: 0, not_after: NO_END, windows: "[]", max_uses: 0, use_counter: 0, created_at: NOW, created_by: "test" }).execute();
  await unit.insertInto("grant_doors").values({ grant_id: `grant-${credential}`, door_id: DOOR, added_version: 5, removed_version: revoked ? 10 : null }).execute();
}

test.serial("X9, O9: a PIN is not given again while a door may hold it, nor one that a door could not tell from it", async (t) => {
  await apart(async (unit) => {
    await insertPin(unit, "c1", "048151", true);
    await insertPin(unit, "c2", "162342", false, tagOf("313131"));
    const draw = (...values: number[]) => drawFreePin(unit, sealing, secrets, [DOOR], { kind: "pin", unit: null, draw: () => values.shift()! });
    const { pin } = await draw(48_151, 162_342, 313_131, 7_007);
    t.is(pin, "007007", "taken, taken, same tag, free");

    await unit.updateTable("doors").set({ acknowledged_version: 9 }).where("id", "=", DOOR).execute();
    await releaseCredentials(unit, DOOR, NOW);
    t.is((await draw(48_151, 7_007)).pin, "007007", "revoked, but not acknowledged");
    await unit.updateTable("doors").set({ acknowledged_version: 10 }).where("id", "=", DOOR).execute();
    await releaseCredentials(unit, DOOR, NOW);
    t.is((await draw(48_151)).pin, "048151", "acknowledged");
    t.is((await unit.selectFrom("credentials").select("value").where("id", "=", "c1").executeTakeFirstOrThrow()).value, null, "and destroyed");
    t.not((await unit.selectFrom("credentials").select("value").where("id", "=", "c2").executeTakeFirstOrThrow()).value, null);
  });
});

test.serial("X9: the database itself refuses one value, or one tag, twice at a door", async (t) => {
  // Each in a transaction of its own: PostgreSQL takes nothing more after a refusal.
  const insert = (fingerprint: Uint8Array, tag: Uint8Array, door_id = DOOR) =>
    apart(async (unit) => {
      await insertPin(unit, "c1", "048151", false);
      await unit.insertInto("credentials").values({ id: "c2", person_id: person, kind: "pin", digits: 6, version: 1, created_at: NOW }).execute();
      await unit.insertInto("door_credentials").values({ door_id, credential_id: "c2", fingerprint, tag }).execute();
    });
  t.true(isUniqueViolation(await t.throwsAsync(insert(sealing.pinFingerprint("048151"), new Uint8Array(5)))));
  t.true(isUniqueViolation(await t.throwsAsync(insert(sealing.pinFingerprint("999000"), tagOf("048151")))));
  await t.notThrowsAsync(insert(sealing.pinFingerprint("048151"), tagOf("048151"), OTHER), "at another door it may be");
});

test.serial("a door takes no more than its flash can hold", async (t) => {
  await apart(async (unit) => {
    await insertPin(unit, "c1", "048151", false);
    const insert = async (n: number) => {
      const id = `g${n}`;
      await unit.insertInto("grants").values({ id, credential_id: "c1", not_before: 0, not_after: NOW + n, windows: "[]", max_uses: 0, use_counter: 0, created_at: NOW, created_by: "test" }).execute();
      await unit.insertInto("grant_doors").values({ grant_id: id, door_id: DOOR }).execute();
    };
    for (let n = 1; n < 2_048; n++) await insert(n);
    await requireRoom(unit, DOOR);
    await insert(2_048);
    const refusal = await t.throwsAsync(requireRoom(unit, DOOR), { instanceOf: Refusal });
    t.is(refusal?.code, "door-full");
    await unit.updateTable("grants").set({ not_after: NO_END }).where("id", "like", "g%").execute();
    await t.notThrowsAsync(requireRoom(unit, DOOR), "the same terms are one profile");
  });
});

test.serial("X3: no lease is signed for a list while a committed change waits for the next one", async (t) => {
  await apart(async (unit) => {
    const door = await unit.selectFrom("doors").selectAll().where("id", "=", DOOR).executeTakeFirstOrThrow();
    const property = await unit.selectFrom("properties").selectAll().executeTakeFirstOrThrow();
    const keystore = testKeystore();
    await adoptSite(unit, keystore, NOW);
    t.truthy(await signLease(unit, keystore, door, property, NOW));
    t.truthy(await signLease(unit, keystore, door, property, NOW - 5));
    t.is((await unit.selectFrom("lease_ends").select("guest").where("door_id", "=", DOOR).executeTakeFirstOrThrow()).guest, NOW + 86_400, "the latest end ever signed");
    await noteDoors(unit, [DOOR], NOW);
    t.is(await signLease(unit, keystore, door, property, NOW + 100), undefined);
    t.is((await unit.selectFrom("lease_ends").select("guest").where("door_id", "=", DOOR).executeTakeFirstOrThrow()).guest, NOW + 86_400);
  });
});

test.serial("the store takes what it should and never aborts on what it should not", async (t) => {
  await apart(async (unit) => {
    const name = (value: unknown) => unit.updateTable("people").set({ name: value as string }).where("id", "=", person).execute();
    for (const value of [1.5, "a\0b", { a: 1 }, Symbol("x"), Number.NaN]) await t.throwsAsync(name(value), undefined, typeof value);
    await name("É😀");
    t.is((await unit.selectFrom("people").select("name").where("id", "=", person).executeTakeFirstOrThrow()).name, "É😀");
    const bytes = Uint8Array.of(0, 255, 0);
    await unit.updateTable("doors").set({ event_mac: bytes }).where("id", "=", OTHER).execute();
    t.deepEqual((await unit.selectFrom("doors").select("event_mac").where("id", "=", OTHER).executeTakeFirstOrThrow()).event_mac, bytes);
    await t.throwsAsync(unit.updateTable("doors").set({ acknowledged_version: 99 }).where("id", "=", OTHER).execute(), { message: /check/i });
  });
});

test.serial("O3: a place that cannot be ended when its time is over keeps no other waiting", async (t) => {
  const keystore = testKeystore();
  const parts = { keystore, secrets, channels: { email: "outbox", sms: "outbox" } as const };
  await apart(async (unit) => {
    const { property_id } = await unit.selectFrom("people").select("property_id").where("id", "=", person).executeTakeFirstOrThrow();
    await unit.insertInto("units").values({ id: "u", property_id, name: "Flat", number: null, template_id: null, version: 1 }).execute();
    await unit.insertInto("households").values({ id: "h", property_id, unit_id: "u", created_at: NOW, created_by: "test" }).execute();
    const place = { household_id: "h", role: "guest" as const, state: "active" as const, account_id: null, email: null, phone: null, invited_by: null, all_doors: 1 as const, windows: "[]", starts_at: 1, version: 1, created_at: NOW, created_by: "test" };
    const guests: string[] = [];
    for (const ends_at of [NOW - 2, NOW - 1, NOW + 1]) {
      const guest = await addPerson(unit, keystore, { property: property_id, name: "Guest", class: "guest" }, "test", NOW);
      await unit.insertInto("memberships").values({ ...place, person_id: guest, ends_at }).execute();
      guests.push(guest);
    }
    const states = async () => new Map((await unit.selectFrom("memberships").select(["person_id", "state"]).execute()).map((row) => [row.person_id, row.state]));
    let calls = 0;
    const log = pino({ level: "silent" });
    // The first place is the third transaction: after the invitations and the search.
    const failing: Transact = (work) => (++calls === 3 ? Promise.reject(new Error("bad")) : work(unit, NOW));
    t.true(await endDue(failing, parts, log));
    const between = await states();
    t.deepEqual(guests.map((guest) => between.get(guest)), ["active", "ended", "active"]);
    t.true(await endDue((work) => work(unit, NOW), parts, log));
    t.false(await endDue((work) => work(unit, NOW), parts, log), "nothing is due any more");
    const after = await states();
    t.deepEqual(guests.map((guest) => after.get(guest)), ["ended", "ended", "active"]);
  });
});

test.serial("the outbox: what cannot be issued stays noted and is tried again, and other doors go on", async (t) => {
  const clock = new ManualClock(NOW);
  const keystore = testKeystore();
  const { database } = store;
  const issued: string[] = [];
  const issuer = new ListIssuer({ database, keystore, clock, log: pino({ level: "silent" }), onIssued: (door) => void issued.push(door) });
  const noted = () => database.transaction().execute(notedDoors);
  await database.transaction().execute(async (unit) => {
    await adoptSite(unit, keystore, NOW);
    await noteDoors(unit, [DOOR, OTHER, DOOR], NOW);
  });
  const broken = { epoch: 1, state: "current" as const, manifest: new Uint8Array(3), signed_manifest: new Uint8Array(3), page_hashes: new Uint8Array(0), body: new Uint8Array(0) };
  await database.insertInto("list_bases").values({ door_id: DOOR, version: 9, ...broken }).execute();
  issuer.wake();
  await issuer.idle();
  t.deepEqual(issued, [OTHER]);
  t.deepEqual(await noted(), [DOOR]);

  clock.advance(4);
  await issuer.idle();
  t.deepEqual(issued, [OTHER]);
  await database.deleteFrom("list_bases").where("door_id", "=", DOOR).execute();
  clock.advance(1);
  await issuer.idle();
  t.deepEqual(issued, [OTHER, DOOR]);
  t.deepEqual(await noted(), []);
  t.is((await database.selectFrom("doors").select("version").where("id", "=", DOOR).executeTakeFirstOrThrow()).version, NOW + 5);
  await issuer.stop();
});

const notesOf = async (unit: Unit): Promise<number[]> => (await unit.selectFrom("outbox").select("created_at").where("door_id", "=", OTHER).orderBy("id").execute()).map((row) => row.created_at);

test.serial("works that wait to be written together are each done or not, by themselves and in their order", async (t) => {
  const { database } = store;
  const works = Array.from({ length: 150 }, (_, index) =>
    inTransaction(database, async (unit) => {
      await noteDoors(unit, [OTHER], index);
      if (index % 3 === 0) throw new Refusal("not-found");
      if (index === 100) await noteDoors(unit, ["no such door"], index);
      return index;
    }),
  );
  const outcomes = await Promise.allSettled(works);
  const done = outcomes.flatMap((outcome) => (outcome.status === "fulfilled" ? [outcome.value] : []));
  t.deepEqual(done, works.map((_, index) => index).filter((index) => index % 3 !== 0 && index !== 100));
  t.deepEqual(await inSnapshot(database, notesOf), done);
  t.true(outcomes.every((outcome) => outcome.status === "fulfilled" || outcome.reason instanceof Error));
  await inTransaction(database, (unit) => unit.deleteFrom("outbox").execute());
});

testOfSqlite("nobody hears that a work is done before it is on the disk; where the disk fails, all of the group hear of it, and none is", async (t) => {
  const { database } = store;
  let onDisk = false;
  let transactions = 0;
  let spoil: (() => void) | undefined;
  const writes = new GroupedWrites(async (all) => {
    onDisk = false;
    transactions += 1;
    await database.transaction().execute(async (unit) => {
      await all(unit);
      spoil?.();
    });
    onDisk = true;
  });
  const add = (at: number): Promise<boolean> => writes.add((unit) => noteDoors(unit, [OTHER], at)).then(() => onDisk);
  t.deepEqual(await Promise.all([1, 2, 3, 4, 5].map(add)), [true, true, true, true, true]);
  t.true(transactions < 5, "together");
  spoil = () => {
    throw new Error("disk full");
  };
  const outcomes = await Promise.allSettled([6, 7, 8].map(add));
  t.deepEqual(outcomes.map(({ status }) => status), ["rejected", "rejected", "rejected"]);
  spoil = undefined;
  // Some failures have SQLite take back everything at once: those who had their turn hear of it, whoever comes later does not.
  const full = async (unit: Unit): Promise<boolean> => {
    await sql`ROLLBACK`.execute(unit);
    throw new Error("disk full");
  };
  const failing = [add(9), writes.add(full)].map((work) => t.throwsAsync(work));
  const later = new Promise((resolve) => setImmediate(resolve)).then(() => add(10));
  await Promise.all(failing);
  t.true(await later);
  t.deepEqual(await inSnapshot(database, notesOf), [1, 2, 3, 4, 5, 10]);
  await inTransaction(database, (unit) => unit.deleteFrom("outbox").execute());
});

test.serial("a door that another process has claimed is known, however many unknown ones are named in the same second", async (t) => {
  const known = new KnownDoors(store.database, new ManualClock(NOW));
  const named = Array.from({ length: UNKNOWN_DOORS_PER_SECOND_MAX + 10 }, (_, index) => index.toString(16).padStart(16, "f"));
  t.false((await Promise.all(named.map(async (door) => known.has(door)))).includes(true));
  t.true(await known.has(DOOR));
  t.false(await known.has(OTHER), "not claimed");
});
