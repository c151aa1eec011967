/** The same seed gives the same course of events in the engine of the board as under Node, to the last byte of the trace. */
import { join } from "node:path";
import test from "ava";
import { whyNoXs } from "../hardware-sim/xs/find-worker";
import { hostHashes, nodeHashes } from "../hardware-sim/xs/host-hashes";
import { bundleForXs } from "../hardware-sim/xs/xs-bundle";
import { XsProgram } from "../hardware-sim/xs/xs-program";
import { runSimulation, type SimulationOptions } from "../simulation/run";

type Run = Omit<SimulationOptions, "hashes">;

/** Short houses, in safety and in liveness mode: XS takes a hundred times as long as Node. */
const RUNS: readonly Run[] = [1, 2, 3].map((number) => ({ seed: `xs ${number}`, doorDays: 24, doors: 3, days: 4, mode: "mixed", bustle: 2 }));
const noXs = whyNoXs();

if (noXs !== undefined) test.skip(`simulation: ${RUNS.length} runs under XS (${noXs})`, () => {});
else {
  test("the simulation takes the same course under XS as under Node", async (t) => {
    const bundle = await bundleForXs({ file: join(__dirname, "support", "xs-simulation.ts") });
    const program = await XsProgram.start(bundle, hostHashes);
    t.teardown(() => program.close());
    for (const run of RUNS) {
      const { violation, ...underNode } = runSimulation({ ...run, hashes: nodeHashes });
      t.is(violation, undefined, `${run.seed}`);
      const { reply, meters } = await program.call("run", Buffer.from(JSON.stringify(run), "utf8"));
      t.deepEqual(JSON.parse(Buffer.from(reply).toString("utf8")), underNode, `${run.seed}`);
      t.true(underNode.attempts > 80 && underNode.faults > 50, "too little happens to show anything");
      t.log(`${run.seed}: trace ${underNode.traceHash.slice(0, 16)}…, ${underNode.events} entries, ${underNode.faults} faults; ${Math.round(meters.compute / 1e6)} M compute`);
    }
  });
}
