import { nodeHashes } from "../../hardware-sim/xs/host-hashes";
import { runSimulation } from "../../simulation/run";
import type { Row } from "./row";

/** Before it is measured: the first thousands of door-days are the compiler's. */
const WARM_UP_DOOR_DAYS = 6_000;
const DOOR_DAYS = 6_000;

/** How much of a door's life a core goes through in a second, and how much goes wrong in it: DESIGN §9, §10. */
export function rows(): Promise<Row[]> {
  Error.stackTraceLimit = 0;
  runSimulation({ seed: "warm", doorDays: WARM_UP_DOOR_DAYS, hashes: nodeHashes });
  // What else runs on this machine is not the simulation's.
  const before = process.cpuUsage();
  const { doorDays, faults, attempts, violation } = runSimulation({ seed: "bench", doorDays: DOOR_DAYS, hashes: nodeHashes });
  const { user, system } = process.cpuUsage(before);
  if (violation !== undefined) throw new Error(`${violation.invariant} does not hold: ${violation.text}`);
  const seconds = (user + system) / 1e6;
  return Promise.resolve([
    { name: "Simulation, on one core", value: doorDays / seconds, unit: "door-days a second", budget: { atLeast: 1_000 } },
    { name: "Simulation, faults on one core", value: (60 * faults) / seconds, unit: "a minute" },
    { name: "Simulation, people at a door", value: attempts / doorDays, unit: "attempts a door-day", budget: { atLeast: 5 } },
  ]);
}
