import { NO_END } from "../../protocol/profile";
import type { Window } from "../access/window";
import { windowsWithin } from "../access/windows-within";
import { Refusal } from "../refusal";
import type { ShareBounds } from "../rules/find-giver";

/** When what a member gives away opens doors. */
export interface SharedTimes {
  /** undefined = the giver's own. */
  windows: readonly Window[] | undefined;
  /** Unix seconds; undefined = now. */
  start: number | undefined;
  /** Exclusive. */
  end: number | undefined;
}

/**
 * Nobody gives more than they have: what a member shares lies within their own times and days, ends, and ends within
 * the manager's cap (O12). @returns the times as they are given.
 * @throws {Refusal} `end-needed`, `windows-outside`, `end-too-far`.
 */
export function timesWithinShare({ terms: own, daysMax }: ShareBounds, { windows = own.windows, start, end }: SharedTimes, now: number): { windows: readonly Window[]; start: number; end: number } {
  if (end === undefined) throw new Refusal("end-needed", "What is given from a household has an end.");
  if (!windowsWithin(windows, own.windows)) throw new Refusal("windows-outside", "The times are not within your own.");
  if (end - now > daysMax * 86_400) throw new Refusal("end-too-far", `A share lasts at most ${daysMax} days here.`, { daysMax });
  if (own.notAfter !== NO_END && end > own.notAfter) throw new Refusal("end-too-far", "Your own access ends before.");
  return { windows, start: Math.max(start ?? now, own.notBefore), end };
}
