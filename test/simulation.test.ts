/** DESIGN §10: doors with the real firmware in a world where everything goes wrong, and what must hold all the same. */
import test from "ava";
import { startController } from "../firmware/controller";
import type { Device, TimerHandle } from "../firmware/device";
import { nodeHashes } from "../hardware-sim/xs/host-hashes";
import { HOSTILE_COURIERS } from "../simulation/phones/hostile-couriers";
import { HOSTILE_UNLOCKS } from "../simulation/phones/hostile-unlocks";
import { failureReport } from "../simulation/failure-report";
import { runHouse, runSimulation, type SimulationOptions, type SimulationResult } from "../simulation/run";
import { STEP_KINDS } from "../simulation/step";
import { Tally } from "../simulation/tally";

const SEEDS = ["spring", "autumn", "winter", "summer"];
const DOOR_DAYS = 10_000;
/** Twice as much happens as on an ordinary day: more is tried in the same time. */
const BUSTLE = 2;
const FAULTS = 58_000;

/** What a world without them would not have tried. */
const FAULT_KINDS = [
  ...["drop", "duplicate", "late", "partition", "broker restart", "slow outbox", "keys rotated"],
  ...["power cut", "cut before a write", "cut inside a write", "cut after a write", "cut in boot", "hammering"],
  ...["bit flip in a list", "bit flip in the log", "old list restored", "event flood"],
  ...["clock chip lost", "clock chip 10 years back", "clock chip 10 years ahead", "clock chip turned back"],
  ...["time answer held", "lie of a time server", "no answer of a time server"],
  ...["replayed", "tampered", "spoilt on its way", "other door's message", "jammed list", "jammed lease"],
  ...["carried to a door", ...Object.keys(HOSTILE_UNLOCKS), ...Object.keys(HOSTILE_COURIERS)],
];
/** Decisions, and other events of doors' logs. */
const REASONS = [
  ...["granted", "unknown-credential", "not-yet-valid", "expired", "outside-schedule", "holiday", "used-up", "suspended"],
  ...["second-credential-needed", "output-not-allowed", "stale-list", "time-unknown", "locked-out", "locked-down", "granted though revoked"],
  ...["boot", "request-to-exit", "leaf-opened", "leaf-closed", "forced-open", "held-open", "list-activated", "alarm", "remote-unlock"],
  ...["events-folded", "denials-folded", "keyset-accepted", "lock-state", "door-hours"],
];

function run(options: Partial<SimulationOptions> & Pick<SimulationOptions, "seed" | "doorDays">): SimulationResult {
  Error.stackTraceLimit = 0;
  return runSimulation({ bustle: BUSTLE, hashes: nodeHashes, ...options });
}

test(`X10: I1–I10, X1, X8 hold over ${DOOR_DAYS} door-days, in safety and in liveness, and the run has tried everything`, (t) => {
  t.timeout(600_000);
  const faults = new Tally();
  const reasons = new Tally();
  const steps = new Tally();
  let doorDays = 0;
  let faultCount = 0;
  for (const seed of SEEDS) {
    const result = run({ seed, doorDays: DOOR_DAYS / SEEDS.length });
    t.is(result.violation, undefined, result.violation && failureReport(result.violation.house, result.violation, () => false).join("\n"));
    doorDays += result.doorDays;
    faultCount += result.faults;
    t.true(result.attempts > 8 * result.doorDays, "people come to every door every day");
    for (const [kind, count] of Object.entries(result.faultKinds)) faults.add(kind, count);
    for (const [reason, count] of Object.entries(result.reasons)) reasons.add(reason, count);
    for (const [kind, count] of Object.entries(result.steps)) steps.add(kind, count);
  }
  t.true(doorDays >= DOOR_DAYS);
  t.true(faultCount >= FAULTS, `${faultCount} faults`);
  t.deepEqual(FAULT_KINDS.filter((kind) => faults.of(kind) === 0), [], "faults that never happened");
  t.deepEqual(REASONS.filter((reason) => reasons.of(reason) === 0), [], "decisions that were never made");
  t.deepEqual(STEP_KINDS.filter((kind) => steps.of(kind) === 0), [], "steps that never happened");
});

test("X10: the same seed takes the same course, to the byte, and another seed another one", (t) => {
  const [once, again, other] = ["hash", "hash", "other"].map((seed) => run({ seed, doorDays: 120 }));
  t.is(once.traceHash, again.traceHash);
  t.deepEqual(once, again);
  t.not(once.traceHash, other.traceHash);
});

/** The controller on a board whose relay is told to fall a minute late, now and then. */
function bootLate(device: Device): void {
  let timers = 0;
  const set = (callback: () => void, milliseconds: number): TimerHandle => device.timer.set(callback, milliseconds >= 2_000 && milliseconds <= 10_000 && ++timers % 40 === 0 ? milliseconds + 60_000 : milliseconds);
  startController({ ...device, timer: { set, clear: (handle) => device.timer.clear(handle) } });
}

test("a failure is found again with less, and told: seed, step, and the shortest prefix that was found", (t) => {
  const { violation } = run({ seed: "planted", doorDays: 600, boot: bootLate });
  t.is(violation?.invariant, "I5");
  const begun = Date.now();
  const lines = failureReport(violation!.house, violation!, () => Date.now() > begun + 20_000);
  const told = lines.join("\n");
  t.true(told.includes("I5 does not hold"));
  t.true(told.includes(`seed ${violation!.house.seed}, step ${violation!.step}`));
  const left = Number(told.slice(told.indexOf("in them ") + 8).split(" ")[0]);
  t.true(left >= 1 && left < 25, told);
  t.true(lines[lines.length - 1].startsWith("again: npm run simulate -- --house planted/"));
});

test("steps that are left out change nothing of the others", (t) => {
  const house = { seed: "prefix", doors: 2, days: 6, hashes: nodeHashes, liveness: false, bustle: BUSTLE };
  const stepsOf = (without: ReadonlySet<number>): string[] => {
    const steps: string[] = [];
    runHouse({ ...house, without, onLine: (line) => line.includes(" step ") && steps.push(line) });
    return steps;
  };
  const all = stepsOf(new Set());
  t.true(all.length > 60);
  t.deepEqual(stepsOf(new Set([5, 6, 7])), all.filter((line) => ![5, 6, 7].some((number) => line.includes(` step ${number} `))));
});
