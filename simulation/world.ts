import type { Device } from "../firmware/device";
import { VirtualClock } from "../hardware-sim/virtual-clock";
import { VirtualRandom } from "../hardware-sim/virtual-random";
import type { Hashes } from "../protocol/hashes";
import { HolderClass } from "../protocol/profile";
import { encodeHolidays } from "../protocol/schedule";
import { encodeUtcOffsets } from "../protocol/utc-offsets";
import type { HouseRules } from "./cloud/issued-list";
import { SimCloud } from "./cloud/sim-cloud";
import { DoorUnit } from "./door-unit";
import { Healing } from "./healing";
import type { LivingWorld } from "./living-world";
import { performStep } from "./perform-step";
import { Phones } from "./phones/phones";
import { FAULTS, MANAGERS, PEOPLE, planDay, RUTHLESS, type Rates } from "./plan";
import { Population } from "./population";
import { dateOf } from "./reference/wall-clock";
import { europeanOffsets, sydneyOffsets } from "./reference/summer-time";
import type { Step, StepKind } from "./step";
import { Tally } from "./tally";
import { Trace } from "./trace";
import type { Invariant, Violation } from "./violation";

const DAY_MS = 86_400_000;
const HOUR = 3_600;
/** 2026-03-25T00:00:00Z, and 2026-10-21: days before the clocks change. */
const BEFORE_SPRING = 1_774_396_800_000;
const BEFORE_AUTUMN = 1_792_540_800_000;
const HEAL_EVERY_DAYS = 20;
/** Connections a day of a house far from everything. */
const SELDOM = 0.3;

export interface WorldOptions {
  seed: string;
  doors: number;
  days: number;
  hashes: Hashes;
  /** Faults heal now and then, and then everybody with a right must get in. */
  liveness: boolean;
  /** How much happens, beside an ordinary door's day; default 1. */
  bustle?: number | undefined;
  /** Only steps below this number happen. */
  steps?: number | undefined;
  /** Steps that do not happen. */
  without?: ReadonlySet<number> | undefined;
  withoutKinds?: ReadonlySet<StepKind> | undefined;
  onLine?: ((line: string) => void) | undefined;
  /** What runs on the boards; default: the controller. */
  boot?: ((device: Device) => void) | undefined;
}

/** A house of doors, its people, its cloud, and all that goes wrong: one seed, one course of events. */
export class World implements LivingWorld {
  readonly options: WorldOptions;
  readonly clock: VirtualClock;
  readonly trace: Trace;
  readonly faults = new Tally();
  readonly reasons = new Tally();
  readonly steps = new Tally();
  readonly units: DoorUnit[] = [];
  readonly people: Population;
  readonly phones: Phones;
  readonly cloud: SimCloud;
  violation: Violation | undefined;
  attempts = 0;
  /** Steps planned so far. */
  planned = 0;
  doorDays = 0;
  /** What was planned and happened, for who wants to look. */
  current: Step | undefined;

  constructor(options: WorldOptions) {
    this.options = options;
    const random = new VirtualRandom(`${options.seed} world`);
    const start = [BEFORE_SPRING, BEFORE_AUTUMN, BEFORE_SPRING + random.below(600) * DAY_MS][random.below(3)];
    this.clock = new VirtualClock(start);
    this.trace = new Trace(options.hashes, () => this.clock.now);
    this.trace.onLine = options.onLine;
    this.phones = new Phones(new VirtualRandom(`${options.seed} phones`));
    this.people = new Population(new VirtualRandom(`${options.seed} people`), options.doors);
    for (let number = 0; number < options.doors; number++) this.units.push(this.#newUnit(number, random));
    this.cloud = new SimCloud({
      clock: this.clock,
      random: new VirtualRandom(`${options.seed} cloud`),
      rules: drawRules(random, Math.floor(start / 1_000)),
      send: (door, what, payload) => this.units[door].network.send(what, payload),
      connected: (door) => this.units[door].network.connected,
      claimSecretOf: (door) => this.units[door].claimSecretAndId.slice(8),
      onClaimed: (door, books) => {
        this.units[door].watch.books = books;
        books.log.faults = this.units[door].watch;
      },
      onCommand: (door) => this.units[door].watch.openings.commanded(),
      onIssued: (door, version) => this.trace.note("issue", door, version, 0),
      onReceipt: (door, known) => {
        const { receipt } = this.cloud.doors[door]!;
        this.trace.note("receipt", door, receipt?.version ?? 0, receipt?.counter ?? 0);
        this.units[door].watch.receiptTaken(known);
      },
      onRefused: (door, what, why) => this.fail("I8", `the cloud refuses ${what} of the door: ${why}`, door),
      onCarried: (door, item, refused) => {
        if (this.phones.spoilt.has(item) === (refused !== undefined)) return;
        if (refused === undefined) this.fail("I9", "the cloud takes what a phone has made up or brings from elsewhere", door);
        else this.fail("I8", `the cloud refuses what a phone brings of the door: ${refused}`, door);
      },
    });
  }

  get openings(): number {
    return this.units.reduce((sum, { watch }) => sum + watch.grants, 0);
  }

  run(): void {
    this.#moveIn();
    const healing = new Healing(this, this.options.seed);
    const { days, doors, seed, liveness } = this.options;
    // Some houses hear of their cloud every few days only.
    const episode = new VirtualRandom(`${seed} rates`).chance(0.25) ? SELDOM : PEOPLE.episode!;
    const rates: Rates = { ...PEOPLE, ...MANAGERS, ...FAULTS, ...(liveness ? {} : RUTHLESS), episode };
    for (let day = 0; day < days && this.violation === undefined; day++) {
      const steps = planDay(seed, day, doors, rates, this.planned, this.options.bustle);
      this.planned += steps.length;
      const morning = this.clock.now;
      for (const step of steps) if (this.#happens(step)) this.clock.set(() => this.#perform(step), step.at - day * DAY_MS);
      this.#passTo(morning + DAY_MS);
      this.doorDays += doors;
      if (this.violation === undefined && (day === days - 1 || (liveness && day % HEAL_EVERY_DAYS === HEAL_EVERY_DAYS - 1))) healing.run(liveness);
    }
  }

  /** Lets time pass, as long as all holds. */
  pass(milliseconds: number): void {
    this.#passTo(this.clock.now + milliseconds);
  }

  fail(invariant: Invariant, text: string, door: number): void {
    if (this.violation !== undefined) return;
    this.violation = { invariant, step: this.current?.number ?? 0, at: this.clock.now, text: `door ${door}: ${text}` };
    this.trace.note("violation", door, 0, 0, () => `${invariant} ${text}`);
  }

  #passTo(instant: number): void {
    while (this.violation === undefined && this.clock.step(instant));
    if (this.violation === undefined) this.clock.advanceTo(instant);
  }

  #happens({ number, kind }: Step): boolean {
    const { steps, without, withoutKinds } = this.options;
    return (steps === undefined || number < steps) && without?.has(number) !== true && withoutKinds?.has(kind) !== true;
  }

  #perform(step: Step): void {
    this.current = step;
    this.steps.add(step.kind);
    this.trace.note("step", step.door, step.number, step.seed, () => `${step.number} ${step.kind}`);
    performStep(this, step);
    for (const { watch } of this.units) watch.settled();
  }

  #moveIn(): void {
    for (const unit of this.units) {
      unit.network.appear();
      unit.start();
    }
    this.pass(10_000);
    const { now } = this.cloud;
    for (let i = 0; i < 8; i++) this.people.add(now, HolderClass.resident);
    for (let i = 0; i < 6; i++) this.people.add(now, HolderClass.guest);
    for (let i = 0; i < 3; i++) this.people.add(now, HolderClass.staff);
    for (const { rights, doors } of this.people.people) for (const right of rights) for (const door of doors) this.cloud.doors[door]?.addRight(right);
    for (let door = 0; door < this.units.length; door++) {
      if (this.cloud.doors[door] === undefined) return this.fail("I6", "the door was not claimed", door);
      this.cloud.touch(door);
    }
    this.pass(60_000);
    const random = new VirtualRandom(`${this.options.seed} age`);
    for (const unit of this.units) if (random.chance(0.5)) unit.age(random);
    for (const { network } of this.units) network.vanish(false);
  }

  #newUnit(number: number, random: VirtualRandom): DoorUnit {
    const chip = random.chance(0.7);
    return new DoorUnit({
      number,
      seed: this.options.seed,
      clock: this.clock,
      trace: this.trace,
      faults: this.faults,
      reasons: this.reasons,
      encrypted: random.chance(0.7),
      chipPpm: chip ? random.below(41) - 20 : undefined,
      locks: [random.chance(0.2) ? "fail-safe" : "fail-secure", ...(random.chance(0.3) ? (["fail-secure"] as const) : [])],
      slow: random.chance(0.15),
      asksTime: random.chance(0.6),
      remote: random.chance(0.15),
      driftPpm: random.chance(0.3) ? (random.chance(0.5) ? -95 : 95) : random.below(81) - 40,
      onUp: (what, payload) => this.cloud.receive(number, what, payload),
      answerHttp: (path, body) => this.cloud.answerHttp(number, path, body),
      fail: (invariant, text) => this.fail(invariant, text, number),
      boot: this.options.boot,
    });
  }
}

/** @param now Unix seconds. */
function drawRules(random: VirtualRandom, now: number): HouseRules {
  const year = 1970 + Math.floor(now / (365.2425 * 24 * HOUR));
  const offsets = [europeanOffsets(60, year, 3), europeanOffsets(0, year, 3), sydneyOffsets(year, 3), [{ from: 0, minutes: -300 }], [{ from: 0, minutes: 345 }]][random.below(5)];
  const firstDay = Math.floor(now / (24 * HOUR));
  const days: number[] = [];
  for (let day = firstDay; day < firstDay + 120; day++) if (random.chance(0.12)) days.push(day);
  const bounded = random.chance(0.25);
  return {
    policy: { unlockSeconds: 2 + random.below(9), leasedClasses: bounded ? 7 : 6, pinDigits: 6, outputSeconds: [random.below(3), 0, 0], firstInClasses: 0, unitNumbers: false, hours: [] },
    bounds: {
      guestSeconds: [24 * HOUR, 6 * HOUR, HOUR][random.below(3)],
      staffSeconds: [72 * HOUR, 24 * HOUR][random.below(2)],
      residentSeconds: bounded ? 7 * 24 * HOUR : null,
    },
    utcOffsets: encodeUtcOffsets(offsets.map(({ from, minutes }) => ({ since: from, offsetSeconds: 60 * minutes }))),
    holidays: encodeHolidays(days),
    eagerLeases: random.chance(0.5),
    offsets,
    holidayDates: days.map(dateOf),
  };
}
