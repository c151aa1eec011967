import { closeSync, fsyncSync, lstatSync, openSync, readFileSync, renameSync, rmSync, writeSync } from "node:fs";
import { dirname } from "node:path";
import { StartupError } from "../startup-error";

/** The text of a file that only its owner may read. @param what names it in errors. */
export function readPrivateFile(path: string, what: string): string {
  try {
    const status = lstatSync(path);
    if (!status.isFile()) throw new StartupError(`The ${what} ${path} is not a regular file.`);
    if ((status.mode & 0o077) !== 0) throw new StartupError(`The ${what} ${path} can be read by other users: run chmod 600 on it, and replace its secrets if anybody may have read them.`);
    return readFileSync(path, "utf8");
  } catch (error) {
    if (error instanceof StartupError) throw error;
    throw new StartupError(`Cannot read the ${what} ${path}: ${(error as Error).message}`);
  }
}

/** All of the text or nothing, also across a power cut. */
export function writePrivateFile(path: string, text: string): void {
  const temporary = `${path}.new`;
  rmSync(temporary, { force: true }); // of an interrupted start
  const file = openSync(temporary, "wx", 0o600);
  writeSync(file, text);
  fsyncSync(file);
  closeSync(file);
  renameSync(temporary, path);
  const directory = openSync(dirname(path), "r");
  fsyncSync(directory);
  closeSync(directory);
}
