import { parseArgs } from "node:util";
import { toHex } from "../../protocol/bytes";
import { createKeyFile, publicKeyOf } from "../keys/key-file";
import { StartupError } from "../startup-error";
import { PASSPHRASE_USAGE, readPassphrase } from "./passphrase";

const USAGE = `latchkey image-key init <file> [--passphrase-fd <number>]
latchkey image-key show <file>

  init   makes the key that signs firmware images. Keep it offline: boards that were built with its public half run
         what it signs, and nothing else.
  show   prints the public half, as the build of the firmware and "latchkey image" take it.

${PASSPHRASE_USAGE}`;

/** Exit codes: 0 done, 2 not. */
export async function imageKeyCommand(parameters: readonly string[]): Promise<number> {
  const { step, file, fd } = readParameters(parameters);
  const publicKey = step === "init" ? await createKeyFile(file, "image", await readPassphrase(file, { fd, twice: true })) : publicKeyOf(file, "image");
  process.stdout.write(`${toHex(publicKey)}\n`);
  return 0;
}

function readParameters(parameters: readonly string[]): { step: "init" | "show"; file: string; fd: string | undefined } {
  try {
    const { values, positionals } = parseArgs({ args: [...parameters], allowPositionals: true, options: { "passphrase-fd": { type: "string" } } });
    const [step, file, ...more] = positionals;
    if ((step === "init" || step === "show") && file !== undefined && more.length === 0) return { step, file, fd: values["passphrase-fd"] };
  } catch {
    // what it does not take is answered with how it is used
  }
  throw new StartupError(USAGE);
}
