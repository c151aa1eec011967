import { parseArgs } from "node:util";
import { StartupError } from "../startup-error";
import { PASSPHRASE_USAGE } from "./passphrase";
import { initRoots, showRequest, signRequest } from "./root-keys";
import { adoptKeyset, requestKeyset, withdrawKeyset } from "./root-keysets";
import { SITE_USAGE } from "./site-api";

const USAGE = `latchkey root init --keys <n> --threshold <m> --folder <folder> [--passphrase-fd <number>]
latchkey root show <request>
latchkey root sign <request> --key <file> [--passphrase-fd <number>]
latchkey root rotate [--new-epoch] [--roots <file>] [--out <request>]
latchkey root adopt <request>...
latchkey root withdraw

Offline, on machines that keep root keys:
  init      makes n root keys, each in a file of its own, of which m must sign a keyset; roots.json names their public
            halves. Give each key a keeper, and a passphrase of its own: --passphrase-fd reads one line for each key.
  show      says in words what a request asks for, and who has signed it.
  sign      says the same, and adds a signature to the file.

Beside the cloud:
  rotate    gives the site new list and lease keys, with --new-epoch after a theft of keys, and with --roots new roots.
            Where roots that must sign it are kept offline, this writes a request for them.
  adopt     hands in signed requests: one that went from machine to machine, or copies. With enough signatures the
            keyset counts.
  withdraw  gives up the request.

${PASSPHRASE_USAGE}

${SITE_USAGE}`;

const OPTIONS = {
  keys: { type: "string" },
  threshold: { type: "string" },
  folder: { type: "string" },
  key: { type: "string" },
  roots: { type: "string" },
  out: { type: "string" },
  "new-epoch": { type: "boolean" },
  "passphrase-fd": { type: "string" },
  url: { type: "string" },
  "token-file": { type: "string" },
} as const;

type Option = keyof typeof OPTIONS;

/** Which options each step takes; those that it needs are marked. */
const STEPS: Record<string, readonly (Option | `${Option}!`)[]> = {
  init: ["keys!", "threshold!", "folder!", "passphrase-fd"],
  show: [],
  sign: ["key!", "passphrase-fd"],
  rotate: ["new-epoch", "roots", "out", "url", "token-file"],
  adopt: ["url", "token-file"],
  withdraw: ["url", "token-file"],
};

/** Exit codes: 0 done; 1 signatures are still lacking; 2 not done. */
export async function rootCommand(parameters: readonly string[]): Promise<number> {
  const { step, files, options } = readParameters(parameters);
  const fd = options["passphrase-fd"];
  const site = { url: options.url, tokenFile: options["token-file"] };
  if (step === "init" && files.length === 0) return initRoots({ keys: Number(options.keys), threshold: Number(options.threshold), folder: options.folder!, fd });
  if (step === "show" && files.length === 1) return showRequest(files[0]);
  if (step === "sign" && files.length === 1) return signRequest(files[0], { key: options.key!, fd });
  if (step === "rotate" && files.length === 0) return requestKeyset({ newEpoch: options["new-epoch"] === true, roots: options.roots, out: options.out }, site);
  if (step === "adopt" && files.length > 0) return adoptKeyset(files, site);
  if (step === "withdraw" && files.length === 0) return withdrawKeyset(site);
  throw new StartupError(USAGE);
}

function readParameters(parameters: readonly string[]) {
  try {
    const { values: options, positionals } = parseArgs({ args: [...parameters], allowPositionals: true, options: OPTIONS });
    const [step = "", ...files] = positionals;
    const taken = Object.hasOwn(STEPS, step) ? STEPS[step] : [];
    const known = Object.keys(options).every((name) => taken.includes(name as Option) || taken.includes(`${name as Option}!`));
    const complete = taken.every((name) => !name.endsWith("!") || options[name.slice(0, -1) as Option] !== undefined);
    if (known && complete) return { step, files, options };
  } catch {
    // what it does not take is answered with how it is used
  }
  throw new StartupError(USAGE);
}
