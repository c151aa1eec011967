import { Temporal } from "temporal-polyfill";
import type { Window } from "../access/window";
import { DAY_MINUTES } from "../../protocol/schedule";

/** Longest that quiet hours are followed: a week of them is all the time there is. */
const DAYS_AHEAD_MAX = 8;

/**
 * When somebody may be told: now, or when the last of the quiet windows that follow upon each other has ended (N13).
 * Windows are of the wall clock of the property; one over midnight is of the day on which it starts. Where the clock
 * jumps, an end that it skips comes an hour later by the new time.
 * @param windows quiet on holidays as on other days. @param timeZone an IANA zone. @param now Unix seconds.
 */
export function quietUntil(windows: readonly Window[], timeZone: string, now: number): number {
  let at = now;
  // Each step leaves one window for good: there are no more of them on so many days.
  for (let step = 0; step <= windows.length * DAYS_AHEAD_MAX; step++) {
    const end = endOfQuiet(windows, timeZone, at);
    if (end === undefined || at - now > DAYS_AHEAD_MAX * DAY_MINUTES * 60) return at;
    at = end;
  }
  return at;
}

/** The end of a quiet window that holds at an instant; undefined where none does. */
function endOfQuiet(windows: readonly Window[], timeZone: string, at: number): number | undefined {
  const today = Temporal.Instant.fromEpochMilliseconds(at * 1_000).toZonedDateTimeISO(timeZone).toPlainDate();
  for (const day of [today.subtract({ days: 1 }), today]) {
    for (const { days, start, end } of windows) {
      if (((days >> (day.dayOfWeek - 1)) & 1) === 0) continue;
      const until = instantOf(day, end, timeZone);
      if (instantOf(day, start, timeZone) <= at && at < until) return until;
    }
  }
  return undefined;
}

/** @param minute since midnight, by the wall clock; past 1440 on the following day. */
function instantOf(day: Temporal.PlainDate, minute: number, timeZone: string): number {
  const date = day.add({ days: Math.floor(minute / DAY_MINUTES) });
  const time = new Temporal.PlainTime(Math.floor((minute % DAY_MINUTES) / 60), minute % 60);
  return date.toZonedDateTime({ timeZone, plainTime: time }).epochMilliseconds / 1_000;
}
