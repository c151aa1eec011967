import { existsSync } from "node:fs";
import { Kysely, SqliteDialect } from "kysely";
import { StartupError } from "../startup-error";
import { LibsqlDatabase, SqliteError } from "./libsql-database";
import { MIGRATIONS } from "./migrations/migrations";
import type { Store } from "./store";
import type { Tables } from "./tables";

/** "LKey": a database of somebody else's is never touched. */
const APPLICATION_ID = 0x4c4b6579;

/**
 * Opens a database of SQLite, or makes it, and brings its schema forward. Commits are durable (WAL, synchronous = FULL),
 * and the file belongs to this process alone until `close`.
 * @param path of the file.
 * @throws StartupError in one line: held by another process, not ours, damaged, or of a later version.
 */
export function openSqliteStore(path: string): Store {
  const existed = existsSync(path);
  let sqlite: LibsqlDatabase | undefined;
  try {
    sqlite = new LibsqlDatabase(path);
    sqlite.pragma("journal_mode = WAL");
    checkOwnership(sqlite, path, existed);
    sqlite.pragma("locking_mode = EXCLUSIVE");
    sqlite.pragma("synchronous = FULL");
    // The lock comes with the first write and stays.
    sqlite.execute("BEGIN EXCLUSIVE; COMMIT");
    if (sqlite.pragma("quick_check(1)") !== "ok") throw new StartupError(`The database ${path} is damaged: restore it from a backup.`);
    migrate(sqlite, path);
    sqlite.pragma("foreign_keys = ON");
  } catch (error) {
    sqlite?.close();
    throw error instanceof StartupError ? error : new StartupError(explain(error as Error, path));
  }
  const database = new Kysely<Tables>({ dialect: new SqliteDialect({ database: sqlite }) });
  return {
    database,
    alone: (work) => work(), // the lock on the file is kept
    heldByOthers: () => Promise.resolve(false),
    notices: () => undefined,
    async close() {
      await database.destroy();
      sqlite.close(); // Kysely closes only what it has used
    },
  };
}

function checkOwnership(sqlite: LibsqlDatabase, path: string, existed: boolean): void {
  const applicationId = sqlite.pragma("application_id");
  if (applicationId === APPLICATION_ID) return;
  const tables = sqlite.prepare("SELECT count(*) AS count FROM sqlite_master").all([]) as { count: number }[];
  if (existed && (applicationId !== 0 || tables[0].count > 0)) throw new StartupError(`${path} is a database of another program.`);
}

/** With foreign keys off: a table that gets other checks is made anew under its name. */
function migrate(sqlite: LibsqlDatabase, path: string): void {
  sqlite.pragma("foreign_keys = OFF");
  const version = Number(sqlite.pragma("user_version"));
  if (version > MIGRATIONS.length) throw new StartupError(`The database ${path} was written by a later version of Latchkey (schema ${version}, this one knows ${MIGRATIONS.length}).`);
  if (version === MIGRATIONS.length) return;
  MIGRATIONS.slice(version).forEach(({ sqlite: statements }, index) => {
    // One transaction: an interrupted start leaves the old version whole.
    sqlite.execute(`BEGIN; ${statements}; PRAGMA application_id = ${APPLICATION_ID}; PRAGMA user_version = ${version + index + 1}; COMMIT`);
  });
  if (sqlite.pragma("foreign_key_check") !== undefined) throw new StartupError(`The database ${path} is damaged: it has rows that belong to nothing.`);
}

function explain(error: Error, path: string): string {
  const code = error instanceof SqliteError ? error.code : "";
  if (code === "SQLITE_BUSY") return `The database ${path} is in use by another process: one Latchkey at a time.`;
  if (code === "SQLITE_NOTADB") return `${path} is not a database.`;
  return `Cannot open the database ${path}: ${error.message.split("\n")[0]}`;
}
