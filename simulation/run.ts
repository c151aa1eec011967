import type { Device } from "../firmware/device";
import { toHex } from "../protocol/bytes";
import type { Hashes } from "../protocol/hashes";
import type { StepKind } from "./step";
import { Tally } from "./tally";
import type { Violation } from "./violation";
import { World, type WorldOptions } from "./world";

export interface SimulationOptions {
  seed: string | number;
  /** Doors × days in all. */
  doorDays: number;
  /** Doors of one house; default 3. */
  doors?: number;
  /** Days that one house is watched; default 60. */
  days?: number;
  /** For the hash of the trace (SHA-256); inside the simulation cheaper ones serve. */
  hashes: Hashes;
  /**
   * liveness: faults heal now and then, and then whoever has a right must get in; safety: faults without end, also
   * such as no door can heal from; mixed (default): one house so, the next one so.
   */
  mode?: "safety" | "liveness" | "mixed";
  /** How much happens, beside an ordinary door's day; default 1. */
  bustle?: number;
  /** Of the first house only these steps happen: those below a number, without some, without some kinds. */
  steps?: number;
  without?: ReadonlySet<number>;
  withoutKinds?: ReadonlySet<StepKind>;
  onLine?: (line: string) => void;
  boot?: (device: Device) => void;
  /** After each house. */
  onHouse?: (world: World) => void;
}

export interface SimulationResult {
  doorDays: number;
  /** Faults injected. */
  faults: number;
  /** Entries of the trace. */
  events: number;
  /** Credentials presented. */
  attempts: number;
  /** Grants. */
  openings: number;
  /** SHA-256 over the traces of all houses, in hexadecimal. */
  traceHash: string;
  faultKinds: Record<string, number>;
  reasons: Record<string, number>;
  steps: Record<string, number>;
  violation?: Violation & {
    /** Of the house in which it happened: `runHouse` with it shows the same again. */
    house: WorldOptions;
  };
}

/** Runs houses of doors, one after the other, until so many door-days have passed or something does not hold. */
export function runSimulation(options: SimulationOptions): SimulationResult {
  const { doors = 3, days = 60, mode = "mixed" } = options;
  const faults = new Tally();
  const reasons = new Tally();
  const steps = new Tally();
  const result = { doorDays: 0, events: 0, attempts: 0, openings: 0 };
  let traceHash: Uint8Array = new Uint8Array(32);
  let violation: SimulationResult["violation"];
  for (let house = 0; result.doorDays < options.doorDays && violation === undefined; house++) {
    const left = options.doorDays - result.doorDays;
    const houseOptions: WorldOptions = {
      seed: `${options.seed}/${house}`,
      doors: Math.min(doors, left),
      days: Math.min(days, Math.max(1, Math.floor(left / Math.min(doors, left)))),
      hashes: options.hashes,
      bustle: options.bustle,
      liveness: mode === "liveness" || (mode === "mixed" && house % 2 === 1),
      steps: options.steps,
      without: options.without,
      withoutKinds: options.withoutKinds,
      onLine: options.onLine,
      boot: options.boot,
    };
    const world = runHouse(houseOptions);
    const both = new Uint8Array(64);
    both.set(traceHash);
    both.set(world.trace.finish(), 32);
    traceHash = options.hashes.sha256(both);
    faults.merge(world.faults);
    reasons.merge(world.reasons);
    steps.merge(world.steps);
    result.doorDays += world.doorDays;
    result.events += world.trace.events;
    result.attempts += world.attempts;
    result.openings += world.openings;
    if (world.violation !== undefined) violation = { ...world.violation, house: houseOptions };
    options.onHouse?.(world);
  }
  return {
    ...result,
    faults: faults.total - faults.of("lost offline"),
    traceHash: toHex(traceHash),
    faultKinds: faults.entries(),
    reasons: reasons.entries(),
    steps: steps.entries(),
    ...(violation !== undefined && { violation }),
  };
}

/** One house alone. */
export function runHouse(options: WorldOptions): World {
  const world = new World(options);
  world.run();
  return world;
}
