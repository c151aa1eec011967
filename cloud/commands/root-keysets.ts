import { existsSync, readFileSync } from "node:fs";
import { z } from "zod";
import { writePrivateFile } from "../keys/private-file";
import { describeKeyset } from "../keys/keyset-words";
import { keysetsOf, readRequestFile, readRootsFile, RequestFile } from "../keys/request-file";
import { StartupError } from "../startup-error";
import { askSite, type SiteAnswer } from "./site-api";

/** What the commands beside the cloud know of its answers. */
const Adopted = z.object({ number: z.int(), epoch: z.int() });
const Pending = z.object({ lacking: z.object({ old: z.int(), new: z.int() }), request: RequestFile });

type Site = Parameters<typeof askSite>[0];

/** Asks the cloud for the next keyset, and writes a request where it cannot sign that alone. */
export async function requestKeyset({ newEpoch, roots, out }: { newEpoch: boolean; roots: string | undefined; out: string | undefined }, site: Site): Promise<number> {
  const wanted = roots === undefined ? undefined : readRootsFile(readText(roots), roots);
  if (out !== undefined && existsSync(out)) throw new StartupError(`There is a file ${out} already.`);
  const answer = await askSite(site, "POST", "/keysets", { newEpoch, ...(wanted && { roots: wanted }) });
  if (answer.status === 201) return adopted(answer);
  const { request } = Pending.parse(answer.body);
  const { keyset, previous } = keysetsOf(request, "The cloud's answer");
  const path = out ?? `keyset-${keyset.number}.request.json`;
  writePrivateFile(path, `${JSON.stringify(request, undefined, 2)}\n`);
  say([...describeKeyset(previous, keyset), `Carry ${path} to the root keys: latchkey root sign. Compare the fingerprints there with these.`, lackingInWords(answer)]);
  return 1;
}

/** Hands signatures in. */
export async function adoptKeyset(paths: readonly string[], site: Site): Promise<number> {
  const signatures = paths.flatMap((path) => readRequestFile(readText(path), path).signatures);
  if (signatures.length === 0) throw new StartupError("Nobody has signed yet: latchkey root sign.");
  const answer = await askSite(site, "POST", "/keysets/request/signatures", { signatures: [...new Set(signatures)] });
  if (answer.status === 201) return adopted(answer);
  say([lackingInWords(answer)]);
  return 1;
}

export async function withdrawKeyset(site: Site): Promise<number> {
  await askSite(site, "DELETE", "/keysets/request");
  say(["No keyset waits for signatures any more."]);
  return 0;
}

function adopted({ body }: SiteAnswer): number {
  const { number, epoch } = Adopted.parse(body);
  say([`Keyset ${number}, epoch ${epoch}, counts from now on. GET /api/keysets says how many doors have taken it.`]);
  return 0;
}

function lackingInWords({ body }: SiteAnswer): string {
  const { lacking } = Pending.parse(body);
  return `More must sign: ${lacking.old} of the roots before, ${lacking.new} of the new ones; a root that is both counts for both`;
}

function readText(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    throw new StartupError(`Cannot read ${path}: ${(error as Error).message}`);
  }
}

function say(lines: readonly string[]): void {
  process.stdout.write(`${lines.join("\n")}\n`);
}
