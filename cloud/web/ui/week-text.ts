import type { Words } from "../language/en";
import { clockOf, dayRanges, DAYS, inWeekOrder, minutesOf, type Block, type WeekWindow } from "./week-grid";

/** A Monday, for the names of days. */
const MONDAY_MS = Date.UTC(2026, 0, 5);

/** @param day 0 = Monday. */
export function dayName(day: number, language: string, weekday: "long" | "short" = "long"): string {
  return new Intl.DateTimeFormat(language, { weekday, timeZone: "UTC" }).format(MONDAY_MS + day * 86_400_000);
}

/** @returns e.g. `Monday–Friday 08:00–18:00, on holidays too`. */
export function windowText(window: WeekWindow, { week }: Words, language: string): string {
  const times = timesText(window.start, window.end, week);
  const text = `${daysText(window.days, week, language)} ${times}`;
  return window.onHolidays ? week.onHolidaysToo(text) : text;
}

/** All of them in a line; none: `none`, as the place understands it. */
export function windowsText(windows: readonly WeekWindow[], words: Words, language: string, none = words.week.always): string {
  return windows.length === 0 ? none : inWeekOrder(windows).map((window) => windowText(window, words, language)).join("; ");
}

/** @returns e.g. `Monday 08:00–18:00`. */
export function blockText({ day, start, end }: Block, { week }: Words, language: string): string {
  return `${dayName(day, language)} ${timesText(clockOf(start), clockOf(end), week)}`;
}

function daysText(days: WeekWindow["days"], week: Words["week"], language: string): string {
  if (days.length === DAYS.length) return week.everyDay;
  return new Intl.ListFormat(language, { style: "narrow" }).format(dayRanges(days).map(([from, to]) => (from === to ? dayName(from, language) : week.dayRange(dayName(from, language), dayName(to, language)))));
}

function timesText(start: string, end: string, week: Words["week"]): string {
  const [from, to] = [minutesOf(start), minutesOf(end)];
  return from !== undefined && to !== undefined && to <= from ? week.overnight(start, end) : week.times(start, end);
}
