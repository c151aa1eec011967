import { DAY_MINUTES, LAST_RULE, ON_HOLIDAYS, type ScheduleRule } from "../../protocol/schedule";

/** A weekly window of a grant (N9), in the wall-clock time of the door's property. */
export interface Window {
  /** Bit mask: bit 0 Monday … bit 6 Sunday; the day on which the window starts. */
  days: number;
  /** Minutes since midnight, 0–1439. */
  start: number;
  /** Exclusive; past 1440 the window runs over midnight. */
  end: number;
  /** Whether it holds on the property's holidays as well. */
  onHolidays: boolean;
}

const WEEK_MINUTES = 7 * DAY_MINUTES;

/** In one order, so that equal schedules are equal texts and are pooled. */
export function sortWindows(windows: readonly Window[]): Window[] {
  if (windows.length < 2) return [...windows];
  return [...windows].sort((a, b) => a.start - b.start || a.end - b.end || a.days - b.days || Number(a.onHolidays) - Number(b.onHolidays));
}

/** A schedule rule that is not yet linked to its followers. */
export function windowToRule(window: Window): ScheduleRule {
  return { days: window.days | (window.onHolidays ? ON_HOLIDAYS : 0), start: window.start, end: window.end, next: LAST_RULE };
}

export function ruleToWindow(rule: ScheduleRule): Window {
  return { days: rule.days & ~ON_HOLIDAYS, start: rule.start, end: rule.end, onHolidays: (rule.days & ON_HOLIDAYS) !== 0 };
}

/**
 * The first two windows that share a minute of the week, by their places in `windows`. Windows are half-open:
 * one that ends when the next begins only touches it. A Sunday's night runs on into Monday.
 */
export function findOverlap(windows: readonly Window[]): [number, number] | undefined {
  const intervals: { from: number; to: number; window: number }[] = [];
  windows.forEach((window, index) => {
    for (let day = 0; day < 7; day++) {
      if (((window.days >> day) & 1) === 0) continue;
      const from = day * DAY_MINUTES + window.start;
      const to = day * DAY_MINUTES + window.end;
      intervals.push({ from, to: Math.min(to, WEEK_MINUTES), window: index });
      if (to > WEEK_MINUTES) intervals.push({ from: 0, to: to - WEEK_MINUTES, window: index });
    }
  });
  intervals.sort((a, b) => a.from - b.from);
  for (let i = 1; i < intervals.length; i++) {
    if (intervals[i].from < intervals[i - 1].to) {
      const pair = [intervals[i - 1].window, intervals[i].window];
      return [Math.min(...pair), Math.max(...pair)];
    }
  }
  return undefined;
}
