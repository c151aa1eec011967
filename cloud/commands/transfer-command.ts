import { StartupError } from "../startup-error";
import { transfer, type Transferred } from "../store/transfer";

const USAGE = `latchkey transfer <from> <to>

Carries everything from one database to another, empty one: all of it or nothing.

  from, to   path of a SQLite file, or a postgres:// URL. Stop the cloud first.

The keystore stays in the data folder: start the cloud on the new database with that folder as it is, and with
LATCHKEY_DATABASE_URL set to <to> (or unset, with the file named latchkey.sqlite in the data folder).`;

/** Exit codes: 0 carried over, 2 not. */
export async function transferCommand(parameters: readonly string[]): Promise<number> {
  if (parameters.length !== 2 || parameters.some((parameter) => parameter.startsWith("-"))) throw new StartupError(USAGE);
  const [from, to] = parameters;
  for (const line of inWords(await transfer(from, to))) process.stdout.write(`${line}\n`);
  return 0;
}

function inWords({ tables, audit }: Transferred): string[] {
  const filled = [...tables].filter(([, rows]) => rows > 0);
  const rows = filled.reduce((sum, [, count]) => sum + count, 0);
  return [
    ...filled.map(([table, count]) => `${String(count).padStart(9)}  ${table}`),
    `Carried over: ${rows} rows of ${filled.length} tables, each read again and compared.`,
    audit.broken === undefined
      ? `The audit's chain holds: ${audit.entries} entries. Head: ${audit.head}`
      : `The audit's chain is broken at entry ${audit.broken.id}, as it was before: ${audit.broken.why}.`,
  ];
}
