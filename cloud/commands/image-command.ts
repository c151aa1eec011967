import { readFileSync, writeFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { equalBytes, toHex } from "../../protocol/bytes";
import { imageHash, type FirmwareImage } from "../../protocol/firmware-image";
import { readDescriptor, targetName } from "../firmware-images/image-keys";
import { describeImage, signImage } from "../firmware-images/sign-image";
import { openKeyFile, publicKeyOf } from "../keys/key-file";
import { nativeHashes } from "../keys/native-hashes";
import { Refusal } from "../refusal";
import { StartupError } from "../startup-error";
import { PASSPHRASE_USAGE, readPassphrase } from "./passphrase";
import { askSite, SITE_USAGE } from "./site-api";

const USAGE = `latchkey image sign <file> --target <kind> [--version <n>] [--minimum <n>] --key <file> [--passphrase-fd <number>]
latchkey image show <file>
latchkey image trust <public key or key file>
latchkey image add <file>
latchkey image list
latchkey image remove <id>

Offline, at the machine that keeps the image key ("latchkey image-key init" makes one):
  sign     writes <file>.descriptor beside the image. The kind of board is 8 characters (boardKind of the firmware's
           build); the version is by default the one inside the image. Boards that have taken it take nothing below
           the minimum, by default nothing changes.
  show     says in words what a descriptor names, and whether the image beside it is that one.

Beside the cloud:
  trust    has the site take images of this key.
  add      hands in an image with its descriptor. No door gets it before "latchkey rollout start".
  list     the images that the site has.
  remove   one of them, unless it is being rolled out.

${PASSPHRASE_USAGE}

${SITE_USAGE}`;

const OPTIONS = { target: { type: "string" }, version: { type: "string" }, minimum: { type: "string" }, key: { type: "string" }, "passphrase-fd": { type: "string" }, url: { type: "string" }, "token-file": { type: "string" } } as const;
type Options = { [Name in keyof typeof OPTIONS]?: string | undefined };

/** Exit codes: 0 done; 1 the image is not the descriptor's; 2 not done. */
export async function imageCommand(parameters: readonly string[]): Promise<number> {
  const { step, subject, options } = readParameters(parameters);
  const site = { url: options.url, tokenFile: options["token-file"] };
  switch (step) {
    case "sign":
      return sign(subject, options);
    case "show":
      return show(subject);
    case "trust": {
      const key = /^[0-9a-f]{64}$/.test(subject) ? subject : toHex(publicKeyOf(subject, "image"));
      await askSite(site, "POST", "/firmware/keys", { key });
      return say(`The site takes images of ${key}.`);
    }
    case "add": {
      const descriptor = readDescriptorOf(subject);
      const { status, body } = await askSite(site, "POST", `/firmware/images?descriptor=${toHex(descriptor)}`, readImage(subject));
      return say(`${status === 201 ? "Added" : "It was there already"}: image ${(body as Listed).id}. latchkey rollout start ${(body as Listed).id} rolls it out.`);
    }
    case "list": {
      const { items } = (await askSite(site, "GET", "/firmware/images")).body as { items: Listed[] };
      const lines = items.map(({ id, targetName, version, minimumVersion, size, held }) => `${id}  ${targetName}  version ${version}, minimum ${minimumVersion}, ${size} bytes${held ? "; below the minimum: offered to nobody" : ""}`);
      return say(...(lines.length === 0 ? ["There are no images."] : lines));
    }
    default:
      await askSite(site, "DELETE", `/firmware/images/${subject}`);
      return say("Removed.");
  }
}

interface Listed {
  id: string;
  targetName: string;
  version: number;
  minimumVersion: number;
  size: number;
  held: boolean;
}

async function sign(path: string, { target, version, minimum, key, "passphrase-fd": fd }: Options): Promise<number> {
  if (target === undefined || key === undefined) throw new StartupError(USAGE);
  const image = describeImage(readImage(path), { target, version: numberOf(version, "--version"), minimum: numberOf(minimum, "--minimum") });
  // In words, before the passphrase is given.
  process.stderr.write(`${inWords(image).join("\n")}\n`);
  const descriptor = await signImage(await openKeyFile(key, "image", await readPassphrase(key, { fd })), image);
  const to = descriptorPath(path);
  try {
    writeFileSync(to, descriptor);
  } catch (error) {
    throw new StartupError(`Cannot write ${to}: ${(error as Error).message}`);
  }
  return say(`${to} goes with it.`);
}

function show(path: string): number {
  const image = readNamed(readDescriptorOf(path), path);
  const bytes = readImage(path);
  const right = bytes.length === image.size && equalBytes(imageHash(nativeHashes, bytes), image.hash);
  say(...inWords(image), right ? `${path} is that image. Whether a key of the site has signed it, "latchkey image add" says.` : `${path} is ANOTHER image.`);
  return right ? 0 : 1;
}

function inWords({ target, version, minimumVersion, size, hash }: FirmwareImage): string[] {
  return [
    `Firmware version ${version} for boards of kind ${targetName(target)}, ${size} bytes, hash ${toHex(hash)}.`,
    minimumVersion === 0 ? "Boards that take it may go back to any version above the one that they run." : `Boards that take it never again take one below version ${minimumVersion}.`,
  ];
}

function readNamed(descriptor: Uint8Array, path: string): FirmwareImage {
  try {
    return readDescriptor(descriptor);
  } catch (error) {
    if (error instanceof Refusal) throw new StartupError(`${descriptorPath(path)}: ${error.message}`);
    throw error;
  }
}

function descriptorPath(path: string): string {
  return `${path}.descriptor`;
}

function readDescriptorOf(path: string): Uint8Array {
  return readBytes(descriptorPath(path));
}

function readImage(path: string): Uint8Array {
  return readBytes(path);
}

function readBytes(path: string): Uint8Array {
  try {
    return new Uint8Array(readFileSync(path));
  } catch (error) {
    throw new StartupError(`Cannot read ${path}: ${(error as Error).message}`);
  }
}

function numberOf(text: string | undefined, option: string): number | undefined {
  if (text === undefined) return undefined;
  if (!/^[0-9]{1,10}$/.test(text)) throw new StartupError(`${option} takes a whole number.`);
  return Number(text);
}

function say(...lines: string[]): number {
  for (const line of lines) process.stdout.write(`${line}\n`);
  return 0;
}

const STEPS: Record<string, { subjects: 0 | 1; options: readonly (keyof Options)[] }> = {
  sign: { subjects: 1, options: ["target", "version", "minimum", "key", "passphrase-fd"] },
  show: { subjects: 1, options: [] },
  trust: { subjects: 1, options: ["url", "token-file"] },
  add: { subjects: 1, options: ["url", "token-file"] },
  list: { subjects: 0, options: ["url", "token-file"] },
  remove: { subjects: 1, options: ["url", "token-file"] },
};

function readParameters(parameters: readonly string[]): { step: string; subject: string; options: Options } {
  try {
    const { values, positionals } = parseArgs({ args: [...parameters], allowPositionals: true, options: OPTIONS });
    const [step = "", subject = "", ...more] = positionals;
    const taken = Object.hasOwn(STEPS, step) ? STEPS[step] : undefined;
    const fits = taken !== undefined && more.length === 0 && positionals.length === 1 + taken.subjects && Object.keys(values).every((name) => taken.options.includes(name as keyof Options));
    if (fits) return { step, subject, options: values };
  } catch {
    // what it does not take is answered with how it is used
  }
  throw new StartupError(USAGE);
}
