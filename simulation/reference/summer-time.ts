import { dayNumber, weekdayOf } from "./wall-clock";

export type Offsets = { from: number; minutes: number }[];

const HOUR_SECONDS = 3_600;
const DAY_SECONDS = 86_400;

/**
 * The offsets of a place that goes by the summer time of the European Union: an hour ahead from the last Sunday of
 * March to the last Sunday of October, each at 01:00 UTC.
 * @param standardMinutes that its winter time is ahead of UTC.
 */
export function europeanOffsets(standardMinutes: number, firstYear: number, years: number): Offsets {
  const offsets: Offsets = [{ from: 0, minutes: standardMinutes }];
  for (let year = firstYear; year < firstYear + years; year++) {
    offsets.push({ from: lastSunday(year, 3) * DAY_SECONDS + HOUR_SECONDS, minutes: standardMinutes + 60 });
    offsets.push({ from: lastSunday(year, 10) * DAY_SECONDS + HOUR_SECONDS, minutes: standardMinutes });
  }
  return offsets;
}

/** Sydney: ahead of its standard time from the first Sunday of October to the first Sunday of April, 02:00 standard time. */
export function sydneyOffsets(firstYear: number, years: number): Offsets {
  const standard = 10 * 60;
  const change = (year: number, month: number): number => firstSunday(year, month) * DAY_SECONDS + 2 * HOUR_SECONDS - standard * 60;
  const offsets: Offsets = [{ from: 0, minutes: standard + 60 }];
  for (let year = firstYear; year < firstYear + years; year++) {
    offsets.push({ from: change(year, 4), minutes: standard });
    offsets.push({ from: change(year, 10), minutes: standard + 60 });
  }
  return offsets;
}

function firstSunday(year: number, month: number): number {
  let day = dayNumber(year, month, 1);
  while (weekdayOf(day) !== 6) day += 1;
  return day;
}

/** Of a month of 31 days, as March and October are. */
function lastSunday(year: number, month: number): number {
  let day = dayNumber(year, month, 31);
  while (weekdayOf(day) !== 6) day -= 1;
  return day;
}
