import type { Words } from "../language/en";
import { showInstant } from "../language/times";

/** Names in a sentence: `Front door, Garage and Cellar`. */
export function namesText(names: readonly string[], language: string): string {
  return new Intl.ListFormat(language).format(names);
}

/** @param doors ids. @param known of the household; others are left out. */
export function doorsText(doors: readonly string[], known: readonly { id: string; name: string }[], language: string): string {
  return namesText(known.filter(({ id }) => doors.includes(id)).map(({ name }) => name), language);
}

interface Terms {
  start: string;
  end: string | null;
}

/** From when, where that is still to come, and until when: `from 1 Jun 2026, 08:00, until 1 Jul 2026, 08:00`; empty without either. */
export function spanText({ start, end }: Terms, { household }: Words, zone: string, language: string): string {
  const parts = [...(Date.parse(start) > Date.now() ? [household.from(showInstant(start, zone, language))] : []), ...(end === null ? [] : [household.until(showInstant(end, zone, language))])];
  return parts.join(", ");
}
