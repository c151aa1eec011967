import { DAY_MINUTES } from "../../../protocol/schedule";

/** Weekly windows (N9) as blocks of a drawn week, and back. Pure: minutes are those of the property's wall clock. */

export const DAYS = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"] as const;
export type Day = (typeof DAYS)[number];

/** As the API has it. */
export interface WeekWindow {
  days: Day[];
  /** HH:MM. */
  start: string;
  /** HH:MM, exclusive; at or before the start: on the following day; 24:00 = midnight. */
  end: string;
  onHolidays: boolean;
}

/** What a window is on one of its days. */
export interface Block {
  /** 0 = Monday: the day on which it starts. */
  day: number;
  /** Minutes since that day's midnight. */
  start: number;
  /** Exclusive; past 1440 it runs over midnight. */
  end: number;
  onHolidays: boolean;
}

/** What is drawn of a block in one column: a night has two. */
export interface Segment {
  block: Block;
  /** Column. */
  day: number;
  /** Minutes since that column's midnight. */
  from: number;
  to: number;
  /** Whether the block begins and ends in this column. */
  first: boolean;
  last: boolean;
}

/** The mouse goes by these; a time that is typed may be any minute. */
export const STEP_MINUTES = 15;
export const WEEK_MINUTES = 7 * DAY_MINUTES;

/** @param text HH:MM. @returns minutes since midnight; undefined: it is no time. */
export function minutesOf(text: string): number | undefined {
  const [, hours, minutes] = /^(\d\d):(\d\d)$/.exec(text) ?? [];
  if (hours === undefined) return undefined;
  const found = Number(hours) * 60 + Number(minutes);
  return Number(minutes) < 60 && found <= DAY_MINUTES ? found : undefined;
}

/** @param minutes past 1440: of the day after; 1440 itself is `24:00`. */
export function clockOf(minutes: number): string {
  const within = minutes > DAY_MINUTES ? minutes - DAY_MINUTES : minutes;
  return `${String(Math.floor(within / 60)).padStart(2, "0")}:${String(within % 60).padStart(2, "0")}`;
}

/** @returns what a window is on a day of its own; undefined where it has no time yet, or starts when it ends. */
function blockOn(window: WeekWindow, day: Day): Block | undefined {
  const [start, end] = [minutesOf(window.start), minutesOf(window.end)];
  if (start === undefined || end === undefined || start === end || start === DAY_MINUTES) return undefined;
  return { day: DAYS.indexOf(day), start, end: end > start ? end : end + DAY_MINUTES, onHolidays: window.onHolidays };
}

export function blocksOf(windows: readonly WeekWindow[]): Block[] {
  return windows.flatMap((window) => window.days.flatMap((day) => blockOn(window, day) ?? []));
}

export function segmentsOf(blocks: readonly Block[]): Segment[] {
  return blocks.flatMap((block) => {
    const { day, start, end } = block;
    const whole = { block, day, from: start, to: Math.min(end, DAY_MINUTES), first: true, last: end <= DAY_MINUTES };
    // A Sunday's night runs on into Monday.
    return whole.last ? [whole] : [whole, { block, day: (day + 1) % 7, from: 0, to: end - DAY_MINUTES, first: false, last: true }];
  });
}

/** Half-open: one that ends when the next begins only touches it. */
export function overlapping(a: Block, b: Block): boolean {
  return segmentsOf([a]).some((one) => segmentsOf([b]).some((other) => one.day === other.day && one.from < other.to && other.from < one.to));
}

export function sameBlock(a: Block, b: Block): boolean {
  return a.day === b.day && a.start === b.start && a.end === b.end;
}

/** The first two windows that share a minute of the week, by their places, and the blocks that do. */
export function firstOverlap(windows: readonly WeekWindow[]): { windows: [number, number]; blocks: [Block, Block] } | undefined {
  const found = windows.flatMap((window, index) => blocksOf([window]).map((block) => ({ index, block })));
  for (const [at, b] of found.entries()) {
    for (const a of found.slice(0, at)) {
      if (overlapping(a.block, b.block)) return { windows: [a.index, b.index], blocks: [a.block, b.block] };
    }
  }
  return undefined;
}

/** Takes a block out of its window; the window's other days stay, one without days goes. */
export function withoutBlock(windows: readonly WeekWindow[], block: Block): WeekWindow[] {
  return windows.flatMap((window) => {
    const days = window.days.filter((day) => {
      const each = blockOn(window, day);
      return each === undefined || !sameBlock(each, block);
    });
    return days.length === 0 && window.days.length > 0 ? [] : [days.length === window.days.length ? window : { ...window, days }];
  });
}

/** Adds a block: a day more to the window that has its times, or a window of its own. */
export function withBlock(windows: readonly WeekWindow[], block: Block): WeekWindow[] {
  const day = DAYS[block.day];
  const fits = windows.findIndex((window) => {
    const [some] = blocksOf([window]);
    return some !== undefined && some.start === block.start && some.end === block.end && window.onHolidays === block.onHolidays;
  });
  if (fits === -1) return [...windows, { days: [day], start: clockOf(block.start), end: clockOf(block.end), onHolidays: block.onHolidays }];
  return windows.map((window, index) => (index === fits ? { ...window, days: DAYS.filter((each) => each === day || window.days.includes(each)) } : window));
}

/** For reading: by their first day, then by their start. */
export function inWeekOrder(windows: readonly WeekWindow[]): WeekWindow[] {
  const place = ({ days, start }: WeekWindow): number => Math.min(...days.map((day) => DAYS.indexOf(day))) * DAY_MINUTES + (minutesOf(start) ?? 0);
  return [...windows].sort((a, b) => place(a) - place(b));
}

/** Days in a row as ranges of at least three: Monday to Friday, and each of the others by itself. Numbers from 0 = Monday. */
export function dayRanges(days: readonly Day[]): [from: number, to: number][] {
  const ranges: [number, number][] = [];
  for (const [index, day] of DAYS.entries()) {
    if (!days.includes(day)) continue;
    const last = ranges.at(-1);
    if (last !== undefined && last[1] === index - 1) last[1] = index;
    else ranges.push([index, index]);
  }
  return ranges.flatMap(([from, to]): [number, number][] => (to === from + 1 ? [[from, from], [to, to]] : [[from, to]]));
}
