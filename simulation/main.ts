import { parseArgs } from "node:util";
import { nodeHashes as simulationHashes } from "../hardware-sim/xs/host-hashes";
import { runHouse, runSimulation, type SimulationOptions, type SimulationResult } from "./run";
import { failureReport } from "./failure-report";
import { findMutants } from "./mutants/find-mutants";
import { STEP_KINDS, type StepKind } from "./step";
import type { WorldOptions } from "./world";

const USAGE = `Doors with the real firmware, their cloud, and everything that may go wrong, from one seed.

  npm run simulate -- [--seed S] [--door-days N] [--doors D] [--days N] [--mode safety|liveness|mixed] [--json]
  npm run simulate -- --mutants
  npm run simulate -- --house S/n [--steps N] [--without 1,2] [--without-kinds "jam,replay"] [--trace]

  --door-days  doors × days in all (1,000)
  --doors      doors of one house (3)
  --days       that one house is watched (60)
  --mode       liveness: faults heal now and then, and who has a right must get in; safety: faults without end; mixed
  --mutants    plants bugs and looks whether they are found
  --house      one house of a run again, with less in it; --trace prints all that happens there
  --shrink     seconds that the search for a smaller failure may take (60)`;

const SHRINK_SECONDS = 60;

const text = { type: "string" } as const;
const flag = { type: "boolean" } as const;

function main(args: string[]): void {
  const { values } = parseArgs({
    args,
    options: { seed: text, "door-days": text, doors: text, days: text, mode: text, json: flag, mutants: flag, house: text, steps: text, without: text, "without-kinds": text, trace: flag, shrink: text, help: flag },
  });
  if (values.help) return console.log(USAGE);
  if (values.mutants) return void findMutants((line) => console.log(line)).then((all) => (process.exitCode = all ? 0 : 1));
  // What is thrown a thousand times a second needs no stack.
  Error.stackTraceLimit = 0;
  const options: SimulationOptions = {
    seed: values.seed ?? "1",
    doorDays: wholeNumber(values["door-days"], 1_000),
    doors: wholeNumber(values.doors, 3),
    days: wholeNumber(values.days, 60),
    mode: modeOf(values.mode),
    hashes: simulationHashes,
  };
  if (values.house !== undefined) return again(houseOf(values.house, options, values), values.trace === true);
  const begun = process.hrtime.bigint();
  const result = runSimulation(options);
  const seconds = Number(process.hrtime.bigint() - begun) / 1e9;
  report(result, seconds, values.json === true);
  if (result.violation === undefined) return;
  process.exitCode = 1;
  explain(result, wholeNumber(values.shrink, SHRINK_SECONDS), values.json === true);
}

function report({ violation, ...result }: SimulationResult, seconds: number, json: boolean): void {
  const rates = { seconds: round(seconds), doorDaysPerSecond: round(result.doorDays / seconds), faultsPerMinute: Math.round((60 * result.faults) / seconds) };
  if (json) {
    const { house, ...broken } = violation ?? { house: undefined };
    return console.log(JSON.stringify({ ...result, ...rates, ...(house && { violation: { ...broken, house: house.seed } }) }));
  }
  console.log(`${result.doorDays} door-days in ${rates.seconds} s: ${rates.doorDaysPerSecond} a second`);
  console.log(`${result.attempts} attempts, ${result.openings} grants, ${result.events} events; ${result.faults} faults, ${rates.faultsPerMinute} a minute`);
  for (const [kind, count] of Object.entries(result.faultKinds)) console.log(`  ${kind}: ${count}`);
  console.log(`trace ${result.traceHash}`);
}

/** Says what broke, where, and how little it takes. */
function explain({ violation }: SimulationResult, seconds: number, json: boolean): void {
  const { house, ...found } = violation!;
  const over = Date.now() + 1_000 * seconds;
  for (const line of failureReport(house, found, () => Date.now() > over)) (json ? console.error : console.log)(line);
}

function houseOf(seed: string, { doors, days, mode }: SimulationOptions, values: { steps?: string; without?: string; "without-kinds"?: string }): WorldOptions {
  const kinds = (values["without-kinds"] ?? "").split(",").filter((kind): kind is StepKind => (STEP_KINDS as readonly string[]).includes(kind));
  return {
    seed,
    doors: doors!,
    days: days!,
    liveness: mode === "liveness",
    hashes: simulationHashes,
    steps: values.steps === undefined ? undefined : wholeNumber(values.steps, 0),
    without: new Set((values.without ?? "").split(",").filter((number) => number !== "").map(Number)),
    withoutKinds: new Set(kinds),
  };
}

function again(house: WorldOptions, trace: boolean): void {
  const { violation, doorDays } = runHouse({ ...house, ...(trace && { onLine: (line: string) => console.log(line) }) });
  if (violation === undefined) return console.log(`all holds over ${doorDays} door-days`);
  console.log(`${violation.invariant} does not hold at step ${violation.step}: ${violation.text}`);
  process.exitCode = 1;
}

function modeOf(mode: string | undefined): "safety" | "liveness" | "mixed" {
  if (mode === undefined || mode === "mixed" || mode === "safety" || mode === "liveness") return mode ?? "mixed";
  throw new Error("--mode is safety, liveness or mixed.");
}

function wholeNumber(value: string | undefined, otherwise: number): number {
  if (value === undefined) return otherwise;
  const number = Number(value);
  if (!Number.isInteger(number) || number < 0) throw new Error(`${value} is no whole number.`);
  return number;
}

function round(value: number): number {
  return Math.round(10 * value) / 10;
}

main(process.argv.slice(2));
