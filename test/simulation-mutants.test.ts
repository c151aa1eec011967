/** DESIGN §10: a simulation that finds nothing must be one that finds what is there. Bugs are planted, and each must show. */
import test from "ava";
import { hunt } from "../simulation/mutants/hunt";
import { MUTANT_DOOR_DAYS, MUTANT_SEEDS } from "../simulation/mutants/find-mutants";
import { plant, type Mutant } from "../simulation/mutants/mutant";
import { checkMutant } from "../simulation/mutants/mutant-bundle";
import { MUTANTS } from "../simulation/mutants/mutants";

const MUTANTS_MIN = 20;
/** ava's own workers have the other core. */
const WORKERS = 2;

test("planted bugs: the table fits the sources", (t) => {
  t.true(MUTANTS.length >= MUTANTS_MIN);
  t.is(new Set(MUTANTS.map(({ name }) => name)).size, MUTANTS.length, "names are unique");
  for (const mutant of MUTANTS) t.notThrows(() => checkMutant(mutant), mutant.name);
});

test("planted bugs: one that finds its place not, or twice, is told", (t) => {
  const mutant: Mutant = { name: "a", breaks: "b", file: "c.ts", find: "x + 1", replace: "x$&" };
  t.is(plant(mutant, "y = x + 1;"), "y = x$&;");
  t.throws(() => plant(mutant, "y = x + 2;"), { message: /0 times/ });
  t.throws(() => plant(mutant, "y = x + 1; z = x + 1;"), { message: /2 times/ });
  t.throws(() => plant({ ...mutant, also: [{ find: "gone", replace: "" }] }, "y = x + 1;"), { message: /0 times/ });
});

test(`planted bugs: all ${MUTANTS.length} are caught, by what they break, in worlds that the program as it is passes`, async (t) => {
  t.timeout(600_000);
  const verdicts = await hunt({ mutants: MUTANTS, seeds: MUTANT_SEEDS, doorDays: MUTANT_DOOR_DAYS, workers: WORKERS });
  for (const { mutant, caught } of verdicts) {
    if (mutant === undefined) t.is(caught, undefined, caught && `the program itself: ${caught.violation.invariant} with seed ${caught.seed}: ${caught.violation.text}`);
    else if (caught === undefined) t.fail(`not caught: ${mutant.name} (${mutant.breaks})`);
    else t.log(`${mutant.name}: ${caught.violation.invariant}, seed ${caught.seed}, step ${caught.violation.step}`);
    t.not(caught?.violation.invariant, "crash", `${mutant?.name} ends in an exception, which is no invariant`);
  }
});
