import { newKeystore } from "../keys/keystore";
import { StartupError } from "../startup-error";

const USAGE = `latchkey keystore new

Prints the keystore of a new site as one line of base64, as LATCHKEY_KEYSTORE takes it: for a machine without a disk of
its own. Keep it where secrets are kept: whoever has it and the database reads every PIN and can sign lists.`;

/** Exit codes: 0 printed, 2 not. */
export function keystoreCommand(parameters: readonly string[]): Promise<number> {
  if (parameters.length !== 1 || parameters[0] !== "new") throw new StartupError(USAGE);
  process.stdout.write(`${Buffer.from(JSON.stringify(newKeystore()), "utf8").toString("base64")}\n`);
  return Promise.resolve(0);
}
