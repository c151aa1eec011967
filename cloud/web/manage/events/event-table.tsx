import type { JSX } from "preact";
import type { Schema } from "../../api/client";
import { showInstant } from "../../language/times";
import { useLanguage, useWords } from "../../language/speaking";
import { Badge } from "../../ui/badge";
import { Table, type Column } from "../../ui/table";
import { Time } from "../../ui/time";
import { useProperty } from "../../shell/managed-property";
import { actorText } from "./actor-text";
import { eventText } from "./event-text";

interface EventTableProps {
  events: readonly Schema<"Event">[];
  zone: string;
  caption: string;
  /** All are of one door, whose page this is. */
  withoutDoor?: boolean;
}

/** Events, one a line; a person's name leads to theirs. */
export function EventTable({ events, zone, caption, withoutDoor = false }: EventTableProps): JSX.Element {
  const { events: words } = useWords();
  const { id: property } = useProperty();
  const columns: Column<Schema<"Event">>[] = [
    { title: words.when, cell: (event) => <When event={event} zone={zone} /> },
    { title: words.what, heading: true, cell: (event) => <What event={event} /> },
    { title: words.who, cell: (event) => <Who event={event} property={property} /> },
  ];
  if (!withoutDoor) columns.splice(1, 0, { title: words.door, cell: ({ door, doorName }) => <a href={`/manage/${property}/doors/${door}`}>{doorName}</a> });
  return (
    <div class="events">
      <Table caption={caption} rows={events} keyOf={({ id }) => id} columns={columns} />
    </div>
  );
}

function When({ event: { at, receivedAt, late }, zone }: { event: Schema<"Event">; zone: string }): JSX.Element {
  const { events: words } = useWords();
  const language = useLanguage();
  return (
    <span>
      <Time instant={at ?? receivedAt} zone={zone} />
      {at === null && <span class="quiet small">{words.noClock}</span>}
      {late && at !== null && (
        <>
          {" "}
          <Badge tone="quiet">{words.late}</Badge> <span class="quiet small">{words.lateHow(showInstant(receivedAt, zone, language))}</span>
        </>
      )}
    </span>
  );
}

function What({ event }: { event: Schema<"Event"> }): JSX.Element {
  const words = useWords();
  const { text, tone } = eventText(event, words);
  return (
    <span>
      <span class={`event-text ${tone}`}>{text}</span>
      {event.duress && (
        <>
          {" "}
          <Badge tone="danger">{words.events.duress}</Badge>
        </>
      )}
      {event.gap > 0 && <span class="quiet small">{words.events.gap(event.gap)}</span>}
    </span>
  );
}

function Who({ event: { person, credentialKind, unlockedBy }, property }: { event: Schema<"Event">; property: string }): JSX.Element | null {
  const { events: words, managedDoors, audit } = useWords();
  const kind = (managedDoors.withKind as Partial<Record<string, string>>)[credentialKind ?? ""];
  if (person === null && unlockedBy === undefined) return null;
  return (
    <span>
      {person !== null && (
        <a href={`/manage/${property}/events?person=${person.id}`} aria-label={words.byPerson(person.name)}>
          {person.name}
        </a>
      )}
      {kind !== undefined && <span class="quiet"> · {kind}</span>}
      {unlockedBy !== undefined && <span class="quiet"> {words.wantedBy(actorText(unlockedBy.actor, unlockedBy.name, audit))}</span>}
    </span>
  );
}
