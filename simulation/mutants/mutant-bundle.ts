import { readFileSync } from "node:fs";
import { join, relative, sep } from "node:path";
import { build } from "esbuild";
import { plant, type Mutant } from "./mutant";

const HOUSE = join(__dirname, "..", "..");

/** What runs in a worker: the simulation with the options that it is given, and back comes what it gives. */
const PROGRAM = `
  import { parentPort, workerData } from "node:worker_threads";
  import { runSimulation } from "./simulation/run";
  import { nodeHashes } from "./hardware-sim/xs/host-hashes";
  const { violation, ...counts } = runSimulation({ ...workerData, hashes: nodeHashes });
  const { invariant, step, at, text } = violation ?? {};
  parentPort.postMessage({ ...counts, ...(violation && { violation: { invariant, step, at, text } }) });`;

/**
 * The simulation as one script for a worker thread, with or without a bug.
 * @throws Error where the mutant's file is not part of the simulation at all, and what `plant` throws.
 */
export async function bundleSimulation(mutant: Mutant | undefined): Promise<string> {
  let planted = false;
  const built = await build({
    stdin: { contents: PROGRAM, resolveDir: HOUSE, sourcefile: "worker.ts", loader: "ts" },
    bundle: true,
    write: false,
    format: "cjs",
    platform: "node",
    target: "node20",
    logLevel: "silent",
    plugins: [
      {
        name: "mutant",
        setup({ onLoad }) {
          if (mutant === undefined) return;
          onLoad({ filter: /\.ts$/ }, ({ path }) => {
            if (relative(HOUSE, path).split(sep).join("/") !== mutant.file) return undefined;
            planted = true;
            return { contents: plant(mutant, readFileSync(path, "utf8")), loader: "ts" };
          });
        },
      },
    ],
  });
  if (mutant !== undefined && !planted) throw new Error(`the mutant "${mutant.name}": ${mutant.file} is no part of the simulation`);
  return built.outputFiles[0].text;
}

/** The table's texts stand in the sources, each exactly once. @throws Error otherwise. */
export function checkMutant(mutant: Mutant): void {
  plant(mutant, readFileSync(join(HOUSE, mutant.file), "utf8"));
}
