import { availableParallelism } from "node:os";
import { hunt, type Verdict } from "./hunt";
import { MUTANTS } from "./mutants";

/** Worlds in which every mutant of the table shows, and in which the program as it is passes. */
export const MUTANT_SEEDS: readonly string[] = ["m1", "m2", "m8"];
export const MUTANT_DOOR_DAYS = 540;
const NAME_WIDTH = 42;

/** `npm run simulate -- --mutants`: plants each bug of the table, one after the other. @returns whether all were caught. */
export async function findMutants(print: (line: string) => void): Promise<boolean> {
  const begun = Date.now();
  const verdicts = await hunt({
    mutants: MUTANTS,
    seeds: MUTANT_SEEDS,
    doorDays: MUTANT_DOOR_DAYS,
    workers: Math.max(1, Math.min(4, availableParallelism())),
    onVerdict: (verdict) => print(describe(verdict)),
  });
  const planted = verdicts.filter(({ mutant }) => mutant !== undefined);
  const caught = planted.filter((verdict) => verdict.caught !== undefined).length;
  const sound = verdicts.some(({ mutant, caught: found }) => mutant === undefined && found === undefined);
  print(`${caught} of ${planted.length} bugs were caught in ${Math.round((Date.now() - begun) / 1_000)} s; the program as it is ${sound ? "passes the same seeds" : "does not pass them itself"}`);
  return sound && caught === planted.length;
}

function describe({ mutant, caught, milliseconds }: Verdict): string {
  const seconds = `${(milliseconds / 1_000).toFixed(1)} s`;
  const name = (mutant === undefined ? "(the program as it is)" : mutant.name).padEnd(NAME_WIDTH);
  if (caught === undefined) return mutant === undefined ? `${name} all holds, ${seconds}` : `${name} NOT CAUGHT, ${seconds}: ${mutant.breaks}`;
  const { invariant, step, text } = caught.violation;
  return `${name} ${invariant.padEnd(5)} seed ${caught.seed}, step ${step}, ${seconds}: ${text.split("\n")[0]}`;
}
