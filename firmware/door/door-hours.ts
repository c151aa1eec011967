import { scheduleRuleAt, type AccessList } from "../../protocol/access-list";
import { NO_HOURS } from "../../protocol/door-policy";
import type { HolderClass } from "../../protocol/profile";
import { minutesToBoundary, windowsAt, type OpenWindow } from "../../protocol/schedule";
import { localTime } from "../../protocol/utc-offsets";
import { HOURS_BEGUN_MAX, HOURS_CHECK_SECONDS } from "../limits";

/**
 * The door's own hours (N16) in which the clock stands. They are weekly windows like those of people, excepted on
 * holidays unless their rule says otherwise, and of nobody's right.
 * @param wallTime Unix seconds.
 */
export function hoursAt(list: AccessList, wallTime: number): OpenWindow[] {
  const { hoursRule } = list.policy;
  if (hoursRule === NO_HOURS) return [];
  const { utcOffsets, holidays } = list.manifest;
  return windowsAt(hoursRule, (index) => scheduleRuleAt(list, index), holidays, localTime(utcOffsets, wallTime));
}

/**
 * Seconds after which `hoursAt` may say something else, at most a quarter of an hour: UTC offsets change on such
 * quarters, and then the wall clock leaps. Undefined where the door has no hours.
 */
export function secondsToCheck(list: AccessList, wallTime: number): number | undefined {
  const { hoursRule } = list.policy;
  if (hoursRule === NO_HOURS) return undefined;
  const minutes = minutesToBoundary(hoursRule, (index) => scheduleRuleAt(list, index), localTime(list.manifest.utcOffsets, wallTime));
  return Math.min(minutes * 60 - (wallTime % 60), HOURS_CHECK_SECONDS - (wallTime % HOURS_CHECK_SECONDS));
}

/** Whether the door stands open: in hours that begin by the clock, or that somebody has begun. */
export function hoursHold(list: AccessList, hours: readonly OpenWindow[], begun: readonly OpenWindow[]): boolean {
  return list.policy.firstInClasses === 0 ? hours.length > 0 : stillOpen(begun, hours).length > 0;
}

/** Whether a grant to somebody of this class begins the hours that hold. */
export function beginsHours(list: AccessList, holderClass: HolderClass): boolean {
  return ((list.policy.firstInClasses >> holderClass) & 1) !== 0;
}

/** What of the windows that were begun has not ended: a window that has, is another one when it comes again. */
export function stillOpen(begun: readonly OpenWindow[], hours: readonly OpenWindow[]): OpenWindow[] {
  return begun.filter(({ day, start, end }) => hours.some((window) => window.day === day && window.start === start && window.end === end));
}

/** The windows to remember after a first entry. */
export function begunWith(hours: readonly OpenWindow[]): OpenWindow[] {
  const lastFirst = [...hours].sort((a, b) => endOf(b) - endOf(a));
  return lastFirst.slice(0, HOURS_BEGUN_MAX);
}

const DAY_MINUTES = 1_440;

function endOf({ day, end }: OpenWindow): number {
  return day * DAY_MINUTES + end;
}
