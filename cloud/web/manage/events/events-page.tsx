import type { JSX } from "preact";
import { useLocation } from "preact-iso/router";
import { answered, api } from "../../api/client";
import { useList } from "../../api/use-list";
import { instantOf } from "../../language/zoned-input";
import { useWords } from "../../language/speaking";
import { AskedView, Empty } from "../../ui/asked-view";
import { Button } from "../../ui/button";
import { More } from "../../ui/more";
import { Page } from "../../ui/page";
import { useDoorsNow } from "../doors/doors-now";
import { useProperty } from "../../shell/managed-property";
import { EventFilters } from "./event-filters";
import { EventTable } from "./event-table";
import { KINDS, queryText, type EventQuery } from "./event-query";

const PAGE_ROWS = 50;

/** What doors have told: filtered by the address, so that it can be kept and passed on; new ones are shown when one wants them. */
export function EventsPage(): JSX.Element {
  const { common, manage, events: words } = useWords();
  const { id: property, timeZone } = useProperty();
  const { query: asked, route } = useLocation();
  const query = asked as EventQuery;
  const filter = { property, ...askedOf(query, timeZone) };
  const list = useList((after, signal) => answered(api.GET("/api/events", { params: { query: { ...filter, order: "newest", limit: PAGE_ROWS, ...(after !== undefined && { after }) } }, signal })), [filter]);
  const { doors } = useDoorsNow(property);
  const set = (change: EventQuery): void => route(`/manage/${property}/events${queryText({ ...query, ...change })}`, true);
  const filtered = Object.keys(query).length > 0;
  const newest = Math.max(0, ...[...(doors?.values() ?? [])].filter(({ id }) => query.door === undefined || id === query.door).map(({ newestEvent }) => newestEvent ?? 0));
  const fresh = list.data !== undefined && newest > (list.data[0]?.id ?? 0) && !filteredByMore(query);
  return (
    <Page
      title={manage.events}
      about={words.about}
      acts={
        <a class="button plain" href={`/api/events/export?${new URLSearchParams(filter).toString()}`} download="events.csv" title={words.exportHint}>
          {words.export}
        </a>
      }
    >
      <EventFilters query={query} personName={list.data?.find(({ person }) => person?.id === query.person)?.person?.name} onChange={set} />
      <p class="fresh" role="status">
        {fresh && <Button onPress={list.again}>{words.newOnes}</Button>}
      </p>
      <AskedView asked={list}>
        {(items) =>
          items.length === 0 ? (
            <Empty title={filtered ? words.noneLike : words.none}>{filtered ? <Button onPress={() => route(`/manage/${property}/events`, true)}>{words.clear}</Button> : <p>{words.noneHow}</p>}</Empty>
          ) : (
            <>
              <EventTable events={items} zone={timeZone} caption={manage.events} />
              <More list={list} />
              {list.loading && <p class="quiet">{common.loading}</p>}
            </>
          )
        }
      </AskedView>
    </Page>
  );
}

/** What the newest event of a door says nothing about. */
function filteredByMore({ kind, reason, person, until }: EventQuery): boolean {
  return kind !== undefined || reason !== undefined || person !== undefined || until !== undefined;
}

/** As the API takes it: days are those of the property, the last one included. */
function askedOf({ door, person, kind, reason, since, until }: EventQuery, zone: string): Record<string, string> {
  return {
    ...(door !== undefined && { door }),
    ...(person !== undefined && { person }),
    ...(kind !== undefined && KINDS[kind]),
    ...(reason !== undefined && { reason }),
    ...(since !== undefined && { since: instantOf(`${since}T00:00`, zone) }),
    ...(until !== undefined && { until: instantOf(`${dayAfter(until)}T00:00`, zone) }),
  };
}

function dayAfter(day: string): string {
  return new Date(Date.parse(`${day}T00:00Z`) + 86_400_000).toISOString().slice(0, 10);
}
