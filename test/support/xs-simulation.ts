/** Runs the simulation inside XS: the other end of simulation-xs.test.ts. Runs in XS only. */
import { fromUtf8, serve, toUtf8 } from "../../hardware-sim/xs/guest";
import { guestHashes } from "../../hardware-sim/xs/guest-hashes";
import { runSimulation, type SimulationOptions } from "../../simulation/run";

serve({
  /** Options as JSON, and so is what comes back. */
  run(body) {
    const options = JSON.parse(fromUtf8(body)) as Omit<SimulationOptions, "hashes">;
    return toUtf8(JSON.stringify({ ...runSimulation({ ...options, hashes: guestHashes }), violation: undefined }));
  },
});
