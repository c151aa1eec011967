import { Worker } from "node:worker_threads";
import type { SimulationOptions } from "../run";
import type { Violation } from "../violation";
import { bundleSimulation } from "./mutant-bundle";
import type { Mutant } from "./mutant";

/** How one program, with or without a bug, fared. */
export interface Verdict {
  /** undefined: the program as it is. */
  mutant: Mutant | undefined;
  /** The seed that showed it, and what did not hold; undefined where all of them passed. */
  caught: { seed: string; violation: Violation } | undefined;
  milliseconds: number;
}

export interface HuntOptions {
  mutants: readonly Mutant[];
  /** Worlds that are tried, in this order, until one shows the bug. */
  seeds: readonly string[];
  /** Of each world. */
  doorDays: number;
  /** At the same time. */
  workers: number;
  onVerdict?: (verdict: Verdict) => void;
}

/** A world that takes longer than this hangs, and that is caught as well. */
const WORLD_MS = 60_000;

type WorldRun = Pick<SimulationOptions, "seed" | "doorDays" | "bustle">;
/** Bugs are found sooner where more happens. */
const BUSTLE = 2;

/** Runs each mutant, and the program as it is, through the same worlds. */
export async function hunt({ mutants, seeds, doorDays, workers, onVerdict }: HuntOptions): Promise<Verdict[]> {
  const waiting: (Mutant | undefined)[] = [undefined, ...mutants];
  const verdicts: Verdict[] = [];
  const work = async (): Promise<void> => {
    while (waiting.length > 0) {
      const mutant = waiting.shift();
      const verdict = await judgeMutant(mutant, seeds, doorDays);
      verdicts.push(verdict);
      onVerdict?.(verdict);
    }
  };
  await Promise.all(Array.from({ length: workers }, work));
  return verdicts;
}

async function judgeMutant(mutant: Mutant | undefined, seeds: readonly string[], doorDays: number): Promise<Verdict> {
  const begun = Date.now();
  const script = await bundleSimulation(mutant);
  for (const seed of seeds) {
    const violation = await runWorld(script, { seed, doorDays, bustle: BUSTLE });
    if (violation !== undefined) return { mutant, caught: { seed, violation }, milliseconds: Date.now() - begun };
  }
  return { mutant, caught: undefined, milliseconds: Date.now() - begun };
}

/** @returns what did not hold. An exception outside the firmware, and a world that does not end, count as well. */
function runWorld(script: string, run: WorldRun): Promise<Violation | undefined> {
  return new Promise((resolve) => {
    const worker = new Worker(script, { eval: true, workerData: run });
    const end = (violation: Violation | undefined): void => {
      clearTimeout(timer);
      void worker.terminate();
      resolve(violation);
    };
    const crash = (text: string): void => end({ invariant: "crash", step: 0, at: 0, text });
    const timer = setTimeout(() => crash(`it hangs: ${WORLD_MS} ms are over`), WORLD_MS);
    worker.once("message", (result: { violation?: Violation }) => end(result.violation));
    worker.once("error", (error: Error) => crash(error.stack ?? error.message));
  });
}
