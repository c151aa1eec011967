import { LockState, type Delta } from "../../protocol/delta";
import type { DoorPolicy } from "../../protocol/door-policy";
import type { Window } from "../access/window";

/** What a policy says, apart from where the door's hours lie in a pool of rules. */
export interface PolicyContent extends Omit<DoorPolicy, "hoursRule"> {
  /** When the door stands open by itself (N16); none = never. */
  hours: readonly Window[];
}

/** What stands for a whole door until a manager changes it: part of every list (SPEC 5.6). */
export interface DoorOrders {
  policy: PolicyContent;
  lockState: LockState;
  /** How often a manager has lifted the keypad's lock-out. */
  throttleReset: number;
  /** The owner lets the door be claimed anew. */
  released: boolean;
}

/** Whether a base says it all: manifests carry the policy, and the rest is in deltas alone. */
export function needNoDelta({ lockState, throttleReset, released }: Omit<DoorOrders, "policy">): boolean {
  return lockState === LockState.normal && throttleReset === 0 && !released;
}

/** Whether a delta leaves its base as it is: then the base alone is the whole list. */
export function changesNothing(delta: Delta): boolean {
  const { tombstones, added, profiles, rules, policy } = delta;
  return needNoDelta(delta) && policy === undefined && tombstones.length + added.length + profiles.length + rules.length === 0;
}

export function samePolicy(a: DoorPolicy, b: DoorPolicy): boolean {
  return (
    a.unlockSeconds === b.unlockSeconds &&
    a.leasedClasses === b.leasedClasses &&
    a.pinDigits === b.pinDigits &&
    a.outputSeconds.every((seconds, index) => seconds === b.outputSeconds[index]) &&
    a.hoursRule === b.hoursRule &&
    a.firstInClasses === b.firstInClasses &&
    a.unitNumbers === b.unitNumbers
  );
}
