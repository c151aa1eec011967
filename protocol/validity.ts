import { ALWAYS, NO_END, type Profile } from "./profile";
import type { Denial } from "./decision";
import { evaluateSchedule, type ScheduleRule } from "./schedule";
import { localTime } from "./utc-offsets";

/** What of a door's list a schedule needs. */
export interface Calendar {
  utcOffsets: Uint8Array;
  holidays: Uint8Array;
  ruleAt(index: number): ScheduleRule | undefined;
}

/**
 * Why a profile does not hold at an instant, or undefined where it does: dates first, then the weekly windows.
 * Door and cloud share it, so that "who can open this door now" (X11) and the door say the same.
 * @param unixSeconds integer seconds since 1970 UTC.
 */
export function denialAt(profile: Profile, calendar: Calendar, unixSeconds: number): Denial | undefined {
  if (unixSeconds < profile.notBefore) return "not-yet-valid";
  if (hasEnded(profile, unixSeconds)) return "expired";
  if (profile.schedule === ALWAYS) return undefined;
  const verdict = evaluateSchedule(profile.schedule, calendar.ruleAt, calendar.holidays, localTime(calendar.utcOffsets, unixSeconds));
  if (verdict === "inside") return undefined;
  return verdict === "holiday" ? "holiday" : "outside-schedule";
}

/** Whether a right's own end lies at or before an instant; what has no end has none in 2106 either. */
export function hasEnded(profile: Profile, unixSeconds: number): boolean {
  return unixSeconds >= profile.notAfter && profile.notAfter !== NO_END;
}
