/**
 * Every power cut, and on encrypted flash every pair of power cuts, over one update, one unlock and one change of the
 * log's sector, with the whole controller: the first cut before, inside and after each step that changes a memory, the
 * second one anywhere in the start that follows or in the repetition. firmware-cuts.test.ts cuts updates of every kind,
 * once and a little.
 */
import test from "ava";
import { PowerSupply } from "../hardware-sim/power-supply";
import { VirtualFlash } from "../hardware-sim/virtual-flash";
import { VirtualKeyValue } from "../hardware-sim/virtual-key-value";
import type { BoardMemory } from "../hardware-sim/virtual-board";
import { nodeHashes } from "../hardware-sim/xs/host-hashes";
import { EventLog } from "../firmware/event-log/event-log";
import { Uptime } from "../firmware/uptime";
import { EVENTS_PER_KEY } from "../protocol/limits";
import { ALWAYS, HolderClass, NO_END, type Profile } from "../protocol/profile";
import { CutHouse, NOTHING_SEEN, type CutState } from "./support/cut-house";
import { cutStates, stateName } from "./support/cut-states";
import { House } from "./support/house";

const RESIDENT: Profile = { notBefore: 0, notAfter: NO_END, schedule: ALWAYS, holderClass: HolderClass.resident, outputs: 1, maxUses: 0 };
/**
 * Cuts one after the other: pairs on encrypted flash, which real boards have, and single ones on plain flash. With
 * CUTS=2 in the environment pairs on both, with CUTS=3 every three, which takes minutes.
 */
const CUTS = Number(process.env["CUTS"] ?? 0);
const ON_ENCRYPTED = Math.max(2, CUTS);
const ON_PLAIN = Math.max(1, CUTS);
/** Events that nobody acknowledged go up again after ten seconds, then twenty. */
const UPLOAD_MS = 45_000;
/** Events before the newest that are looked at where a log is full. */
const SEAM = 150;
const [STAYS, REVOKED, ONCE, GONE] = ["111111", "222222", "333333", "444444"];

interface Update {
  what: string;
  payload: Uint8Array;
  version: number;
}

interface ClaimedDoor {
  memory: BoardMemory;
  make(): CutHouse;
  /** Version of its list. */
  old: number;
  /** Two ways to say that somebody is revoked, which it has not heard yet. */
  delta: Update;
  base: Update;
}

function claimedDoor(encrypted: boolean): ClaimedDoor {
  const house = new House(nodeHashes, { encrypted });
  const grants = [
    { pin: STAYS, profile: RESIDENT },
    { pin: REVOKED, profile: RESIDENT },
    { pin: ONCE, profile: { ...RESIDENT, maxUses: 1 } },
    { pin: GONE, profile: RESIDENT },
  ];
  house.cloud.issue(grants);
  house.clock.advance(30_000);
  // So that there is a delta in force, which the next one must not endanger.
  house.cloud.revoke(GONE);
  house.clock.advance(30_000);
  house.board.powerOff();
  const memory = house.board.snapshot();
  const old = house.cloud.version;
  const sent = (what: string, version: number): Update => ({ ...house.cloud.sent.filter((message) => message.what.startsWith(what)).pop()!, version });
  const delta = sent("delta", house.cloud.revoke(GONE, REVOKED));
  house.board.powerOn();
  house.cloud.issue(grants.filter(({ pin }) => pin !== REVOKED && pin !== GONE));
  const base = sent("manifest", house.cloud.version);
  house.clock.advance(30_000);
  house.board.powerOff();
  const identity = house.board.keyValue.peek("latchkey", "identity")!;
  const make = (): CutHouse => {
    const made = new CutHouse(nodeHashes, identity.slice(0, 8), house.cloud.keys, encrypted);
    made.pages = [sent("page/0", 0).payload];
    return made;
  };
  return { memory, make, old, delta, base };
}

interface Scenario {
  begin: BoardMemory;
  make(): CutHouse;
  /** What is under way when the power goes; done again after it has come back. */
  operate(house: CutHouse): void;
  /** Holds what a door shows, after it has started from any state, against what was seen before. Throws. */
  check(house: CutHouse): void;
}

/** How many cuts there were with so many before them, and how many different states all of them left. */
interface Counts {
  single: number;
  pairs: number;
  triples: number;
  distinct: number;
}

/**
 * Cuts everywhere, starts again and cuts everywhere once more. A state that another way has led to before is not gone
 * on from again: nothing else can come of it.
 */
function cutAgain(encrypted: boolean, { begin, make, operate, check }: Scenario): Counts {
  const cuts = [0, 0, 0];
  const [running, checking] = [make(), make()];
  const known = new Set<string>();
  let starts: { state: CutState; where: string }[] = [{ state: { memory: begin, seen: NOTHING_SEEN }, where: "cut" }];
  const depth = encrypted ? ON_ENCRYPTED : ON_PLAIN;
  for (let level = 0; level < depth; level++) {
    const left: typeof starts = [];
    for (const { state: start, where: before } of starts) {
      const run = (): void => {
        running.begin(start);
        operate(running);
      };
      cuts[level] += cutStates(running, start, run, (state, step) => {
        const name = stateName(state, encrypted);
        if (known.has(name)) return;
        known.add(name);
        const where = `${before} ${step}`;
        try {
          checking.begin(state);
          check(checking);
        } catch (error) {
          throw new Error(`${where}: ${(error as Error).message}`, { cause: error });
        }
        // Thousands of memories would not fit.
        if (level < depth - 1) left.push({ state, where: `${where}, then` });
      }).cuts;
    }
    starts = left;
  }
  return { single: cuts[0], pairs: cuts[1], triples: cuts[2], distinct: known.size };
}

function need(holds: boolean, what: string): void {
  if (!holds) throw new Error(what);
}

/** Lets all events come up. Openings are among them, each under a number of its own (I4); the strike is down. */
function checkGrants(house: CutHouse): void {
  house.acknowledges = true;
  house.clock.advance(UPLOAD_MS);
  house.acknowledges = false;
  const openings = [...house.seen.openings].reduce((sum, [, count]) => sum + count, 0);
  const granted = [...house.seen.events.values()].filter(({ event }) => event.type === "decision" && event.reason === "granted").length;
  need(granted >= openings, `I4: ${openings} openings, ${granted} of them in the log`);
  need(!house.board.strike, "I5: the strike is up");
}

for (const encrypted of [true, false]) {
  const mode = encrypted ? "encrypted flash" : "plain flash";
  const pairs = (encrypted ? ON_ENCRYPTED : ON_PLAIN) > 1;
  const everyCut = pairs ? "every cut and every pair of cuts" : "every cut";
  const door = claimedDoor(encrypted);
  const { old } = door;

  for (const update of [door.delta, door.base]) test(`X3, I1, I2: ${everyCut} over one update by ${update === door.delta ? "a delta" : "a new base"} (${mode})`, (t) => {
    const counts = cutAgain(encrypted, {
      ...door,
      begin: door.memory,
      operate: (house) => house.deliver(update.what, update.payload),
      check(house) {
        need(!house.board.strike, "I5: the strike is up after a start");
        const acknowledged = house.version;
        need(acknowledged === old || acknowledged === update.version, `a list that never was: ${acknowledged}`);
        need(house.types(REVOKED) === (acknowledged === old), `I1: the revoked PIN under list ${acknowledged}`);
        house.deliver(update.what, update.payload);
        need(house.version === update.version, "it does not go on");
        need(!house.types(REVOKED) && !house.types(GONE), "I1: a revoked PIN opens");
        need(house.types(STAYS), "I6: a resident does not get in");
        checkGrants(house);
      },
    });
    t.log(counts);
    t.true(counts.single > 40 && (!pairs || counts.pairs > 1_000));
  });

  test(`N8, I3: ${everyCut} over one use of a one-time code (${mode})`, (t) => {
    const counts = cutAgain(encrypted, {
      ...door,
      begin: door.memory,
      operate: (house) => void house.types(ONCE),
      check(house) {
        need(!house.board.strike, "I5: the strike is up after a start");
        house.types(ONCE);
        house.types(ONCE);
        need((house.seen.openings.get(ONCE) ?? 0) <= 1, "I3: a one-time code opened twice");
        need(house.types(STAYS), "I6: a resident does not get in");
        checkGrants(house);
      },
    });
    t.log(counts);
    t.true(counts.single > 15 && (!pairs || counts.pairs > 200));
  });

  test(`X7, I4, I8: ${everyCut} while the log changes its sector and its key (${mode})`, (t) => {
    const counts = cutAgain(encrypted, { ...door, begin: logAt(door.make(), door.memory, EVENTS_PER_KEY - 2), operate: twoOpenings, check: checkLog });
    t.log(counts);
    t.true(counts.single > 15 && (!pairs || counts.pairs > 200));
  });

  test(`X7, I4, I8: the same while a log that is full of unsent events gives up its oldest sector (${mode})`, (t) => {
    const begin = fullLog(door.memory, encrypted);
    const house = door.make();
    house.begin({ memory: door.memory, seen: NOTHING_SEEN });
    const acknowledged = house.seen.receipt!.firstEvent;
    let folds = 0;
    const counts = cutAgain(encrypted, {
      ...door,
      begin,
      operate: twoOpenings,
      check(house) {
        // All but the newest are with the cloud from here on: what is looked at is the seam.
        const { firstEvent, nextEvent } = house.seen.receipt!;
        const lost = firstEvent - acknowledged;
        folds += Number(lost > 0);
        house.acknowledge(nextEvent - SEAM);
        checkLog(house);
        const folded = [...house.seen.events.values()].filter(({ event }) => event.type === "events-folded");
        need(lost === 0 || folded.some(({ event }) => event.count === lost), `I4: ${lost} events are gone, and nobody says so`);
      },
    });
    t.log(counts);
    t.true(folds > (pairs ? 20 : 3), `${folds} states in which something was given up`);
    t.true(counts.single > 15 && (!pairs || counts.pairs > 200));
  });
}

function twoOpenings(house: CutHouse): void {
  house.types(STAYS);
  house.types(STAYS);
}

function checkLog(house: CutHouse): void {
  need(!house.board.strike, "I5: the strike is up after a start");
  const { nextEvent } = house.seen.receipt!;
  twoOpenings(house);
  checkGrants(house);
  const numbers = [...house.seen.events.keys()];
  const newest = numbers.reduce((most, number) => Math.max(most, number), 0);
  // What was counted only may come as a record of its own once there is room.
  need(newest > nextEvent, `I4: the newest event is ${newest}, not ${nextEvent + 1}`);
  for (let sequence = Math.max(Math.min(...numbers), newest - SEAM); sequence < newest; sequence++) need(house.seen.events.has(sequence), `I4: event ${sequence} is missing`);
}

/** Memories of a door whose next event has this number, all before it acknowledged. */
function logAt(house: CutHouse, memory: BoardMemory, next: number): BoardMemory {
  house.acknowledges = true;
  house.begin({ memory, seen: NOTHING_SEEN });
  while (Math.max(...house.seen.events.keys()) < next - 1) house.types(STAYS);
  house.clock.advance(1_000);
  house.board.powerOff();
  return house.board.snapshot();
}

const FULL = 64 * EVENTS_PER_KEY;

/** Memories of a door whose next event but one needs the place of the oldest, of which nobody has heard. */
function fullLog(memory: BoardMemory, encrypted: boolean): BoardMemory {
  const supply = new PowerSupply();
  const flash = new VirtualFlash({ blocks: memory.flash.content.length / 4_096, encrypted, supply });
  const keyValue = new VirtualKeyValue(supply);
  flash.restore(memory.flash);
  keyValue.restore(memory.keyValue);
  const log = new EventLog({ flash, keyValue: keyValue.open("latchkey"), hashes: nodeHashes, clock: { wallTime: () => undefined }, uptime: new Uptime(() => 0), enrolment: 1 });
  // The start that follows passes over a slot, and in so full a log it is counted only.
  while (log.next < FULL - 2) log.append({ type: "leaf-opened" });
  return { flash: flash.snapshot(), keyValue: keyValue.snapshot() };
}
