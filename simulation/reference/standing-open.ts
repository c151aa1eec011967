import type { ReferenceClass, ReferenceList } from "./reference-list";
import { occurrencesAt } from "./wall-clock";

/** Door hours of which somebody of the first-in classes has come in: `hoursNow` of that moment. */
export type FirstIns = ReadonlySet<string>;

/** The door hours that hold at an instant, each by a name that no other occurrence has. */
export function hoursNow(list: ReferenceList, time: number): string[] {
  const { hours } = list;
  if (hours === undefined) return [];
  return occurrencesAt(list, hours.windows, time)
    .filter(({ onHoliday, window }) => !onHoliday || window.onHolidays)
    .map(({ began, window }) => `${began} ${window.start}-${window.end}`);
}

/** Whether a grant to somebody of this class begins the door hours that hold. */
export function beginsHours(list: ReferenceList, holderClass: ReferenceClass): boolean {
  return list.hours !== undefined && list.hours.firstIn.includes(holderClass);
}

/**
 * Whether a door may stand open with nobody having presented anything: hold-open by the manager, or its hours (N16).
 * @param time Unix seconds of the door's clock; undefined while unknown.
 */
export function mayStandOpen(list: ReferenceList | undefined, time: number | undefined, firstIns: FirstIns): boolean {
  if (list === undefined || list.lock === "lock-down") return false;
  if (list.lock === "hold-open") return true;
  if (time === undefined || list.hours === undefined) return false;
  const now = hoursNow(list, time);
  return list.hours.firstIn.length === 0 ? now.length > 0 : now.some((hours) => firstIns.has(hours));
}
