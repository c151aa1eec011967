import type { JSX } from "preact";
import { useEffect } from "preact/hooks";
import { answered, api, type Schema } from "../../api/client";
import { useAsked } from "../../api/use-asked";
import { useWords } from "../../language/speaking";
import { AskedView } from "../../ui/asked-view";
import { ButtonLink } from "../../ui/button";
import { Section } from "../../ui/page";
import { EventTable } from "../events/event-table";
import { useProperty } from "../../shell/managed-property";

const SHOWN = 8;

/** What a door told last. @param newest of its events, as it changes. */
export function DoorEvents({ door: { id }, newest }: { door: Schema<"Door">; newest: number | null }): JSX.Element {
  const { events, managedDoors: words } = useWords();
  const { id: property, timeZone } = useProperty();
  const asked = useAsked((signal) => answered(api.GET("/api/events", { params: { query: { door: id, order: "newest", limit: SHOWN } }, signal })), [id]);
  useEffect(() => {
    if (newest !== null && asked.data !== undefined && asked.data.items[0]?.id !== newest) void asked.again();
  }, [newest]);
  return (
    <Section title={words.events} acts={<ButtonLink href={`/manage/${property}/events?door=${id}`}>{words.eventsAll}</ButtonLink>}>
      <AskedView asked={asked}>{({ items }) => (items.length === 0 ? <p class="quiet">{events.noneHow}</p> : <EventTable events={items} zone={timeZone} caption={words.events} withoutDoor />)}</AskedView>
    </Section>
  );
}
