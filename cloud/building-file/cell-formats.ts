import { Temporal } from "temporal-polyfill";
import { NO_END, OUTPUTS_MAX } from "../../protocol/profile";
import { DAY_MINUTES } from "../../protocol/schedule";
import { SCHEDULE_CHAIN_MAX } from "../../protocol/limits";
import { sortWindows, type Window } from "../access/window";

/** Between a cell's words and the cloud's numbers. Whatever cannot be read is undefined. */

/** Between the parts of a cell that lists something. */
export const LIST_SEPARATOR = "|";

export function parseList(text: string): string[] {
  return text.split(LIST_SEPARATOR).map((part) => part.trim()).filter((part) => part !== "");
}

export function formatList(parts: readonly string[]): string {
  return parts.join(` ${LIST_SEPARATOR} `);
}

const DAYS = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];
const WINDOW = /^(daily|[a-z]{3}(?:-[a-z]{3})?(?: ?, ?[a-z]{3}(?:-[a-z]{3})?)*) +([0-2]?[0-9]):([0-5][0-9]) ?[-–] ?([0-2]?[0-9]):([0-5][0-9])( +holidays)?$/;

/** `mon-fri 08:00-18:00 | sat 09:00-12:00 holidays`; an end at or before the start is on the following day. */
export function parseWindows(text: string): Window[] | undefined {
  const windows = parseList(text.toLowerCase()).map(parseWindow);
  if (windows.length > SCHEDULE_CHAIN_MAX || windows.includes(undefined)) return undefined;
  return sortWindows(windows as Window[]);
}

function parseWindow(text: string): Window | undefined {
  const match = WINDOW.exec(text);
  if (match === null) return undefined;
  const [, names, startHour, startMinute, endHour, endMinute, holidays] = match;
  const days = parseDays(names);
  const start = Number(startHour) * 60 + Number(startMinute);
  const end = Number(endHour) * 60 + Number(endMinute);
  if (days === undefined || start >= DAY_MINUTES || end > DAY_MINUTES || start === end) return undefined;
  return { days, start, end: end > start ? end : end + DAY_MINUTES, onHolidays: holidays !== undefined };
}

function parseDays(text: string): number | undefined {
  if (text === "daily") return ALL_DAYS;
  let mask = 0;
  for (const part of text.split(",")) {
    const [from, to = from] = part.trim().split("-").map((name) => DAYS.indexOf(name));
    if (from < 0 || to < 0) return undefined;
    for (let day = from; ; day = (day + 1) % 7) {
      mask |= 1 << day;
      if (day === to) break;
    }
  }
  return mask;
}

const ALL_DAYS = 0x7f;

export function formatWindows(windows: readonly Window[]): string {
  return formatList(sortWindows(windows).map(({ days, start, end, onHolidays }) => `${formatDays(days)} ${clock(start)}-${end === DAY_MINUTES ? "24:00" : clock(end % DAY_MINUTES)}${onHolidays ? " holidays" : ""}`));
}

function formatDays(mask: number): string {
  if (mask === ALL_DAYS) return "daily";
  const parts: string[] = [];
  for (let day = 0; day < 7; day++) {
    if (((mask >> day) & 1) === 0) continue;
    let last = day;
    while (last < 6 && ((mask >> (last + 1)) & 1) === 1) last++;
    parts.push(last === day ? DAYS[day] : `${DAYS[day]}-${DAYS[last]}`);
    day = last;
  }
  return parts.join(",");
}

function clock(minute: number): string {
  return `${String(Math.floor(minute / 60)).padStart(2, "0")}:${String(minute % 60).padStart(2, "0")}`;
}

/**
 * An instant, or a day or a time by the property's clock: `2026-12-24`, `2026-12-24 18:00`, `2026-12-24T18:00:00+01:00`.
 * @param edge a day begins with its first second, and ends with its last.
 * @returns Unix seconds.
 */
export function parseMoment(text: string, timeZone: string, edge: "start" | "end"): number | undefined {
  try {
    const seconds = Math.floor(momentOf(text, timeZone, edge) / 1_000);
    return seconds > 0 && seconds < NO_END ? seconds : undefined;
  } catch {
    return undefined; // no such day or time
  }
}

function momentOf(text: string, timeZone: string, edge: "start" | "end"): number {
  if (/^\d{4}-\d{2}-\d{2}$/.test(text)) {
    const day = Temporal.PlainDate.from(text);
    return (edge === "start" ? day : day.add({ days: 1 })).toZonedDateTime(timeZone).epochMilliseconds;
  }
  if (/^\d{4}-\d{2}-\d{2}[ T]\d{2}:\d{2}(:\d{2})?$/.test(text)) return Temporal.PlainDateTime.from(text.replace(" ", "T")).toZonedDateTime(timeZone).epochMilliseconds;
  if (/^\d{4}-\d{2}-\d{2}[ Tt]\d{2}:\d{2}(:\d{2})?([zZ]|[+-]\d{2}:\d{2})$/.test(text)) return Temporal.Instant.from(text.replace(" ", "T")).epochMilliseconds;
  return Number.NaN;
}

/** By the property's clock, with its offset: that is unambiguous when a clock is turned back. */
export function formatMoment(unixSeconds: number, timeZone: string): string {
  return Temporal.Instant.fromEpochMilliseconds(unixSeconds * 1_000).toZonedDateTimeISO(timeZone).toString({ timeZoneName: "never", smallestUnit: "second" });
}

/** `0 | 1`; 0 is the door itself. @returns bit mask. */
export function parseOutputs(text: string): number | undefined {
  let mask = 0;
  for (const part of parseList(text)) {
    if (!/^[0-9]$/.test(part) || Number(part) >= OUTPUTS_MAX) return undefined;
    mask |= 1 << Number(part);
  }
  return mask === 0 ? undefined : mask;
}

export function formatOutputs(mask: number): string {
  return formatList(Array.from({ length: OUTPUTS_MAX }, (_, output) => output).filter((output) => (mask >> output) & 1).map(String));
}
