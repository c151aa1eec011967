import { isPostgresUrl } from "./open-store";
import { openPostgresToRead } from "./postgres-store";
import { copySqlite } from "./sqlite-copy";
import { openSqliteStore } from "./sqlite-store";
import type { Database } from "./store";

/** A database that is only looked at. */
export interface Reading {
  database: Database;
  close(): Promise<void>;
}

/**
 * Opens a database to read what is committed there, while a cloud may hold it. Nothing of it is changed, its schema
 * neither: of a SQLite file a copy is read, which takes as much room as the file until `close`.
 * @param location path of a SQLite file, or a `postgres://` URL.
 * @throws StartupError in one line; also for a database of PostgreSQL whose schema is not this version's.
 */
export async function openToRead(location: string): Promise<Reading> {
  if (isPostgresUrl(location)) return openPostgresToRead(location);
  const copy = copySqlite(location);
  try {
    const { database, close } = openSqliteStore(copy.path);
    return { database, close: () => close().finally(() => copy.remove()) };
  } catch (error) {
    copy.remove();
    throw error;
  }
}
