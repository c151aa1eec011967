import type { ReferenceList, ReferenceWindow } from "./reference-list";

/** What of a list tells the wall clock of a house. */
export type House = Pick<ReferenceList, "offsets" | "holidays">;

const MINUTES_OF_DAY = 24 * 60;
const MINUTES_OF_WEEK = 7 * MINUTES_OF_DAY;
/** 1970-01-05, the first Monday of the count. */
const FIRST_MONDAY = 4 * MINUTES_OF_DAY;

/** Minutes of the wall clock since 1970-01-01T00:00, as somebody who reads it off the wall counts them. */
function wallMinutes(house: House, unixSeconds: number): number {
  let ahead = 0;
  for (const { from, minutes } of house.offsets) if (from <= unixSeconds) ahead = minutes;
  return Math.floor(unixSeconds / 60) + ahead;
}

/** A window of which the wall clock stands inside: which of its occurrences, and whether that one is cancelled by a holiday. */
export interface Occurrence {
  /** Date on which it began, `YYYY-MM-DD`. */
  began: string;
  onHoliday: boolean;
  window: ReferenceWindow;
}

/** The occurrences of windows that the wall clock stands in, holidays or not. */
export function occurrencesAt(house: House, windows: readonly ReferenceWindow[], unixSeconds: number): Occurrence[] {
  const now = wallMinutes(house, unixSeconds);
  const sinceMonday = (((now - FIRST_MONDAY) % MINUTES_OF_WEEK) + MINUTES_OF_WEEK) % MINUTES_OF_WEEK;
  const found: Occurrence[] = [];
  for (const window of windows) {
    for (const day of window.days) {
      // A window that begins on a Sunday may reach into the week after.
      for (const minute of [sinceMonday, sinceMonday + MINUTES_OF_WEEK]) {
        const sinceItsDay = minute - day * MINUTES_OF_DAY;
        if (sinceItsDay < window.start || sinceItsDay >= window.end) continue;
        const began = dateOf((now - sinceItsDay) / MINUTES_OF_DAY);
        found.push({ began, window, onHoliday: house.holidays.includes(began) });
      }
    }
  }
  return found;
}

/** Where a clock stands with respect to windows: a holiday counts against those that do not hold on holidays. */
export function windowVerdict(house: House, windows: readonly ReferenceWindow[], unixSeconds: number): "inside" | "outside" | "holiday" {
  const occurrences = occurrencesAt(house, windows, unixSeconds);
  if (occurrences.some(({ onHoliday, window }) => !onHoliday || window.onHolidays)) return "inside";
  return occurrences.length > 0 ? "holiday" : "outside";
}

/**
 * The date of a day, found by turning the pages of a calendar.
 * @param days whole days since 1970-01-01.
 */
export function dateOf(days: number): string {
  let left = days;
  let year = 1970;
  for (; left < 0; year--) left += daysOfYear(year - 1);
  for (; left >= daysOfYear(year); year++) left -= daysOfYear(year);
  let month = 1;
  for (; left >= daysOfMonth(year, month); month++) left -= daysOfMonth(year, month);
  return `${year}-${twoDigits(month)}-${twoDigits(left + 1)}`;
}

/** Whole days from 1970-01-01 to a date. @param month 1–12. @param day 1–31. */
export function dayNumber(year: number, month: number, day: number): number {
  let days = day - 1;
  for (let passed = 1970; passed < year; passed++) days += daysOfYear(passed);
  for (let passed = 1; passed < month; passed++) days += daysOfMonth(year, passed);
  return days;
}

/** 0 Monday … 6 Sunday. */
export function weekdayOf(days: number): number {
  let weekday = 3; // 1970-01-01 was a Thursday
  for (let week = 0; week < days % 7; week++) weekday = weekday === 6 ? 0 : weekday + 1;
  return weekday;
}

function isLeap(year: number): boolean {
  if (year % 400 === 0) return true;
  return year % 4 === 0 && year % 100 !== 0;
}

function daysOfYear(year: number): number {
  return isLeap(year) ? 366 : 365;
}

function daysOfMonth(year: number, month: number): number {
  if (month === 2) return isLeap(year) ? 29 : 28;
  return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31;
}

function twoDigits(number: number): string {
  return number < 10 ? `0${number}` : `${number}`;
}
