import { readU16, writeU16 } from "./bytes";
import { HOLIDAYS_MAX, SCHEDULE_CHAIN_MAX, SCHEDULE_RULE_BYTES } from "./limits";
import type { LocalTime } from "./utc-offsets";

/**
 * One weekly window (N9), 8 bytes: days (u8) ‖ 0 ‖ start (u16) ‖ end (u16) ‖ next rule (u16).
 * Days: bit 0 Monday … bit 6 Sunday, bit 7 set where the window holds on holidays as well.
 */
export interface ScheduleRule {
  days: number;
  /** Minutes of the wall clock, 0–1439. */
  start: number;
  /** Exclusive, start < end ≤ 2880; past 1440 the window runs over midnight and belongs to the day it starts on. */
  end: number;
  /** Index of the next window of this schedule, or LAST_RULE. */
  next: number;
}

export const LAST_RULE = 0xffff;
export const ON_HOLIDAYS = 1 << 7;
export const DAY_MINUTES = 1_440;

export function encodeScheduleRule(rule: ScheduleRule): Uint8Array {
  const bytes = new Uint8Array(SCHEDULE_RULE_BYTES);
  bytes[0] = rule.days;
  writeU16(bytes, 2, rule.start);
  writeU16(bytes, 4, rule.end);
  writeU16(bytes, 6, rule.next);
  return bytes;
}

/** @returns undefined where the bytes are not a rule. */
export function decodeScheduleRule(bytes: Uint8Array, at = 0): ScheduleRule | undefined {
  const rule = { days: bytes[at], start: readU16(bytes, at + 2), end: readU16(bytes, at + 4), next: readU16(bytes, at + 6) };
  const sound = bytes[at + 1] === 0 && rule.start < DAY_MINUTES && rule.end > rule.start && rule.end <= 2 * DAY_MINUTES;
  return sound ? rule : undefined;
}

/** Holidays: local days since 1970-01-01 as u16, ascending, in one byte string. */
export function encodeHolidays(days: readonly number[]): Uint8Array {
  const bytes = new Uint8Array(days.length * 2);
  days.forEach((day, index) => writeU16(bytes, index * 2, day));
  if (!isHolidays(bytes)) throw new Error("not a list of holidays");
  return bytes;
}

export function isHolidays(bytes: Uint8Array): boolean {
  if (bytes.length % 2 !== 0 || bytes.length > 2 * HOLIDAYS_MAX) return false;
  for (let at = 2; at < bytes.length; at += 2) {
    if (readU16(bytes, at) <= readU16(bytes, at - 2)) return false;
  }
  return true;
}

export function isHoliday(holidays: Uint8Array, day: number): boolean {
  for (let at = 0; at < holidays.length; at += 2) {
    if (readU16(holidays, at) === day) return true;
  }
  return false;
}

export type ScheduleVerdict = "inside" | "outside" | "holiday";

/**
 * Whether the wall clock stands inside one of a schedule's windows. Windows are wall-clock times: in the hour
 * that a DST change repeats they hold twice, in the hour that it leaves out they do not occur.
 * @param first index of the schedule's first rule.
 * @param ruleAt reads a rule; undefined (no such rule, or damaged) ends the chain.
 * @returns `holiday` where a window would hold but for the holiday.
 */
export function evaluateSchedule(first: number, ruleAt: (index: number) => ScheduleRule | undefined, holidays: Uint8Array, now: LocalTime): ScheduleVerdict {
  let verdict: ScheduleVerdict = "outside";
  const yesterday = (now.weekday + 6) % 7;
  let index = first;
  for (let count = 0; index !== LAST_RULE && count < SCHEDULE_CHAIN_MAX; count++) {
    const rule = ruleAt(index);
    if (rule === undefined) break;
    // A window of more than a day meets the next day's: then both hold, and either will do.
    const today = ((rule.days >> now.weekday) & 1) !== 0 && now.minute >= rule.start && now.minute < rule.end;
    const sinceYesterday = ((rule.days >> yesterday) & 1) !== 0 && now.minute + DAY_MINUTES >= rule.start && now.minute + DAY_MINUTES < rule.end;
    if (today || sinceYesterday) {
      const onHolidays = (rule.days & ON_HOLIDAYS) !== 0;
      if (today && (onHolidays || !isHoliday(holidays, now.day))) return "inside";
      if (sinceYesterday && (onHolidays || !isHoliday(holidays, now.day - 1))) return "inside";
      verdict = "holiday";
    }
    index = rule.next;
  }
  return verdict;
}

/** One occurrence of a rule's window. */
export interface OpenWindow {
  /** Local day on which it began, since 1970-01-01. */
  day: number;
  /** As in its rule. */
  start: number;
  end: number;
}

/** The occurrences of windows in which the wall clock stands, without those that a holiday cancels. */
export function windowsAt(first: number, ruleAt: (index: number) => ScheduleRule | undefined, holidays: Uint8Array, now: LocalTime): OpenWindow[] {
  const found: OpenWindow[] = [];
  for (const { days, start, end } of rulesFrom(first, ruleAt)) {
    for (let daysAgo = 0; daysAgo < 2; daysAgo++) {
      const minute = now.minute + daysAgo * DAY_MINUTES;
      const begins = ((days >> ((now.weekday + 7 - daysAgo) % 7)) & 1) !== 0;
      if (!begins || minute < start || minute >= end) continue;
      const day = now.day - daysAgo;
      if ((days & ON_HOLIDAYS) !== 0 || !isHoliday(holidays, day)) found.push({ day, start, end });
    }
  }
  return found;
}

/** Minutes of the wall clock, at most until midnight, in which no window of a schedule begins or ends. */
export function minutesToBoundary(first: number, ruleAt: (index: number) => ScheduleRule | undefined, now: LocalTime): number {
  let least = DAY_MINUTES - now.minute;
  for (const { start, end } of rulesFrom(first, ruleAt)) {
    for (const boundary of [start, end, end - DAY_MINUTES]) if (boundary > now.minute) least = Math.min(least, boundary - now.minute);
  }
  return least;
}

function rulesFrom(first: number, ruleAt: (index: number) => ScheduleRule | undefined): ScheduleRule[] {
  const rules: ScheduleRule[] = [];
  for (let index = first; index !== LAST_RULE && rules.length < SCHEDULE_CHAIN_MAX; ) {
    const rule = ruleAt(index);
    if (rule === undefined) break;
    rules.push(rule);
    index = rule.next;
  }
  return rules;
}
