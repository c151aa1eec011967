import { copyFileSync, chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync } from "node:fs";
import { join, resolve } from "node:path";
import type { Clock } from "../clock";
import { readKeystoreFile } from "../keys/keystore";
import { StartupError } from "../startup-error";
import { MIGRATIONS } from "../store/migrations/migrations";
import { openStore } from "../store/open-store";
import { inTransaction } from "../store/transaction";
import { transfer } from "../store/transfer";
import { afterRestore, type Restored } from "./after-restore";
import { checkBackup, DATABASE_FILE, KEYSTORE_FILE, TOKEN_FILE, type BackupManifest } from "./manifest";

export interface RestoreTarget {
  dataFolder: string;
  /** `postgres://` URL of an empty database; undefined = SQLite in the data folder. */
  databaseUrl: string | undefined;
  /** Whether programs' tokens go on working; one that was taken back after the backup would, too. */
  keepTokens: boolean;
  clock: Pick<Clock, "now">;
}

/**
 * Puts a backup where a cloud that starts next finds it, and has that cloud wait wherever doors may know of more than
 * the backup (`held-doors.ts`). Nothing that is there is overwritten.
 * @throws StartupError in one line: then the same can be tried again.
 */
export async function restoreBackup(source: string, { dataFolder, databaseUrl, keepTokens, clock }: RestoreTarget): Promise<{ manifest: BackupManifest; restored: Restored }> {
  const folder = resolve(source);
  const manifest = checkBackup(folder);
  if (manifest.schema > MIGRATIONS.length) throw new StartupError(`The backup is of a later version of Latchkey (schema ${manifest.schema}, this one knows ${MIGRATIONS.length}).`);
  const now = clock.now();
  const madeAt = Math.floor(Date.parse(manifest.madeAt) / 1_000);
  if (now < madeAt) throw new StartupError(`The clock of this machine is before the backup, which was made at ${manifest.madeAt}: set it right first.`);
  const database = join(dataFolder, DATABASE_FILE);
  if (databaseUrl === undefined) for (const path of [database, `${database}-wal`]) if (existsSync(path)) throw new StartupError(`There is a database already, ${path}: move it away first, a restore overwrites nothing.`);
  try {
    mkdirSync(dataFolder, { recursive: true, mode: 0o700 });
  } catch (error) {
    throw new StartupError(`Cannot make the data folder ${dataFolder}: ${(error as Error).message}`);
  }
  const secrets = [KEYSTORE_FILE, TOKEN_FILE].filter((name) => manifest.files.some((file) => file.name === name));
  for (const name of secrets) refuseAnother(join(folder, name), join(dataFolder, name));
  checkKeystore(manifest, secrets.includes(KEYSTORE_FILE) ? join(folder, KEYSTORE_FILE) : join(dataFolder, KEYSTORE_FILE));

  const work = mkdtempSync(join(dataFolder, "restore-"));
  try {
    const copy = join(work, DATABASE_FILE);
    copyFileSync(join(folder, DATABASE_FILE), copy);
    chmodSync(copy, 0o600);
    const store = await openStore(copy);
    let restored: Restored;
    try {
      restored = await inTransaction(store.database, (unit) => afterRestore(unit, { madeAt, keepTokens, now }));
    } finally {
      await store.close();
    }
    if (databaseUrl !== undefined) await transfer(copy, databaseUrl);
    for (const name of secrets) {
      copyFileSync(join(folder, name), join(work, name));
      chmodSync(join(work, name), 0o600);
      renameSync(join(work, name), join(dataFolder, name));
    }
    // Last: a cloud that starts before finds no database, and says so.
    if (databaseUrl === undefined) renameSync(copy, database);
    return { manifest, restored };
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

/** What is there may be the only one that there is. */
function refuseAnother(given: string, there: string): void {
  if (existsSync(there) && !readFileSync(there).equals(readFileSync(given))) throw new StartupError(`There is another ${there} already: move it away first, a restore overwrites nothing.`);
}

/** Without the keystore of its site a database is of no use, and nobody should find that out later. */
function checkKeystore(manifest: BackupManifest, path: string): void {
  if (!existsSync(path)) throw new StartupError(`The backup was made without its keystore: put it at ${path} first.`);
  if (readKeystoreFile(path).site !== manifest.site) throw new StartupError(`The keystore ${path} is of another site than the backup.`);
}
