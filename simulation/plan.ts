import { VirtualRandom } from "../hardware-sim/virtual-random";
import type { Step, StepKind } from "./step";

const DAY_MS = 86_400_000;

/** How often a step of a kind comes, per door and day. */
export type Rates = Readonly<Partial<Record<StepKind, number>>>;

/** An ordinary door's day: people, and some connection. */
export const PEOPLE: Rates = { present: 2, revoked: 0.4, edge: 0.15, "worn use": 0.05, guess: 0.22, exit: 0.22, leaf: 0.2, episode: 0.55, courier: 0.06, upkeep: 0.12 };
export const MANAGERS: Rates = { grant: 0.13, revoke: 0.13, bulk: 0.008, "lock state": 0.06, "lift throttle": 0.04, "rotate keys": 0.012, "door policy": 0.05, "remote unlock": 0.03 };
/** What may go wrong and heals by itself. */
export const FAULTS: Rates = { "power cut": 0.035, "armed cut": 0.11, "broker restart": 0.02, "bit flip": 0.12, replay: 0.11, tamper: 0.11, misdeliver: 0.05, "time server": 0.06, jam: 0.07, "hold time": 0.06, hammer: 0.008, "clock chip": 0.02, "event flood": 0.0002, "hostile radio": 0.05, "hostile courier": 0.05 };
/** What no door can heal from by itself, but must not open for. */
export const RUTHLESS: Rates = { "old list restored": 0.02 };

/** The steps of one day, in order; they depend on nothing but the seed, so any of them can be left out of a run. */
export function planDay(seed: string, day: number, doors: number, rates: Rates, first: number, bustle = 1): Step[] {
  const random = new VirtualRandom(`${seed} day ${day}`);
  const steps: Step[] = [];
  for (let door = 0; door < doors; door++) {
    for (const kind of Object.keys(rates) as StepKind[]) {
      const rate = rates[kind]! * bustle;
      let count = Math.floor(rate);
      if (random.chance(rate - count)) count += 1;
      for (let i = 0; i < count; i++) steps.push({ number: 0, at: day * DAY_MS + random.below(DAY_MS), kind, door, seed: random.u32() });
    }
  }
  steps.sort((a, b) => a.at - b.at || a.door - b.door || a.seed - b.seed);
  steps.forEach((step, index) => (step.number = first + index));
  return steps;
}
