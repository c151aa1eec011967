import { Kysely, PostgresDialect } from "kysely";
import { Client } from "pg";
import { DATABASE_LOCK_MS } from "../limits";
import { StartupError } from "../startup-error";
import { newId } from "./ids";
import { MIGRATIONS } from "./migrations/migrations";
import { toPostgres } from "./migrations/to-postgres";
import { PostgresNotices } from "./postgres-notices";
import { APPLICATION, connectionTo, StoragePool } from "./postgres-pool";
import { takeSchema } from "./schema-hold";
import type { Store } from "./store";
import type { Tables } from "./tables";

/** "LKey": the advisory lock of whoever starts on a database. */
const START_LOCK = 0x4c4b6579;
const SERVER_VERSION_MIN = 14;

/**
 * Opens a database of PostgreSQL, makes its tables where it is empty, and brings its schema forward. Several
 * processes may have it open; only one at a time starts.
 * @param url `postgres://user:password@host:port/database`.
 * @throws StartupError in one line that never holds the password: not reachable, not let in, not ours, of a later version.
 */
export async function openPostgresStore(url: string): Promise<Store> {
  const name = nameOf(url);
  const opener = newId();
  await locked(url, name, opener, (client) => migrate(client, name));
  const database = new Kysely<Tables>({ dialect: new PostgresDialect({ pool: new StoragePool(url, opener) }) });
  return {
    database,
    alone: (work) => locked(url, name, opener, work),
    heldByOthers: () => connected(url, name, opener, (client) => isHeldByOthers(client, opener)),
    notices: (listener) => new PostgresNotices(connectionTo(url, opener), listener),
    close: () => database.destroy(),
  };
}

/** Opens a database whose schema is this version's, to read it. @throws StartupError as `openPostgresStore`, and for another schema. */
export async function openPostgresToRead(url: string): Promise<Pick<Store, "database" | "close">> {
  const name = nameOf(url);
  const opener = newId();
  const version = await connected(url, name, opener, async (client) => {
    try {
      const { rows } = await client.query<{ version: number }>("SELECT version FROM latchkey_schema");
      return rows[0].version;
    } catch (error) {
      if ((error as { code?: string }).code === "42P01") throw new StartupError(`The database ${name} is not one of Latchkey's.`);
      throw new StartupError(explain(error as Error, name));
    }
  });
  if (version !== MIGRATIONS.length) throw new StartupError(`The database ${name} has schema ${version}, and this version reads ${MIGRATIONS.length}: use the version of the cloud that holds it.`);
  const database = new Kysely<Tables>({ dialect: new PostgresDialect({ pool: new StoragePool(url, opener) }) });
  return { database, close: () => database.destroy() };
}

/** The database without user and password: what may be written anywhere. */
export function nameOf(url: string): string {
  const { hostname, port, pathname } = new URL(url);
  return `PostgreSQL ${hostname || "(local socket)"}:${port || "5432"}${pathname}`;
}

/** The lock goes with its connection, so no crash leaves it behind. */
async function locked<T>(url: string, name: string, opener: string, work: (client: Client) => Promise<T>): Promise<T> {
  return connected(url, name, opener, async (client) => {
    try {
      await client.query(`SET lock_timeout = ${DATABASE_LOCK_MS}; SELECT pg_advisory_lock(${START_LOCK})`);
    } catch (error) {
      throw new StartupError(explain(error as Error, name));
    }
    return work(client);
  });
}

async function connected<T>(url: string, name: string, opener: string, work: (client: Client) => Promise<T>): Promise<T> {
  const client = new Client(connectionTo(url, opener));
  client.on("error", () => undefined); // whatever is under way fails by itself
  try {
    try {
      await client.connect();
    } catch (error) {
      throw new StartupError(explain(error as Error, name));
    }
    return await work(client);
  } finally {
    await client.end().catch(() => undefined);
  }
}

async function isHeldByOthers(client: Client, opener: string): Promise<boolean> {
  const { rows } = await client.query("SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND application_name LIKE $1 AND application_name <> $2 LIMIT 1", [`${APPLICATION} %`, `${APPLICATION} ${opener}`]);
  return rows.length > 0;
}

async function migrate(client: Client, name: string): Promise<void> {
  try {
    const version = await schemaVersion(client, name);
    if (version > MIGRATIONS.length) throw new StartupError(`The database ${name} was written by a later version of Latchkey (schema ${version}, this one knows ${MIGRATIONS.length}).`);
    if (version === MIGRATIONS.length) return;
    if (!(await takeSchema(client))) throw new StartupError(`The database ${name} has schema ${version}, processes are at work with it, and this version needs ${MIGRATIONS.length}: stop all of them, then start again.`);
    for (let next = version; next < MIGRATIONS.length; next++) {
      // One transaction: an interrupted start leaves the old version whole.
      await client.query(`BEGIN; ${toPostgres(MIGRATIONS[next])}; UPDATE latchkey_schema SET version = ${next + 1}; COMMIT`);
    }
  } catch (error) {
    throw error instanceof StartupError ? error : new StartupError(explain(error as Error, name));
  }
}

/** 0 = empty: then the table that says so is made. */
async function schemaVersion(client: Client, name: string): Promise<number> {
  const { rows: [server] } = await client.query<{ version: number; encoding: string; schema: string | null; tables: number; known: number }>(`
    SELECT current_setting('server_version_num')::bigint AS version, current_setting('server_encoding') AS encoding, current_schema() AS schema,
      (SELECT count(*) FROM pg_tables WHERE schemaname = current_schema()) AS tables,
      (SELECT count(*) FROM pg_tables WHERE schemaname = current_schema() AND tablename = 'latchkey_schema') AS known`);
  if (server.version < SERVER_VERSION_MIN * 10_000) throw new StartupError(`The database ${name} is of a server before PostgreSQL ${SERVER_VERSION_MIN}.`);
  if (server.encoding !== "UTF8") throw new StartupError(`The database ${name} has the encoding ${server.encoding}: create one with ENCODING 'UTF8'.`);
  if (server.schema === null) throw new StartupError(`The database ${name} has no schema to make tables in: look at its search_path.`);
  if (server.known === 0) {
    if (server.tables > 0) throw new StartupError(`The database ${name} is of another program: give Latchkey one of its own.`);
    await client.query("CREATE TABLE latchkey_schema (one INTEGER PRIMARY KEY CHECK (one = 1), version INTEGER NOT NULL); INSERT INTO latchkey_schema VALUES (1, 0)");
    return 0;
  }
  const { rows } = await client.query<{ version: number }>("SELECT version FROM latchkey_schema");
  return rows[0].version;
}

function explain(error: Error, name: string): string {
  const { code = "", message } = error as NodeJS.ErrnoException;
  if (/^(ECONN|EHOST|ENET|ENOTFOUND|EAI_|ETIMEDOUT|ENOENT)/.test(code) || /^(timeout expired|Connection terminated)/.test(message)) return `Cannot reach ${name}: is it running there, and is LATCHKEY_DATABASE_URL right? (${code || "no answer"})`;
  if (code === "28P01" || code === "28000" || message.startsWith("SASL")) return `${name} refuses the user or the password of LATCHKEY_DATABASE_URL.`;
  if (code === "3D000") return `There is no such database: ${name}. Create it first.`;
  if (code === "42501") return `The user of LATCHKEY_DATABASE_URL may not make tables in ${name}.`;
  if (code === "55P03") return `Another process has been starting on ${name} for more than ${DATABASE_LOCK_MS / 1_000} s.`;
  if (code === "57P03") return `${name} is starting up or shutting down: try again in a moment.`;
  return `Cannot open the database ${name}: ${message.split("\n")[0]}`;
}
