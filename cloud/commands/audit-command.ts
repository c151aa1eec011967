import { existsSync } from "node:fs";
import { join } from "node:path";
import { readSettings } from "../settings";
import { StartupError } from "../startup-error";
import { isPostgresUrl } from "../store/open-store";
import { openToRead } from "../store/open-to-read";
import { inSnapshot } from "../store/transaction";
import { pageOf, verifyChain, type Verification } from "../audit/verify";

const USAGE = `latchkey audit [database] [--head <hash>]

  database   path of a SQLite file, or a postgres:// URL; by default that of the settings. A cloud may be running on it:
             nothing is changed, and of a file a copy is read.
  --head     a hash that was noted before: the chain must hold it, so that nothing was cut off since.`;

/** Verifies the audit's chain. Exit codes: 0 it holds, 1 it does not, 2 it could not be read. */
export async function auditCommand(parameters: readonly string[]): Promise<number> {
  const { location, head } = readParameters(parameters);
  if (!isPostgresUrl(location) && !existsSync(location)) throw new StartupError(`There is no database ${location}.`);
  const store = await openToRead(location);
  try {
    const verification = await verifyChain((after) => inSnapshot(store.database, (unit) => pageOf(unit, after)), head);
    for (const line of inWords(verification, head)) process.stdout.write(`${line}\n`);
    return verification.broken === undefined && verification.found ? 0 : 1;
  } finally {
    await store.close();
  }
}

function readParameters(parameters: readonly string[]): { location: string; head: string | undefined } {
  let location: string | undefined;
  let head: string | undefined;
  for (let index = 0; index < parameters.length; index++) {
    if (parameters[index] === "--head") head = parameters[++index]?.toLowerCase();
    else if (location === undefined && !parameters[index].startsWith("-")) location = parameters[index];
    else throw new StartupError(USAGE);
    if (index >= parameters.length || (head !== undefined && !/^[0-9a-f]{64}$/.test(head))) throw new StartupError(`A head has 64 hexadecimal digits.\n\n${USAGE}`);
  }
  if (location !== undefined) return { location, head };
  const { databaseUrl, dataFolder } = readSettings(process.env);
  return { location: databaseUrl ?? join(dataFolder, "latchkey.sqlite"), head };
}

function inWords({ entries, older, dropped, head, found, broken }: Verification, wanted: string | undefined): string[] {
  const before = [...(dropped ? ["Entries before these were dropped by the setting, and the chain says so."] : []), ...(older > 0 ? [`${older} entries are older than the chain: nothing is known of them.`] : [])];
  if (broken !== undefined) {
    return [`BROKEN at entry ${broken.id} (${broken.action}, ${new Date(broken.at * 1_000).toISOString()}): ${broken.why}.`, `${entries} entries before it hold.`, ...before];
  }
  const cut = wanted !== undefined && !found ? [`BROKEN: ${wanted} is not in the chain: entries were cut off, or all were written anew.`] : [];
  return [...cut, `The chain ${cut.length > 0 ? "by itself " : ""}holds: ${entries} entries.`, ...before, `Head: ${head}`];
}
