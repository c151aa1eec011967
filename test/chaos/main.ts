import { randomBytes } from "node:crypto";
import { whyNoMosquitto } from "../support/mosquitto-server";
import { whyNoPostgres } from "../support/postgres-server";
import { runChaos } from "./run-chaos";

const USAGE = "npm run chaos -- [--seed S] [--rounds N] [--doors N]";

/** `npm run chaos`: two cloud processes, a database and a broker, killed and cut off in the middle of revocations. */
async function main(parameters: readonly string[]): Promise<number> {
  const options = { seed: randomBytes(4).toString("hex"), rounds: 55, doors: 5 };
  for (let index = 0; index < parameters.length; index += 2) {
    const [name, value] = [parameters[index], parameters[index + 1] as string | undefined];
    if (name === "--seed" && value !== undefined) options.seed = value;
    else if ((name === "--rounds" || name === "--doors") && /^[1-9][0-9]{0,4}$/.test(value ?? "")) options[name === "--rounds" ? "rounds" : "doors"] = Number(value);
    else {
      console.error(USAGE);
      return 2;
    }
  }
  const missing = whyNoMosquitto() ?? whyNoPostgres();
  if (missing !== undefined) {
    console.error(`It cannot run here: ${missing}`);
    return 2;
  }
  console.log(`seed ${options.seed}`);
  const { violations, ...counts } = await runChaos({ ...options, print: console.log });
  for (const violation of violations) console.log(`VIOLATION: ${violation}`);
  console.log(`${options.rounds} faults: ${counts.revoked} revocations confirmed (and ${counts.unanswered} without an answer), ${counts.looks} looks at them, ${counts.events} events; ${violations.length} violations.`);
  return violations.length === 0 ? 0 : 1;
}

void main(process.argv.slice(2)).then((code) => process.exit(code));
