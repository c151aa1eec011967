import type { PolicyContent } from "../cloud/issuing/door-orders";
import { LockState } from "../protocol/delta";
import { HolderClass } from "../protocol/profile";
import { CredentialKind } from "../protocol/credential";
import { VirtualRandom } from "../hardware-sim/virtual-random";
import type { DoorUnit } from "./door-unit";
import { flipBit, keepOldList, restoreOldList } from "./flash-faults";
import type { Resident } from "./population";
import { presents, presentsAtEdge, presentsInCut } from "./present";
import { QUIET } from "./network";
import { carries } from "./phones/honest-couriers";
import { attackAsCourier, attackByRadio } from "./phones/hostile-phones";
import type { Step } from "./step";
import type { LivingWorld } from "./living-world";

const MINUTE_MS = 60_000;
const HOUR_MS = 3_600_000;
/** More than a door's log holds. */
const FLOOD_EVENTS = 8_800;
/** What comes faster is no people, and is not logged one by one. */
const FLOOD_PAUSE_MS = 1_700;
const YEARS_10_MS = 10 * 365 * 24 * HOUR_MS;

/** Lets a step happen; all of its details come from its seed. */
export function performStep(world: LivingWorld, step: Step): void {
  const random = new VirtualRandom(step.seed);
  const unit = world.units[step.door];
  const { faults, people, cloud } = world;
  switch (step.kind) {
    case "present":
      return somebodyComes(world, unit, random, pick(random, people.liveAt(step.door)));
    case "revoked":
      return somebodyComes(world, unit, random, pick(random, people.revokedAt(step.door).slice(-12)));
    case "edge": {
      const who = pick(random, people.liveAt(step.door));
      return who && presentsAtEdge(world, unit, random, who);
    }
    case "worn use": {
      const who = pick(random, people.liveAt(step.door).filter(({ rights }) => rights.some(({ terms }) => terms.maxUses > 0)));
      return who && presentsInCut(world, unit, random, who);
    }
    case "guess":
      return guesses(world, unit, random);
    case "hammer":
      return hammer(world, unit, random);
    case "exit":
      return pressExit(world, unit);
    case "leaf":
      unit.board.setLeaf(true);
      world.clock.set(() => unit.board.setLeaf(false), 500 + random.below(60_000));
      return;
    case "episode":
      return connect(world, unit, random);
    case "broker restart":
      return restartBroker(world, unit);
    case "courier":
      return carries(world, unit, random);
    case "hostile radio":
      return attackByRadio(world, unit, random);
    case "hostile courier":
      return attackAsCourier(world, unit, random);
    case "grant":
      return moveIn(world, random, 1);
    case "revoke":
      return moveOut(world, step.door, random, 1);
    case "bulk":
      moveIn(world, random, 12 + random.below(12));
      return moveOut(world, step.door, random, 6 + random.below(8));
    case "lock state": {
      const state = [LockState.lockDown, LockState.holdOpen][random.below(2)];
      cloud.setLockState(step.door, state);
      world.clock.set(() => cloud.setLockState(step.door, LockState.normal), 10 * MINUTE_MS + random.below(20 * HOUR_MS));
      return;
    }
    case "lift throttle":
      return cloud.resetThrottle(step.door);
    case "rotate keys":
      if (step.door > 0) return;
      faults.add("keys rotated");
      cloud.rotate(random.chance(0.5), random.chance(0.3));
      // Twice in a row: whoever is offline misses one.
      if (random.chance(0.4)) world.clock.set(() => cloud.rotate(false, true), random.below(24 * HOUR_MS));
      return;
    case "door policy":
      return cloud.setPolicy(step.door, drawPolicy(cloud.rules.policy, random));
    case "remote unlock":
      return cloud.unlock(step.door, 1);
    case "upkeep":
      return cloud.noteAged(step.door);
    case "power cut":
      if (unit.board.running) faults.add("power cut");
      return unit.board.powerOff();
    case "armed cut":
      return unit.armCut(random, random.chance(0.7) ? 8 : 400);
    case "bit flip":
      return flipBit(unit, random, faults);
    case "old list restored":
      keepOldList(unit);
      world.clock.set(() => restoreOldList(unit, faults), 12 * HOUR_MS + random.below(72 * HOUR_MS));
      return;
    case "event flood":
      return flood(world, unit);
    case "clock chip":
      return disturbClock(world, unit, random);
    case "time server":
      unit.timeLieMs = [0, -15 * MINUTE_MS, -14 * MINUTE_MS, 15 * MINUTE_MS, -HOUR_MS, -YEARS_10_MS, YEARS_10_MS, undefined][random.below(8)];
      return;
    case "jam":
      unit.hostile.jamsLists = true;
      unit.hostile.jamsLeases = random.chance(0.2);
      world.clock.set(() => (unit.hostile.jamsLists = unit.hostile.jamsLeases = false), random.below(96 * HOUR_MS));
      // Whoever keeps the list away would have time stand still as well.
      unit.hostile.holdsTime = random.chance(0.5);
      if (random.chance(0.5)) world.clock.set(() => turnClockBack(world, unit, random), random.below(30 * HOUR_MS));
      return moveOut(world, step.door, random, 1);
    case "hold time":
      unit.hostile.holdsTime = true;
      world.clock.set(() => (unit.hostile.holdsTime = false), random.below(48 * HOUR_MS));
      return;
    case "replay":
      return unit.hostile.replay(unit.network, 1 + random.below(4));
    case "tamper":
      unit.hostile.spoils += 4;
      return unit.hostile.tamper(unit.network);
    case "misdeliver":
      return world.units[(step.door + 1) % world.units.length].hostile.misdeliver(unit.network);
  }
}

function pick<T>(random: VirtualRandom, from: readonly T[]): T | undefined {
  return from.length === 0 ? undefined : from[random.below(from.length)];
}

function somebodyComes(world: LivingWorld, unit: DoorUnit, random: VirtualRandom, who: Resident | undefined): void {
  if (who !== undefined) presents(world, unit, random, who);
}

function guesses(world: LivingWorld, unit: DoorUnit, random: VirtualRandom): void {
  if (!unit.restless) return;
  const pin = world.people.strangersPin();
  if (unit.present({ kind: CredentialKind.pin, secret: pin, secondPin: undefined }, random.chance(0.3) ? 250 : 0, random.chance(0.4))) world.attempts += 1;
}

/** Guesses one after the other, and pulls the plug in between to gain attempts (X8). */
function hammer(world: LivingWorld, unit: DoorUnit, random: VirtualRandom): void {
  let left = 14;
  world.faults.add("hammering");
  const next = (): void => {
    if (left-- === 0) return;
    if (random.chance(0.4)) unit.board.cutAfter(random.below(5), "after");
    guesses(world, unit, random);
    world.clock.set(next, 9_000 + random.below(40_000));
  };
  next();
}

function pressExit(world: LivingWorld, unit: DoorUnit): void {
  unit.watch.openings.exitPressed();
  unit.board.pressExit(true);
  world.clock.set(() => unit.board.pressExit(false), 400);
}

/** The network is there for a while, more or less good. */
function connect(world: LivingWorld, unit: DoorUnit, random: VirtualRandom): void {
  const { network } = unit;
  if (unit.remote && unit.restless) return carries(world, unit, random);
  if (network.up || world.clock.now < unit.aloneUntil) return;
  network.noise = random.chance(0.4) ? QUIET : { drop: random.below(25) / 100, duplicate: random.below(15) / 100, late: random.below(20) / 100 };
  network.appear();
  if (random.chance(0.4)) world.clock.set(() => interfere(world, unit, random), 200 + random.below(60_000));
  if (random.chance(0.1)) world.clock.set(() => world.cloud.unlock(unit.number, 1), 1_000 + random.below(30_000));
  if (random.chance(0.1)) world.clock.set(() => restartBroker(world, unit), random.below(60_000));
  const silently = random.chance(0.4);
  world.clock.set(
    () => {
      // What has healed stays for a while.
      if (!unit.restless) return;
      if (silently) world.faults.add("partition");
      network.vanish(silently);
    },
    20_000 + random.below(random.chance(0.8) ? 6 * MINUTE_MS : HOUR_MS),
  );
}

function restartBroker({ faults }: LivingWorld, { network }: DoorUnit): void {
  if (network.connected) faults.add("broker restart");
  network.breakConnection();
}

/** While there is a connection, somebody hostile has something to say. */
function interfere({ units }: LivingWorld, { hostile, network, number }: DoorUnit, random: VirtualRandom): void {
  switch (random.below(4)) {
    case 0:
      return units[(number + 1) % units.length].hostile.misdeliver(network);
    case 1:
      return hostile.tamper(network);
    default:
      return hostile.replay(network, 1 + random.below(4));
  }
}

/** Other times, and now and then hours in which the door stands open. */
function drawPolicy(policy: PolicyContent, random: VirtualRandom): PolicyContent {
  const start = 60 * random.below(24);
  const hours = random.chance(0.6) ? [{ days: 1 + random.below(127), start, end: start + 30 + 60 * random.below(12), onHolidays: random.chance(0.3) }] : [];
  return { ...policy, unlockSeconds: 2 + random.below(9), outputSeconds: [random.below(4), 0, 0], hours, firstInClasses: random.chance(0.5) ? random.below(8) : 0 };
}

function moveIn(world: LivingWorld, random: VirtualRandom, count: number): void {
  const { people, cloud } = world;
  for (let i = 0; i < count; i++) {
    const holderClass = [HolderClass.guest, HolderClass.guest, HolderClass.staff, HolderClass.resident][random.below(4)];
    const { rights, doors } = people.add(cloud.now, holderClass);
    for (const right of rights) cloud.grant(right, doors, 1 + random.below(2_000));
  }
}

/** Takes people their rights; some of them come back at once, and when the cloud says that it is over. */
function moveOut(world: LivingWorld, door: number, random: VirtualRandom, count: number): void {
  const { people, cloud, clock } = world;
  for (let i = 0; i < count; i++) {
    const live = people.liveAt(door);
    if (live.length < 8) return;
    const leaver = live[random.below(live.length)];
    const delayMs = random.chance(0.8) ? random.below(1_500) : random.below(30 * MINUTE_MS);
    if (delayMs > MINUTE_MS) world.faults.add("slow outbox");
    cloud.revoke(leaver.rights, delayMs);
    if (i > 2) continue;
    for (const number of leaver.doors) {
      const unit = world.units[number];
      clock.set(() => somebodyComes(world, unit, random, leaver), 2_000 + random.below(MINUTE_MS));
      for (const at of cloud.doors[number]!.rights) {
        if (at.right !== leaver.rights[0] || at.promisedUntil === Infinity) continue;
        const end = at.promisedUntil * 1_000 - clock.unixMs;
        for (const before of [1_200_000, 980_000, 960_000, 61_000, 12_000, 3_000, -1_000, -60_000, -600_000, -1_800_000, -3_600_000, -9_000_000]) {
          const inMs = end - before - random.below(30_000);
          if (inMs > 0) clock.set(() => somebodyComes(world, unit, random, leaver), inMs);
        }
      }
    }
  }
}

/** The log fills up while nobody fetches it. */
function flood(world: LivingWorld, unit: DoorUnit): void {
  world.faults.add("event flood");
  let left = FLOOD_EVENTS;
  unit.network.vanish(false);
  // And so it stays for half a day.
  unit.aloneUntil = world.clock.now + FLOOD_EVENTS * FLOOD_PAUSE_MS + 12 * HOUR_MS;
  const toggle = (): void => {
    if (left-- <= 0) return;
    unit.board.setLeaf(left % 2 === 0);
    world.clock.set(toggle, FLOOD_PAUSE_MS);
  };
  toggle();
}

function disturbClock(world: LivingWorld, unit: DoorUnit, random: VirtualRandom): void {
  const { rtc } = unit.board;
  if (rtc === undefined) return;
  const choice = random.below(3);
  if (choice === 0) rtc.lose();
  else rtc.time = world.clock.unixMs + (choice === 1 ? -YEARS_10_MS : YEARS_10_MS);
  world.faults.add(["clock chip lost", "clock chip 10 years back", "clock chip 10 years ahead"][choice]);
  // It shows at the next start.
  unit.board.powerOff();
}

/** Hours or years back, and the board is without power for long enough to make it worth while. */
function turnClockBack(world: LivingWorld, unit: DoorUnit, random: VirtualRandom): void {
  const { rtc } = unit.board;
  if (rtc === undefined || !unit.restless) return;
  world.faults.add("clock chip turned back");
  unit.darkMs = HOUR_MS + random.below(6 * HOUR_MS);
  unit.board.powerOff();
  rtc.time = world.clock.unixMs - [12 * HOUR_MS, 100 * HOUR_MS, YEARS_10_MS][random.below(3)];
  unit.chipTouched = true;
}
