import type { Words } from "../language/en";
import { showDay } from "../language/times";

export interface Moment {
  instant: string;
  zone: string;
}

/** A calendar day somewhere, e.g. `2026-06-01`. */
function dayOf({ instant, zone }: Moment): string {
  return new Intl.DateTimeFormat("en-CA", { timeZone: zone, dateStyle: "short" }).format(new Date(instant));
}

/** What has happened, in runs of one day; the order stays. */
export function byDay<Item>(items: readonly Item[], momentOf: (item: Item) => Moment): { day: string; first: Moment; items: Item[] }[] {
  const days: { day: string; first: Moment; items: Item[] }[] = [];
  for (const item of items) {
    const moment = momentOf(item);
    const day = dayOf(moment);
    const last = days.at(-1);
    if (last?.day === day) last.items.push(item);
    else days.push({ day, first: moment, items: [item] });
  }
  return days;
}

/** @returns `Today`, `Yesterday` or the day. */
export function dayTitle({ instant, zone }: Moment, { activity }: Words, language: string): string {
  const day = dayOf({ instant, zone });
  const now = Date.now();
  if (day === dayOf({ instant: new Date(now).toISOString(), zone })) return activity.today;
  if (day === dayOf({ instant: new Date(now - 86_400_000).toISOString(), zone })) return activity.yesterday;
  return showDay(instant, zone, language);
}
