import { parseArgs } from "node:util";
import type { StageSize } from "../firmware-images/rollout-course";
import { StartupError } from "../startup-error";
import { askSite, SITE_USAGE } from "./site-api";

const USAGE = `latchkey rollout start <image> [--stages 1,5%,25%,100%] [--settle <hours>] [--tolerate <percent>] [--any-hour] [--properties <id,…>]
latchkey rollout show [<id>]
latchkey rollout halt|resume|end <id>

  start    rolls an image out: to one door, then to more a stage, in the hours that properties have chosen. A stage
           begins when the doors of the one before have run the image for --settle hours (12).
             --stages     doors by the end of each, or percent of those that need it
             --tolerate   percent of the doors with it that may fail before it halts by itself (1)
             --any-hour   also by day, for what cannot wait
  show     how far they have come, or one with its doors.
  halt     nobody else gets it for now, nor any door that has not fetched it.
  resume   goes on, failures or not: it halts again at others.
  end      for good. Doors that have the image keep it.

${SITE_USAGE}`;

const OPTIONS = { stages: { type: "string" }, settle: { type: "string" }, tolerate: { type: "string" }, "any-hour": { type: "boolean" }, properties: { type: "string" }, url: { type: "string" }, "token-file": { type: "string" } } as const;

/** Exit codes: 0 done; 1 it is halted; 2 not done. */
export async function rolloutCommand(parameters: readonly string[]): Promise<number> {
  const { step, id, options } = readParameters(parameters);
  const site = { url: options.url, tokenFile: options["token-file"] };
  const ask = async (method: string, path: string, body?: unknown): Promise<unknown> => (await askSite(site, method, `/firmware/rollouts${path}`, body)).body;
  if (step === "start") {
    const { stages, settle, tolerate, properties } = options;
    const terms = {
      image: id,
      ...(stages !== undefined && { stages: stages.split(",").map(parseStage) }),
      ...(settle !== undefined && { settleSeconds: Math.round(numberOf(settle, "--settle") * 3_600) }),
      ...(tolerate !== undefined && { toleratedPercent: numberOf(tolerate, "--tolerate") }),
      ...(options["any-hour"] === true && { anyHour: true }),
      ...(properties !== undefined && { properties: properties.split(",") }),
    };
    return say(await ask("POST", "", terms));
  }
  if (step === "show" && id === undefined) {
    const { items } = (await ask("GET", "")) as { items: unknown[] };
    if (items.length === 0) process.stdout.write("There are no roll-outs.\n");
    return Math.max(0, ...items.map(say));
  }
  if (step !== "show") return say(await ask("POST", `/${id}/${step}`, {}));
  const code = say(await ask("GET", `/${id}`));
  const { items } = (await ask("GET", `/${id}/doors`)) as { items: { doorName: string; propertyName: string; state: string; reason: string | null }[] };
  for (const { doorName, propertyName, state, reason } of items) process.stdout.write(`  ${state}${reason === null ? "" : ` (${reason})`}: ${propertyName}, ${doorName}\n`);
  return code;
}

interface Shown {
  id: string;
  image: { version: number };
  state: string;
  because: string | null;
  complete: boolean;
  stage: number;
  stages: unknown[];
  doors: Record<"updated" | "offered" | "fetched" | "failed" | "already" | "waiting" | "refusing" | "unreachable", number>;
}

function say(answer: unknown): number {
  const { id, image, state, because, complete, stage, stages, doors } = answer as Shown;
  const course = complete && state === "running" ? "every door that is heard of has it" : `${state}${because === null ? "" : ` (${because})`}, stage ${stage} of ${stages.length}`;
  const counts = (["updated", "already", "offered", "fetched", "waiting", "failed", "refusing", "unreachable"] as const).filter((name) => doors[name] > 0).map((name) => `${doors[name]} ${name}`);
  process.stdout.write(`${id}  version ${image.version}: ${course}. Doors: ${counts.join(", ") || "none"}.\n`);
  return state === "halted" ? 1 : 0;
}

function parseStage(text: string): StageSize {
  const number = numberOf(text.replace(/%$/, ""), "--stages");
  return text.endsWith("%") ? { percent: number } : { doors: number };
}

function numberOf(text: string, option: string): number {
  if (!/^[0-9]{1,7}(\.[0-9]+)?$/.test(text)) throw new StartupError(`${option} takes numbers.`);
  return Number(text);
}

const STEPS = ["start", "show", "halt", "resume", "end"];

function readParameters(parameters: readonly string[]) {
  try {
    const { values: options, positionals } = parseArgs({ args: [...parameters], allowPositionals: true, options: OPTIONS });
    const [step, id, ...more] = positionals;
    const forStart = options.stages ?? options.settle ?? options.tolerate ?? options["any-hour"] ?? options.properties;
    const fits = STEPS.includes(step) && more.length === 0 && (id !== undefined || step === "show") && (step === "start" || forStart === undefined);
    if (fits) return { step, id: id as string | undefined, options };
  } catch {
    // what it does not take is answered with how it is used
  }
  throw new StartupError(USAGE);
}
