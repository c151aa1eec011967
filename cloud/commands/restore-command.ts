import { parseArgs } from "node:util";
import { restoreBackup } from "../backup/restore-backup";
import { systemClock } from "../clock";
import { readSettings } from "../settings";
import { StartupError } from "../startup-error";

const USAGE = `latchkey restore <folder> [--keep-tokens]

Puts a backup where the cloud of these settings finds it: into LATCHKEY_DATA, and into LATCHKEY_DATABASE_URL where that is
set. Both must be empty. Each file is held against the backup's manifest first.

  --keep-tokens   programs' tokens go on working, those too that were taken back after the backup`;

/** Exit codes: 0 restored, 2 not. */
export async function restoreCommand(parameters: readonly string[]): Promise<number> {
  const { folder, keepTokens } = readParameters(parameters);
  const { dataFolder, databaseUrl } = readSettings(process.env);
  const { manifest, restored } = await restoreBackup(folder, { dataFolder, databaseUrl, keepTokens, clock: systemClock });
  process.stdout.write(`Restored as of ${manifest.madeAt}. Start the cloud, and make sure that the lost one never starts again.

What has happened since is not in the backup:
- Whose access ended since has it again by the backup. So ${restored.doorsHeld} doors keep the lists that they have, until they show that they
  know nothing newer, or you say so: end those accesses again, then POST /api/restore/confirm. GET /api/restore shows which wait.
  Until then they get no leases: guests are let in for a day at most, staff for three.
- Who was given access since loses it as soon as a door takes its new list.
- Doors that were claimed since are unknown here: register and claim them again. If the site was given new keys since, give
  it new ones until GET /api/keysets shows a later number than the doors know; an alarm at the door says which.
- Everybody signs in again (${restored.sessionsEnded} sessions ended). ${keepTokens ? "Programs' tokens go on working: look for those that were taken back since." : `Programs need new tokens (${restored.tokensEnded} ended).`}
- ${restored.messagesGivenUp} messages that were waiting are given up: most were sent since.
- Doors' events that were stored since are gone; where the doors have them no more, an alarm says so.
`);
  return 0;
}

function readParameters(parameters: readonly string[]): { folder: string; keepTokens: boolean } {
  try {
    const { values, positionals } = parseArgs({ args: [...parameters], options: { "keep-tokens": { type: "boolean" } }, allowPositionals: true });
    if (positionals.length === 1) return { folder: positionals[0], keepTokens: values["keep-tokens"] === true };
  } catch {
    // How it is used says it.
  }
  throw new StartupError(USAGE);
}
