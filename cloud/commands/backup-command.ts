import { join } from "node:path";
import { parseArgs } from "node:util";
import { makeBackup } from "../backup/make-backup";
import { DATABASE_FILE, KEYSTORE_FILE } from "../backup/manifest";
import { readSettings } from "../settings";
import { StartupError } from "../startup-error";

const USAGE = `latchkey backup <folder> [--without-keystore]

Writes all that the cloud of these settings keeps, as it is at this moment, into a new folder; the cloud may be running.

  --without-keystore   leave the keystore out: whoever has it and the database reads every PIN and can sign lists. Keep
                       it elsewhere, then: without it the backup is of no use.`;

/** Exit codes: 0 written, 2 not. */
export async function backupCommand(parameters: readonly string[]): Promise<number> {
  const { folder, withKeystore } = readParameters(parameters);
  const { databaseUrl, dataFolder } = readSettings(process.env);
  const { files, audit } = await makeBackup({ location: databaseUrl ?? join(dataFolder, DATABASE_FILE), dataFolder, withKeystore }, folder);
  for (const { name, bytes } of files) process.stdout.write(`${String(bytes).padStart(12)}  ${name}\n`);
  process.stdout.write(`The audit's chain: ${audit.entries} entries. Head: ${audit.head ?? "none"}\n`);
  const hasKeystore = files.some(({ name }) => name === KEYSTORE_FILE);
  process.stdout.write(hasKeystore ? "Keep the folder as you keep the keystore: who reads it reads every PIN.\n" : "The keystore is not in it: keep that elsewhere, the backup is of no use without.\n");
  return 0;
}

function readParameters(parameters: readonly string[]): { folder: string; withKeystore: boolean } {
  try {
    const { values, positionals } = parseArgs({ args: [...parameters], options: { "without-keystore": { type: "boolean" } }, allowPositionals: true });
    if (positionals.length === 1) return { folder: positionals[0], withKeystore: values["without-keystore"] !== true };
  } catch {
    // How it is used says it.
  }
  throw new StartupError(USAGE);
}
