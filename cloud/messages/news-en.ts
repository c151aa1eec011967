import type { OccurrenceKind } from "../notifications/occurrence";
import type { News, Readable } from "./message";

/** In a few words, without names: for subjects. */
export const TOPICS_EN: Record<OccurrenceKind, string> = {
  "door-opened": "a door was opened",
  "door-refused": "somebody was refused",
  "door-forced": "a door was forced",
  "door-held-open": "a door stands open",
  "door-alarm": "a door reports a fault",
  duress: "a call for help at a door",
  changed: "something was changed",
};

/** What was changed, by the kind of record. */
const CHANGED: { [subject: string]: string } = {
  door: "a door",
  group: "a group",
  household: "a household",
  key: "a key",
  person: "somebody’s access",
  profile: "a profile",
  property: "the property’s settings",
  template: "a kind of flats",
  token: "a program’s access",
  unit: "a flat",
  webhook: "a webhook",
};

/** One line of a notification in English. */
export function newsInEnglish({ at, late, times, ...news }: Readable<News>): string {
  const often = times > 1 ? `, ${times} times, last ` : ", ";
  return `${whatHappened(news)}${often}${at ?? "at an unknown time (the door had no clock)"}${late ? " (arrived late)" : ""}.`;
}

function whatHappened({ kind, remote, door, person, actor, subject }: Omit<Readable<News>, "at" | "late" | "times">): string {
  const place = door === null ? "a door" : `“${door}”`;
  const who = person === null ? undefined : `“${person}”`;
  switch (kind) {
    case "door-opened":
      return `${who ?? "Somebody"} opened ${place}${remote ? " from afar" : ""}`;
    case "door-refused":
      return `${who ?? "Somebody"} was refused at ${place}`;
    case "door-forced":
      return `${capital(place)} was opened by force`;
    case "door-held-open":
      return `${capital(place)} stands open`;
    case "door-alarm":
      return `${capital(place)} reports a fault`;
    case "duress":
      return `${who ?? "Somebody"} may have been made to open ${place}`;
    case "changed":
      return `${actor === null ? "Somebody" : `“${actor}”`} changed ${CHANGED[subject ?? ""] ?? "something"}${who === undefined ? "" : ` (${who})`}${door === null ? "" : ` (${place})`}`;
  }
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
