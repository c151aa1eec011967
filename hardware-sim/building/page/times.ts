import type { LanguageName } from "./language/speaking";

/** The reader's own form of a language, such as en-GB. */
function locales(language: LanguageName): string[] {
  return [...navigator.languages.filter((each) => each.toLowerCase().startsWith(language)), language];
}

/** Of the reader's computer, which is where the building stands. */
export function showTime(at: number, language: LanguageName): string {
  return new Date(at).toLocaleTimeString(locales(language), { hour: "2-digit", minute: "2-digit", second: "2-digit" });
}

export function showInstant(at: number, language: LanguageName): string {
  return new Date(at).toLocaleString(locales(language), { dateStyle: "medium", timeStyle: "medium" });
}

export function showSeconds(milliseconds: number, language: LanguageName): string {
  return (milliseconds / 1_000).toLocaleString(locales(language), { minimumFractionDigits: 1, maximumFractionDigits: 1 });
}
