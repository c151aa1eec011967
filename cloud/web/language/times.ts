/** Instants and days as people read them: in their language, in the zone of the property that they belong to. */

/** The language as it is written where the reader is: the same words have other dates in London and in Boston. */
function localeOf(language: string): string {
  return navigator.languages.find((wanted) => wanted.toLowerCase().startsWith(`${language}-`)) ?? (language === "en" ? "en-GB" : language);
}

/** @param zone IANA name. @returns e.g. `1 Jun 2026, 14:10`. */
export function showInstant(instant: string, zone: string, language: string): string {
  return new Intl.DateTimeFormat(localeOf(language), { dateStyle: "medium", timeStyle: "short", timeZone: zone }).format(new Date(instant));
}

/** @returns e.g. `14:10`. */
export function showTime(instant: string, zone: string, language: string): string {
  return new Intl.DateTimeFormat(localeOf(language), { timeStyle: "short", timeZone: zone }).format(new Date(instant));
}

/** @returns e.g. `1 Jun 2026`. */
export function showDay(instant: string, zone: string, language: string): string {
  return new Intl.DateTimeFormat(localeOf(language), { dateStyle: "medium", timeZone: zone }).format(new Date(instant));
}

/** @param date of a calendar, `2026-12-25`. @returns e.g. `Friday 25 December 2026`. */
export function showDate(date: string, language: string): string {
  return new Intl.DateTimeFormat(localeOf(language), { dateStyle: "full", timeZone: "UTC" }).format(new Date(`${date}T00:00:00Z`));
}

const UNITS: readonly [unit: Intl.RelativeTimeFormatUnit, seconds: number][] = [
  ["day", 86_400],
  ["hour", 3_600],
  ["minute", 60],
];

/** @param now Unix ms. @returns e.g. `3 minutes ago`; `now` within the last minute. */
export function showAgo(instant: string, language: string, now = Date.now()): string {
  const seconds = (Date.parse(instant) - now) / 1_000;
  const [unit, length] = UNITS.find(([, each]) => Math.abs(seconds) >= each) ?? ["second", Infinity];
  return new Intl.RelativeTimeFormat(language, { numeric: "auto" }).format(length === Infinity ? 0 : Math.round(seconds / length), unit);
}
