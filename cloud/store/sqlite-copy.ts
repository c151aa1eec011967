import { closeSync, copyFileSync, existsSync, mkdtempSync, openSync, readSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { StartupError } from "../startup-error";

/** A file of SQLite as it was at one moment. */
export interface SqliteCopy {
  path: string;
  remove(): void;
}

const WAL_HEADER_BYTES = 32; // of the log beside the file: another one each time that it begins anew
const ATTEMPTS_MAX = 20;

/**
 * Copies a database and the log beside it while another process may write to it, whose lock lets nobody read.
 *
 * The log only grows until all of it is in the file; only then does it begin anew. So while its header stays the same,
 * whatever was written to the copied file meanwhile stands in the copied log as well, and what the log has at its end
 * of an unfinished commit SQLite leaves out.
 * @param copy a file, beside which another with `-wal` at its end may stand: who opens the one reads the other.
 * @throws StartupError where that never holds still, or cannot be read.
 */
export function copySqliteTo(path: string, copy: string): void {
  try {
    for (let attempt = 0; attempt < ATTEMPTS_MAX; attempt++) {
      const before = logHeader(path);
      copyFileSync(path, copy);
      if (before === undefined) rmSync(`${copy}-wal`, { force: true });
      else copyFileSync(`${path}-wal`, `${copy}-wal`);
      if (logHeader(path) === before) return;
    }
  } catch (error) {
    throw new StartupError(`Cannot copy the database ${path}: ${(error as Error).message}`);
  }
  throw new StartupError(`The database ${path} is written to faster than it can be copied: try again, or ask the cloud that holds it.`);
}

/** As `copySqliteTo`, into a folder of its own. */
export function copySqlite(path: string): SqliteCopy {
  const folder = mkdtempSync(join(tmpdir(), "latchkey-copy-"));
  const copy = join(folder, "copy.sqlite");
  const remove = (): void => rmSync(folder, { recursive: true, force: true });
  try {
    copySqliteTo(path, copy);
    return { path: copy, remove };
  } catch (error) {
    remove();
    throw error;
  }
}

/** In hexadecimal; undefined where there is no log, or an empty one: all is in the file. */
function logHeader(path: string): string | undefined {
  if (!existsSync(`${path}-wal`)) return undefined;
  const file = openSync(`${path}-wal`, "r");
  try {
    const header = Buffer.alloc(WAL_HEADER_BYTES);
    return readSync(file, header, 0, WAL_HEADER_BYTES, 0) < WAL_HEADER_BYTES ? undefined : header.toString("hex");
  } finally {
    closeSync(file);
  }
}
