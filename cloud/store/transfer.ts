import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import type { Transaction } from "kysely";
import { newestEntry } from "../audit/audit";
import { pageOf, verifyChain, type Verification } from "../audit/verify";
import { TRANSFER_PARAMETERS_MAX, TRANSFER_ROWS } from "../limits";
import { StartupError } from "../startup-error";
import { countedIdsOf } from "./counted-ids";
import { isPostgresUrl, openStore } from "./open-store";
import { nameOf } from "./postgres-store";
import { readSchemaTables, type SchemaTable } from "./schema-tables";
import type { Store, Unit } from "./store";
import { inSnapshot, inTransaction } from "./transaction";

/** What was carried over. */
export interface Transferred {
  /** Rows by table, the tables in the order in which they were written. */
  tables: ReadonlyMap<string, number>;
  /** The audit's chain as the new database has it; a break was there before. */
  audit: Verification;
}

/**
 * Carries everything from one database to another, empty one, of whichever engine, in one transaction: all of it or
 * nothing. What was written is read again and compared. Keys stay where they are: the new database is of use with the
 * keystore of the old one alone.
 * @param from path of a SQLite file, or a `postgres://` URL, that no cloud is running on; its schema is brought forward first.
 * @param to the same of a database that holds nothing; a file is made.
 * @throws StartupError in one line, without any password.
 */
export async function transfer(from: string, to: string): Promise<Transferred> {
  for (const location of [from, to]) if (isPostgresUrl(location) && !URL.canParse(location)) throw new StartupError("That is no URL of a database: postgres://user:password@host:5432/latchkey.");
  if (from === to) throw new StartupError("Those are one and the same database.");
  if (!isPostgresUrl(from) && !existsSync(from)) throw new StartupError(`There is no database ${from}.`);
  return opened(from, (source) =>
    opened(to, async (target) => {
      return inSnapshot(source.database, (reading) => inTransaction(target.database, (writing) => copyEverything({ from, to, reading, writing })));
    }),
  );
}

/** A database that nobody else has, and that nobody else can begin to use meanwhile. */
async function opened<T>(location: string, work: (store: Store) => Promise<T>): Promise<T> {
  const store = await openStore(location);
  try {
    return await store.alone(async () => {
      if (await store.heldByOthers()) throw new StartupError(`A cloud is running on ${inWords(location)}: stop it first.`);
      return work(store);
    });
  } finally {
    await store.close();
  }
}

interface Copying {
  from: string;
  to: string;
  reading: Unit;
  writing: Unit;
}

/**
 * Copies every row of one database's transaction to another's, whose tables are empty.
 * @throws StartupError where they are not, or where what was written reads otherwise.
 */
export async function copyEverything({ from, to, reading, writing }: Copying): Promise<Transferred> {
  const tables = readSchemaTables();
  for (const table of tables) if (!(await isEmpty(writing, table))) throw new StartupError(`The database ${inWords(to)} is in use: it holds ${table.name}. Give an empty one.`);
  const counts = new Map<string, number>();
  for (const table of tables) {
    const read = createHash("sha256");
    let count = 0;
    for await (const page of pagesOf(reading, table)) {
      for (const row of page) read.update(inOneWay(table, row));
      await insert(writing, table, page);
      count += page.length;
    }
    if (table.counted) await carryCount({ from, to, reading, writing }, table);
    const written = createHash("sha256");
    for await (const page of pagesOf(writing, table)) for (const row of page) written.update(inOneWay(table, row));
    if (read.digest("hex") !== written.digest("hex")) throw new StartupError(`The rows of ${table.name} are others in ${inWords(to)} than in ${inWords(from)}: nothing was carried over.`);
    counts.set(table.name, count);
  }
  const audit = await verifyChain((after) => pageOf(writing, after));
  const newest = await newestEntry(reading);
  if (audit.broken === undefined && newest !== undefined && audit.head !== newest.head) throw new StartupError("The audit's chain ends elsewhere than it did: nothing was carried over.");
  return { tables: counts, audit };
}

async function carryCount({ from, to, reading, writing }: Copying, { name }: SchemaTable): Promise<void> {
  const last = await countedIdsOf(from).last(reading, name);
  if (last > 0) await countedIdsOf(to).goOnAfter(writing, name, last);
}

type Row = Record<string, unknown>;
type AnyTables = Record<string, Row>;

/** The same transaction for tables that are known by name only. */
function untyped(unit: Unit): Transaction<AnyTables> {
  return unit as unknown as Transaction<AnyTables>;
}

async function isEmpty(unit: Unit, { name, key }: SchemaTable): Promise<boolean> {
  return (await untyped(unit).selectFrom(name).select(key[0]).limit(1).executeTakeFirst()) === undefined;
}

/** All rows along the primary key; where some refer to others of the table, those that refer to none come first. */
async function* pagesOf(unit: Unit, table: SchemaTable): AsyncGenerator<Row[]> {
  const { name, key, own } = table;
  for (const refers of own === undefined ? [undefined] : [false, true]) {
    let last: Row | undefined;
    do {
      let query = untyped(unit).selectFrom(name).selectAll().limit(TRANSFER_ROWS);
      for (const column of key) query = query.orderBy(column);
      if (refers !== undefined) query = query.where(own!, refers ? "is not" : "is", null);
      if (last !== undefined) {
        const before = last;
        // One column after the other, as both engines compare rows.
        query = query.where((eb) => eb.or(key.map((column, at) => eb.and([...key.slice(0, at).map((each) => eb(each, "=", before[each])), eb(column, ">", before[column])]))));
      }
      const page = await query.execute();
      if (page.length > 0) yield page;
      last = page.length === TRANSFER_ROWS ? page[page.length - 1] : undefined;
    } while (last !== undefined);
  }
}

async function insert(unit: Unit, { name, columns }: SchemaTable, rows: readonly Row[]): Promise<void> {
  const atOnce = Math.max(1, Math.floor(TRANSFER_PARAMETERS_MAX / columns.length));
  for (let at = 0; at < rows.length; at += atOnce) await untyped(unit).insertInto(name).values(rows.slice(at, at + atOnce)).execute();
}

/** A row as bytes that are the same on both engines. */
function inOneWay({ columns }: SchemaTable, row: Row): string {
  return JSON.stringify(columns.map((column) => (row[column] instanceof Uint8Array ? ["bytes", Buffer.from(row[column]).toString("base64")] : row[column])));
}

/** A database without user and password. */
function inWords(location: string): string {
  return isPostgresUrl(location) ? nameOf(location) : location;
}
