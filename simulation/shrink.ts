import { runHouse } from "./run";
import { STEP_KINDS, type StepKind } from "./step";
import type { Violation } from "./violation";
import type { WorldOptions } from "./world";

const DAY_MS = 86_400_000;

/** A house in which something does not hold, and as little happens before that as was found. */
export interface Shrunk {
  house: WorldOptions;
  violation: Violation;
  /** What happens in it: numbers and kinds of the steps that are left, in order. */
  story: string[];
  /** Runs that it took. */
  runs: number;
}

/**
 * Looks for less that still shows the same: an earlier end, then whole kinds of steps left out, then single steps.
 * Steps depend on nothing but the seed, so what is left happens as it did.
 * @param isOver asked before each further run.
 */
export function shrink(house: WorldOptions, found: Violation, isOver: () => boolean): Shrunk {
  const quiet: WorldOptions = { ...house, onLine: undefined };
  let best: WorldOptions = quiet;
  let violation = found;
  let runs = 0;

  /** @returns whether it still fails; then it is the best so far. */
  const stillFails = (candidate: WorldOptions): boolean => {
    if (isOver()) return false;
    runs += 1;
    const { violation: again } = runHouse(candidate);
    if (again === undefined || again.invariant !== found.invariant) return false;
    best = { ...candidate, steps: Math.min(candidate.steps ?? Infinity, again.step + 1) };
    violation = again;
    return true;
  };

  stillFails({ ...best, steps: found.step + 1 });
  stillFails({ ...best, days: Math.min(house.days, Math.floor(violation.at / DAY_MS) + 1) });
  // What it takes may have happened long before it shows.
  for (let low = 0, high = best.steps ?? 0; high - low > 1 && !isOver(); ) {
    const middle = (low + high) >> 1;
    if (stillFails({ ...best, steps: middle })) high = Math.min(middle, best.steps ?? middle);
    else low = middle;
  }
  for (const kind of STEP_KINDS) {
    const withoutKinds = new Set<StepKind>(best.withoutKinds);
    stillFails({ ...best, withoutKinds: withoutKinds.add(kind) });
  }
  for (let size = 64; size >= 1; size >>= 2) {
    const numbers = storyOf(best).map(({ number }) => number);
    for (let at = numbers.length; at > 0; at -= size) {
      const without = new Set(best.without);
      for (const number of numbers.slice(Math.max(0, at - size), at)) without.add(number);
      stillFails({ ...best, without });
    }
  }
  return { house: best, violation, story: storyOf(best).map(({ number, text }) => `${number} ${text}`), runs };
}

function storyOf(house: WorldOptions): { number: number; text: string }[] {
  const steps: { number: number; text: string }[] = [];
  runHouse({
    ...house,
    onLine: (line) => {
      const at = line.indexOf(" step ");
      if (at < 0) return;
      const words = line.slice(at + 6).split(" ");
      steps.push({ number: Number(words[0]), text: `${words.slice(1).join(" ")} (${line.slice(0, at)})` });
    },
  });
  return steps;
}
