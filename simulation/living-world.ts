import type { VirtualClock } from "../hardware-sim/virtual-clock";
import type { SimCloud } from "./cloud/sim-cloud";
import type { DoorUnit } from "./door-unit";
import type { Phones } from "./phones/phones";
import type { Population } from "./population";
import type { Tally } from "./tally";
import type { Trace } from "./trace";
import type { Invariant, Violation } from "./violation";

/** What steps and healing find in a world, and what they may do to it. */
export interface LivingWorld {
  readonly clock: VirtualClock;
  readonly trace: Trace;
  readonly faults: Tally;
  readonly units: readonly DoorUnit[];
  readonly people: Population;
  readonly phones: Phones;
  readonly cloud: SimCloud;
  readonly violation: Violation | undefined;
  /** Credentials presented so far. */
  attempts: number;
  /** Lets time pass, as long as all holds. */
  pass(milliseconds: number): void;
  fail(invariant: Invariant, text: string, door: number): void;
}
