import { join } from "node:path";
import type { ExecutionContext, TestFn } from "ava";
import { openStore } from "../../cloud/store/open-store";
import type { Store } from "../../cloud/store/store";
import { PostgresServer, whyNoPostgres } from "./postgres-server";

let engine: "sqlite" | "postgres" = "sqlite";
let server: Promise<PostgresServer> | undefined;

/**
 * A new, empty database for a cloud or a store of the test.
 * @returns the URL of one on a PostgreSQL of this process, or undefined where the tests run on SQLite: a file then.
 */
export async function newDatabaseUrl(): Promise<string | undefined> {
  return engine === "sqlite" ? undefined : (await postgres()).createDatabase();
}

/** A new database with all that another one holds, which nobody uses meanwhile. It goes with the server: dropping it takes longer. @returns its URL. */
export async function copyDatabase(url: string): Promise<string> {
  return (await postgres()).createDatabase(`TEMPLATE ${new URL(url).pathname.slice(1)}`);
}

/** A store of the test's own. @param folder where the file of SQLite goes. */
export async function openTestStore(folder: string): Promise<Store> {
  return openStore((await newDatabaseUrl()) ?? join(folder, "store.sqlite"));
}

/** The PostgreSQL of this process; it ends with it. */
export function postgres(): Promise<PostgresServer> {
  return (server ??= PostgresServer.start({ syncs: false }));
}

/** AVA refuses to be loaded by anything but its own command; worlds are also made by others (`npm run pictures`). */
function ava(): TestFn {
  return (require("ava") as { default: TestFn }).default;
}

/** For what is about SQLite's file. */
export function testOfSqlite(title: string, implementation: (t: ExecutionContext) => Promise<void> | void): void {
  if (engine === "sqlite") ava().serial(title, implementation);
}

/** Declares the tests of a suite to run on PostgreSQL in this process, or one that is skipped and says why. */
export function onPostgres(load: () => void): void {
  const reason = whyNoPostgres();
  if (reason === undefined) {
    engine = "postgres";
    load();
    return;
  }
  console.log(`PostgreSQL is left out: ${reason}`);
  ava().skip(`on PostgreSQL: ${reason}`, (t) => t.pass());
}
