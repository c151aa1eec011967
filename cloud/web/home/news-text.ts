import type { Schema } from "../api/client";
import type { Words } from "../language/en";

/** One notification in a sentence, without when. @param own who the reader is. */
export function newsText({ kind, door, person, remote, by, subject }: Schema<"Notification">, own: ReadonlySet<string>, { activity, notifications: words }: Words): string {
  const place = door?.name ?? words.aDoor;
  const who = person !== null && own.has(person.id) ? activity.you : person?.name || activity.somebody;
  switch (kind) {
    case "door-opened":
      return remote === true ? activity.openedRemotely(who, place) : activity.opened(who, place);
    case "door-refused":
      return activity.refused(who, place);
    case "door-forced":
      return words.forced(place);
    case "door-held-open":
      return words.heldOpen(place);
    case "door-alarm":
      return words.alarm(place);
    case "duress":
      return words.duress(who, place);
    case "changed": {
      const what = (words.subjects as Partial<Record<string, string>>)[subject?.split("/")[0] ?? ""] ?? words.something;
      const actor = by ?? activity.somebody;
      const about = person?.name || door?.name;
      return about === undefined ? words.changed(actor, what) : words.changedOf(actor, what, about);
    }
  }
}
