import { chmodSync, closeSync, copyFileSync, existsSync, fsyncSync, mkdirSync, openSync, readdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { pageOf, verifyChain } from "../audit/verify";
import { readKeystoreFile } from "../keys/keystore";
import { StartupError } from "../startup-error";
import { MIGRATIONS } from "../store/migrations/migrations";
import { isPostgresUrl } from "../store/open-store";
import { openPostgresToRead } from "../store/postgres-store";
import { copySqliteTo } from "../store/sqlite-copy";
import { openSqliteStore } from "../store/sqlite-store";
import type { Store } from "../store/store";
import { inSnapshot, inTransaction } from "../store/transaction";
import { copyEverything } from "../store/transfer";
import { DATABASE_FILE, describeFile, KEYSTORE_FILE, MANIFEST_FILE, TOKEN_FILE, type BackupManifest } from "./manifest";

export interface BackupSource {
  /** As `openStore` takes it. A cloud may be running on it. */
  location: string;
  /** Where keystore and token are, if anywhere. */
  dataFolder: string;
  /** Whether the keystore goes into the backup. */
  withKeystore: boolean;
}

/**
 * Writes all that a cloud keeps, as it was at one moment, while it goes on. The folder appears when all is in it,
 * checked and on the disk. Whoever reads it reads every PIN, unless the keystore is kept elsewhere.
 * @param target a folder that does not exist, or is empty.
 * @throws StartupError in one line.
 */
export async function makeBackup({ location, dataFolder, withKeystore }: BackupSource, target: string): Promise<BackupManifest> {
  const folder = resolve(target);
  if (existsSync(folder) && readdirSync(folder).length > 0) throw new StartupError(`${folder} is not empty: give a new folder for each backup.`);
  const partial = `${folder}.part`;
  rmSync(partial, { recursive: true, force: true });
  try {
    mkdirSync(partial, { recursive: true, mode: 0o700 });
    const manifest = await fill(partial, { location, dataFolder, withKeystore });
    rmSync(folder, { recursive: true, force: true });
    renameSync(partial, folder);
    toDisk(dirname(folder));
    return manifest;
  } catch (error) {
    rmSync(partial, { recursive: true, force: true });
    if (error instanceof StartupError) throw error;
    throw new StartupError(`Cannot write the backup ${folder}: ${(error as Error).message.split("\n")[0]}`);
  }
}

async function fill(folder: string, { location, dataFolder, withKeystore }: BackupSource): Promise<BackupManifest> {
  const database = join(folder, DATABASE_FILE);
  const postgres = isPostgresUrl(location);
  // What is being written when the copy begins is in it or not; that moment is noted, so that nothing seems newer than it is.
  const madeAt = new Date().toISOString();
  if (postgres) await copyPostgres(location, database);
  else {
    if (!existsSync(location)) throw new StartupError(`There is no database ${location}.`);
    copySqliteTo(location, database);
  }
  const files: BackupManifest["files"][number]["name"][] = [DATABASE_FILE];
  for (const [name, wanted] of [[KEYSTORE_FILE, withKeystore], [TOKEN_FILE, true]] as const) {
    if (!wanted || !existsSync(join(dataFolder, name))) continue;
    copyFileSync(join(dataFolder, name), join(folder, name));
    files.push(name);
  }
  for (const name of files) chmodSync(join(folder, name), 0o600);
  const { site, audit } = await inspect(openSqliteStore(database));
  if (files.includes(KEYSTORE_FILE) && readKeystoreFile(join(folder, KEYSTORE_FILE)).site !== site) throw new StartupError("The database and the keystore belong to different sites: look at LATCHKEY_DATA and LATCHKEY_DATABASE_URL.");
  for (const name of files) toDisk(join(folder, name));
  const manifest: BackupManifest = { format: "latchkey-backup/1", madeAt, site, schema: MIGRATIONS.length, engine: postgres ? "postgresql" : "sqlite", audit, files: files.map((name) => describeFile(folder, name)) };
  writeFileSync(join(folder, MANIFEST_FILE), `${JSON.stringify(manifest, undefined, 2)}\n`, { mode: 0o600 });
  toDisk(join(folder, MANIFEST_FILE));
  toDisk(folder);
  return manifest;
}

/** Reads the copy as a cloud would, with all the checks of a start: a backup that cannot be opened is none. */
async function inspect({ database, close }: Pick<Store, "database" | "close">): Promise<Pick<BackupManifest, "site" | "audit">> {
  try {
    const site = await database.selectFrom("site").select("id").executeTakeFirst();
    if (site === undefined) throw new StartupError("The database is empty: there is nothing to keep.");
    const { entries, head, broken } = await verifyChain((after) => inSnapshot(database, (unit) => pageOf(unit, after)));
    if (broken !== undefined) process.stderr.write(`The audit's chain is broken at entry ${broken.id}: the backup has it as it is.\n`);
    return { site: site.id, audit: { entries, head: head ?? null } };
  } finally {
    await close();
  }
}

/** By rows, in one snapshot: pg_dump must be of the server's version, and its file can be restored to PostgreSQL alone. */
async function copyPostgres(url: string, path: string): Promise<void> {
  const source = await openPostgresToRead(url);
  try {
    const target = openSqliteStore(path);
    try {
      await inSnapshot(source.database, (reading) => inTransaction(target.database, (writing) => copyEverything({ from: url, to: path, reading, writing })));
    } finally {
      await target.close();
    }
  } finally {
    await source.close();
  }
}

function toDisk(path: string): void {
  const file = openSync(path, "r");
  try {
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}
