import { DEFAULT_LEASED_CLASSES, DEFAULT_POLICY, type DoorPolicy } from "../../protocol/door-policy";
import { type Manifest } from "../../protocol/manifest";
import { readU16 } from "../../protocol/bytes";
import { HolderClass } from "../../protocol/profile";
import { encodeHolidays } from "../../protocol/schedule";
import type { PropertyRow } from "../store/tables";
import { tableServes, utcOffsetTable } from "./utc-offset-table";

/** What a manifest says of a door apart from its rows. */
export interface DoorSurroundings {
  policy: DoorPolicy;
  utcOffsets: Uint8Array;
  holidays: Uint8Array;
}

const DAY_SECONDS = 86_400;

/** @param pinDigits of the longest PIN at the door. @param now Unix seconds. */
export function surroundingsOf(property: PropertyRow, pinDigits: number, now: number): DoorSurroundings {
  const residents = property.resident_lease_seconds === null ? 0 : 1 << HolderClass.resident;
  return {
    policy: { ...DEFAULT_POLICY, unlockSeconds: property.unlock_seconds, leasedClasses: DEFAULT_LEASED_CLASSES | residents, pinDigits },
    utcOffsets: utcOffsetTable(property.time_zone, now),
    holidays: encodeHolidays(holidayNumbers(property).filter((day) => day >= yesterday(now))),
  };
}

/** Whether a manifest that a door has needs no replacement on account of its surroundings. */
export function manifestServes(manifest: Manifest, property: PropertyRow, surroundings: DoorSurroundings, now: number): boolean {
  const { policy } = manifest;
  const wanted = surroundings.policy;
  const days = (bytes: Uint8Array) => Array.from({ length: bytes.length / 2 }, (_, i) => readU16(bytes, 2 * i)).filter((day) => day >= yesterday(now));
  return (
    policy.unlockSeconds === wanted.unlockSeconds &&
    policy.leasedClasses === wanted.leasedClasses &&
    // A longer PIN must fit; a shorter one ends with #, so fewer digits need no new list.
    policy.pinDigits >= wanted.pinDigits &&
    days(manifest.holidays).join() === days(surroundings.holidays).join() &&
    tableServes(manifest.utcOffsets, property.time_zone, now)
  );
}

/** The property's holidays as days since 1970-01-01, ascending. */
function holidayNumbers(property: PropertyRow): number[] {
  const dates = JSON.parse(property.holidays) as string[];
  return [...new Set(dates.map((date) => Date.parse(`${date}T00:00:00Z`) / (DAY_SECONDS * 1_000)))].sort((a, b) => a - b);
}

/** The day before today anywhere on Earth: a night's window may have begun then. */
function yesterday(now: number): number {
  return Math.floor(now / DAY_SECONDS) - 2;
}
