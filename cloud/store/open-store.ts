import { openPostgresStore } from "./postgres-store";
import { openSqliteStore } from "./sqlite-store";
import type { Store } from "./store";

/**
 * Opens a database, or makes its tables, and brings its schema forward.
 * @param location path of a SQLite file, which then belongs to this process alone; or a `postgres://` URL.
 * @throws StartupError in one line, without the URL's password.
 */
export async function openStore(location: string): Promise<Store> {
  return isPostgresUrl(location) ? openPostgresStore(location) : openSqliteStore(location);
}

export function isPostgresUrl(location: string): boolean {
  return /^postgres(ql)?:/.test(location);
}
