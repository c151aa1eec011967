import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import test from "ava";
import Libsql from "libsql";
import { Client } from "pg";
import { startCloud } from "../../cloud/cloud";
import { Refusal } from "../../cloud/refusal";
import { StartupError } from "../../cloud/startup-error";
import { MIGRATIONS } from "../../cloud/store/migrations/migrations";
import { openStore } from "../../cloud/store/open-store";
import { toPostgres } from "../../cloud/store/migrations/to-postgres";
import { isStorageFailure, type Database } from "../../cloud/store/store";
import { inDoorTransaction, inSnapshot, inTransaction } from "../../cloud/store/transaction";
import { CloudRig } from "../support/cloud-rig";
import { PostgresServer } from "../support/postgres-server";
import { newDatabaseUrl, onPostgres, postgres } from "../support/test-database";

/** Two processes on one database, as far as the database can tell. */
async function twoStores(work: (one: Database, other: Database) => Promise<void>): Promise<void> {
  const url = (await newDatabaseUrl())!;
  const [one, other] = [await openStore(url), await openStore(url)];
  try {
    await work(one.database, other.database);
  } finally {
    await Promise.all([one.close(), other.close()]);
  }
}

function ofPostgres(): void {
  test("two processes that change one row lose nothing, however often they collide", async (t) => {
    await twoStores(async (...stores) => {
      await stores[0].insertInto("rate_limits").values({ key: "k", since: 0, count: 0 }).execute();
      let attempts = 0;
      const add = (database: Database) =>
        inDoorTransaction(database, "00", async (unit) => {
          attempts += 1;
          const { count } = await unit.selectFrom("rate_limits").select("count").where("key", "=", "k").executeTakeFirstOrThrow();
          await unit.updateTable("rate_limits").set({ count: count + 1 }).where("key", "=", "k").execute();
        });
      await Promise.all(stores.flatMap((database) => Array.from({ length: 40 }, () => add(database))));
      t.is((await stores[0].selectFrom("rate_limits").select("count").executeTakeFirstOrThrow()).count, 80);
      t.true(attempts > 80, "or it shows nothing");
      // Commands wait for their turn instead.
      attempts = 0;
      const command = (database: Database) =>
        inTransaction(database, async (unit) => {
          attempts += 1;
          const { count } = await unit.selectFrom("rate_limits").select("count").where("key", "=", "k").executeTakeFirstOrThrow();
          await unit.updateTable("rate_limits").set({ count: count - 1 }).where("key", "=", "k").execute();
        });
      await Promise.all(stores.flatMap((database) => Array.from({ length: 40 }, () => command(database))));
      t.is((await stores[0].selectFrom("rate_limits").select("count").executeTakeFirstOrThrow()).count, 0);
      t.is(attempts, 80);
    });
  });

  test("two processes that look and then insert: one does, and the other's second look says what it says to anybody", async (t) => {
    await twoStores(async (one, other) => {
      for (let round = 0; round < 10; round++) {
        const key = `k${round}`;
        const take = (database: Database) =>
          inTransaction(database, async (unit) => {
            if ((await unit.selectFrom("rate_limits").select("key").where("key", "=", key).executeTakeFirst()) !== undefined) throw new Refusal("not-found");
            await unit.insertInto("rate_limits").values({ key, since: 0, count: 0 }).execute();
          });
        const results = await Promise.allSettled([take(one), take(other)]);
        const refused = results.filter((result) => result.status === "rejected");
        t.is(refused.length, 1);
        t.true(refused[0].reason instanceof Refusal);
      }
    });
  });

  test("a bound on how many there may be holds between two processes", async (t) => {
    await twoStores(async (one, other) => {
      for (let round = 0; round < 10; round++) {
        const add = (database: Database, name: string) =>
          inTransaction(database, async (unit) => {
            const { count } = await unit.selectFrom("rate_limits").select((eb) => eb.fn.countAll().as("count")).where("since", "=", round).executeTakeFirstOrThrow();
            if (Number(count) >= 1) return false;
            await unit.insertInto("rate_limits").values({ key: `${round} ${name}`, since: round, count: 0 }).execute();
            return true;
          });
        const added = await Promise.all([add(one, "one"), add(other, "other")]);
        t.deepEqual(added.filter(Boolean), [true]);
      }
    });
  });

  test("a snapshot sees one moment, beside a writer, and cannot write", async (t) => {
    const store = await openStore((await newDatabaseUrl())!);
    const { database } = store;
    await inSnapshot(database, async (unit) => {
      const count = async () => (await unit.selectFrom("rate_limits").selectAll().execute()).length;
      t.is(await count(), 0);
      await inTransaction(database, (writer) => writer.insertInto("rate_limits").values({ key: "k", since: 0, count: 0 }).execute());
      t.is(await count(), 0);
    });
    await t.throwsAsync(inSnapshot(database, (unit) => unit.deleteFrom("rate_limits").execute()), { message: /read-only/ });
    t.is((await inSnapshot(database, (unit) => unit.selectFrom("rate_limits").selectAll().execute())).length, 1);
    await store.close();
  });

  test("processes that start at once on an empty database make one schema", async (t) => {
    const url = (await newDatabaseUrl())!;
    const stores = await Promise.all(Array.from({ length: 4 }, () => openStore(url)));
    for (const { database } of stores) t.deepEqual(await database.selectFrom("site").selectAll().execute(), []);
    await Promise.all(stores.map((store) => store.close()));
  });

  test("of two clouds that begin on one database with folders of their own, one makes keys and the other says why it does not", async (t) => {
    const rig = await CloudRig.start();
    t.teardown(() => rig.stop());
    const databaseUrl = await newDatabaseUrl();
    const folders = [1, 2].map(() => mkdtempSync(join(tmpdir(), "latchkey-")));
    t.teardown(() => folders.forEach((folder) => rmSync(folder, { recursive: true })));
    const starts = await Promise.allSettled(folders.map((dataFolder) => startCloud({ ...rig.settings, dataFolder, databaseUrl, mqttPort: 0 }, { clock: rig.clock })));
    const refused = starts.findIndex(({ status }) => status === "rejected");
    const { reason } = starts[refused] as PromiseRejectedResult;
    t.true(reason instanceof StartupError && /keystore .* is missing/.test(reason.message));
    t.false(existsSync(join(folders[refused], "keystore.json")));
    const started = starts[1 - refused];
    t.is(started.status, "fulfilled");
    if (started.status === "fulfilled") await started.value.stop();
  });

  test("a database of the first version is brought forward with all that it holds", async (t) => {
    const url = (await newDatabaseUrl())!;
    const old = new Client({ connectionString: url });
    await old.connect();
    await old.query(`${toPostgres(MIGRATIONS[0])}; CREATE TABLE latchkey_schema (one INTEGER PRIMARY KEY, version INTEGER NOT NULL); INSERT INTO latchkey_schema VALUES (1, 1)`);
    await old.query(`INSERT INTO properties VALUES ('p', 'P', 'UTC', '[]', 5, 1, 1, NULL, 1);
      INSERT INTO doors VALUES ('d', 'p', 'D', 1, 2, NULL, NULL, NULL, '\\x01', '\\x02', 1, 1, 9, 9, 1, 8, 3, 4, NULL, 5, 6, 7, 8, 9, 10, 11, 12, NULL);
      INSERT INTO people VALUES ('a', 'p', 'Ada', 'guest', 1, NULL);
      INSERT INTO credentials VALUES ('c', 'a', 'pin', '\\x03', 6, 1, 1, NULL)`);
    await old.end();
    const { database, close } = await openStore(url);
    const door = await database.selectFrom("doors").selectAll().executeTakeFirstOrThrow();
    t.like(door, { id: "d", claimed_at: 2, version: 9, door_key: Uint8Array.of(1), lock_state: "normal", released_at: null, unit_numbers: 0 });
    t.like(await database.selectFrom("credentials").selectAll().executeTakeFirstOrThrow(), { id: "c", kind: "pin", parent_id: null });
    await t.throwsAsync(database.updateTable("doors").set({ claim_secret: Uint8Array.of(1) }).execute(), { message: /check/ }, "claimed, and not released");
    await database.updateTable("doors").set({ claim_secret: Uint8Array.of(1), released_at: 3 }).execute();
    await t.throwsAsync(database.insertInto("credentials").values({ id: "x", person_id: "a", kind: "key" as "pin", digits: 0, version: 1, created_at: 1 }).execute(), { message: /credentials_check/ });
    await close();
  });

  test("both databases have the same tables, columns and indexes", async (t) => {
    const sqlite = new Libsql(":memory:");
    for (const migration of MIGRATIONS) sqlite.exec(migration.sqlite);
    const names = (sqlite.prepare("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'").all([]) as { name: string }[]).map(({ name }) => name);
    const TYPES: Record<string, string> = { INTEGER: "bigint", TEXT: "text", BLOB: "bytea" };
    const columns = names.flatMap((table) =>
      (sqlite.prepare(`PRAGMA table_info(${table})`).all([]) as { name: string; type: string; notnull: number; pk: number }[]).map(({ name, type, notnull, pk }) => `${table}.${name} ${TYPES[type]}${notnull === 1 || pk > 0 ? "" : " or null"}`),
    );
    const indexes = (sqlite.prepare("SELECT name FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL").all([]) as { name: string }[]).map(({ name }) => name);
    sqlite.close();

    const url = (await newDatabaseUrl())!;
    await (await openStore(url)).close();
    const database = url.split("/").at(-1)!;
    const server = await postgres();
    const have = await server.query("SELECT table_name || '.' || column_name || ' ' || data_type || CASE is_nullable WHEN 'YES' THEN ' or null' ELSE '' END AS text FROM information_schema.columns WHERE table_schema = 'public' AND table_name <> 'latchkey_schema'", database);
    t.deepEqual(have.map(({ text }) => text as string).sort(), columns.sort());
    const known = new Set((await server.query("SELECT indexname FROM pg_indexes WHERE schemaname = 'public'", database)).map(({ indexname }) => indexname));
    t.deepEqual(indexes.filter((name) => !known.has(name)), []);
  });

  test("a database that cannot be had stops the start with one line, without its password", async (t) => {
    const server = await postgres();
    const complaint = async (url: string): Promise<string> => {
      const { message } = await t.throwsAsync(openStore(url), { instanceOf: StartupError });
      t.false(message.includes("\n") || message.includes("only") || message.includes("secret"), message);
      return message;
    };
    const inside = async (sql: string, options = ""): Promise<string> => {
      const url = await server.createDatabase(options);
      await server.query(sql, url.split("/").at(-1));
      return url;
    };
    t.regex(await complaint("postgres://someone:secret@127.0.0.1:1/latchkey"), /^Cannot reach PostgreSQL 127\.0\.0\.1:1\/latchkey/);
    t.regex(await complaint(server.url("postgres", "secret")), /refuses the user or the password/);
    t.regex(await complaint(server.url("nothing")), /no such database/);
    t.regex(await complaint(await inside("CREATE TABLE recipes (id INTEGER)")), /another program/);
    t.regex(await complaint(await inside("SELECT 1", "ENCODING 'SQL_ASCII' TEMPLATE template0")), /encoding/);
    const newer = (await newDatabaseUrl())!;
    await (await openStore(newer)).close();
    await server.query("UPDATE latchkey_schema SET version = 99", newer.split("/").at(-1));
    t.regex(await complaint(newer), /later version/);
    const foreign = await inside("CREATE ROLE guest LOGIN PASSWORD 'secret'");
    t.regex(await complaint(foreign.replace(/\/\/.*@/, "//guest:secret@")), /may not make tables/);
  });

  test("PostgreSQL loses its power in the middle of requests: they fail as what they are, and all that was confirmed is there", async (t) => {
    // One of its own, that waits for the disk.
    const server = await PostgresServer.start({ syncs: true });
    const rig = await CloudRig.start();
    t.teardown(() => rig.stop());
    rig.settings.databaseUrl = await server.createDatabase();
    rig.settings.dataFolder = join(rig.settings.dataFolder, "../other");
    await rig.restart();
    const created: string[] = [];
    let failures = 0;
    const create = async (name: string): Promise<void> => {
      const { status, body } = await rig.send("POST", "/properties", { name });
      if (status === 201) created.push(body.id);
      else {
        failures += 1;
        t.is(status, 503);
        t.is(body.code, "storage-failed");
      }
    };
    await create("before");
    const underWay = Promise.all(Array.from({ length: 30 }, (_, n) => create(`during ${n}`)));
    await server.pause("SIGQUIT");
    await underWay;
    await create("without");
    t.true(failures > 0);
    t.is((await rig.request("GET", "/api/properties")).status, 503);
    await server.resume();
    await create("after");
    const { items } = await rig.get("/properties?limit=200");
    const names = (items as { id: string; name: string }[]).map(({ name }) => name);
    t.deepEqual(created.filter((id) => !(items as { id: string }[]).some((item) => item.id === id)), []);
    t.true(names.includes("before") && names.includes("after") && !names.includes("without"));
    t.false(rig.log.includes("only%20for%20tests") || rig.log.includes("only for tests"), "no password in the log");
    t.true(isStorageFailure(Object.assign(new Error("connect ECONNREFUSED"), { code: "ECONNREFUSED" })));
  });
}

onPostgres(ofPostgres);
