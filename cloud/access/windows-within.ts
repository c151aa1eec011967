import { DAY_MINUTES } from "../../protocol/schedule";
import type { Window } from "./window";

const WEEK_MINUTES = 7 * DAY_MINUTES;

/**
 * Whether a schedule allows nothing that another one does not. None = always. On holidays a window counts only where
 * it says so, therefore those that hold then must lie within others that do.
 */
export function windowsWithin(inner: readonly Window[], outer: readonly Window[]): boolean {
  if (outer.length === 0) return true;
  if (inner.length === 0) return false;
  const always = minutesOf(outer);
  const onHolidays = minutesOf(outer.filter((window) => window.onHolidays));
  return inner.every((window) => {
    const reach = window.onHolidays ? onHolidays : always;
    return minutesOf([window]).every((held, minute) => !held || reach[minute]);
  });
}

/** For each minute of the week whether some window holds. A Sunday's night runs on into Monday. */
function minutesOf(windows: readonly Window[]): boolean[] {
  const minutes = new Array<boolean>(WEEK_MINUTES).fill(false);
  for (const { days, start, end } of windows) {
    for (let day = 0; day < 7; day++) {
      if (((days >> day) & 1) === 0) continue;
      for (let minute = day * DAY_MINUTES + start; minute < day * DAY_MINUTES + end; minute++) minutes[minute % WEEK_MINUTES] = true;
    }
  }
  return minutes;
}
