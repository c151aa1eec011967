import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";

/** Somebody else works in this folder. */
export class DataFolderInUseError extends Error {}

/** Folders that this process holds: a number of a killed process may come again, as ours. */
const held = new Set<string>();

/**
 * Takes a data folder for this process: two buildings on one door's flash would ruin it.
 * @returns gives it back.
 * @throws {DataFolderInUseError}
 */
export function takeDataFolder(folder: string): () => void {
  const lock = join(resolve(folder), "building.pid");
  if (held.has(lock)) throw new DataFolderInUseError(`${folder} is in use by this process`);
  for (let attempt = 0; attempt < 2; attempt++) {
    try {
      writeFileSync(lock, String(process.pid), { flag: "wx" });
      held.add(lock);
      return () => {
        held.delete(lock);
        rmSync(lock, { force: true });
      };
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
      const owner = Number(readFileSync(lock, "utf8"));
      if (owner !== process.pid && isAlive(owner)) throw new DataFolderInUseError(`${folder} is in use by process ${owner}`);
      // Left behind by a process that was killed.
      rmSync(lock, { force: true });
    }
  }
  throw new DataFolderInUseError(`${folder} is in use`);
}

function isAlive(pid: number): boolean {
  if (!Number.isInteger(pid) || pid <= 0) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}
