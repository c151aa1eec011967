import { LockState } from "../../protocol/delta";
import { DEFAULT_LEASED_CLASSES, DEFAULT_POLICY } from "../../protocol/door-policy";
import { HolderClass } from "../../protocol/profile";
import type { Window } from "../access/window";
import type { DoorRow, LockStateName } from "../store/rows/door-rows";
import type { PropertyRow } from "../store/rows/property-rows";
import type { DoorOrders } from "./door-orders";

/** One of a door's outputs, by its place in the list: 0 is the strike. */
export interface DoorOutput {
  name: string;
  /** How long it stays open; null = as long as the property's doors do. */
  seconds: number | null;
}

export const LOCK_STATES: Record<LockStateName, LockState> = { normal: LockState.normal, "lock-down": LockState.lockDown, "hold-open": LockState.holdOpen };

/** What stands for a door, by the database. @param pinDigits of the longest PIN there; 0 without any. */
export function ordersOf(door: DoorRow, property: PropertyRow, pinDigits: number): DoorOrders {
  const residents = property.resident_lease_seconds === null ? 0 : 1 << HolderClass.resident;
  const [strike, ...others] = outputsOf(door);
  // 0 = as long as the strike, which may have a time of its own.
  const usual = strike === undefined || strike.seconds === null ? 0 : property.unlock_seconds;
  return {
    policy: {
      unlockSeconds: strike?.seconds ?? property.unlock_seconds,
      leasedClasses: DEFAULT_LEASED_CLASSES | residents,
      pinDigits: pinDigits || DEFAULT_POLICY.pinDigits,
      outputSeconds: DEFAULT_POLICY.outputSeconds.map((_, index) => others.at(index)?.seconds ?? usual),
      hours: JSON.parse(door.hours) as Window[],
      firstInClasses: door.first_in,
      unitNumbers: door.unit_numbers === 1,
    },
    lockState: LOCK_STATES[door.lock_state],
    throttleReset: door.throttle_reset,
    released: door.released_at !== null,
  };
}

export function outputsOf(door: Pick<DoorRow, "outputs">): DoorOutput[] {
  return JSON.parse(door.outputs) as DoorOutput[];
}
