import type { JSX } from "preact";
import { answered, api, type Schema } from "../api/client";
import { useList } from "../api/use-list";
import type { Words } from "../language/en";
import { showTime } from "../language/times";
import { useLanguage, useWords } from "../language/speaking";
import { AskedView, Empty } from "../ui/asked-view";
import { Badge } from "../ui/badge";
import { More } from "../ui/more";
import { Page } from "../ui/page";
import { DayList } from "./day-list";
import { ownPeople, usePlaces } from "./places";

type Event = Schema<"Event">;

/** What doors have told of oneself and of those for whom one answers (O15), the newest first. */
export function ActivityPage(): JSX.Element {
  const words = useWords();
  const list = useList((after, signal) => answered(api.GET("/api/events", { params: { query: { order: "newest", managed: "false", ...(after !== undefined && { after }) } }, signal })), []);
  const own = ownPeople(usePlaces().data);
  return (
    <Page title={words.home.activity} about={words.activity.about}>
      <AskedView asked={list}>
        {(events) => {
          const told = events.filter((event) => eventText(event, own, words) !== undefined);
          if (told.length === 0 && list.more === undefined) {
            return (
              <Empty title={words.activity.none}>
                <p>{words.activity.noneAbout}</p>
              </Empty>
            );
          }
          return (
            <>
              <DayList items={told} momentOf={(event) => ({ instant: event.at ?? event.receivedAt, zone: event.timeZone })}>
                {(event) => <EventLine event={event} own={own} />}
              </DayList>
              <More list={list} />
            </>
          );
        }}
      </AskedView>
    </Page>
  );
}

function EventLine({ event, own }: { event: Event; own: ReadonlySet<string> }): JSX.Element {
  const words = useWords();
  const language = useLanguage();
  const refused = isRefused(event);
  const how = event.credentialKind === null ? undefined : (words.activity.byKind as Partial<Record<string, string>>)[event.credentialKind];
  const why = refused ? words.activity.reasons[event.reason as keyof typeof words.activity.reasons] : undefined;
  const about = [how, why].filter((part) => part !== undefined).join("; ");
  return (
    <div class="happened-line">
      <time dateTime={event.at ?? event.receivedAt}>{event.at === null ? "–" : showTime(event.at, event.timeZone, language)}</time>
      <div>
        <p>
          {eventText(event, own, words)} {refused && <Badge tone="danger">{words.activity.refusedBadge}</Badge>} {event.late && <Badge tone="quiet">{words.activity.late}</Badge>}
        </p>
        {about !== "" && <p class="quiet">{about}</p>}
        {event.at === null && <p class="quiet">{words.activity.noClock}</p>}
        {event.altered && <p class="error">{words.activity.altered}</p>}
      </div>
    </div>
  );
}

function isRefused({ type, reason }: Event): boolean {
  return type === "decision" && reason !== "granted";
}

/** @returns undefined for what a door says of itself: that is for whoever looks after it. */
function eventText(event: Event, own: ReadonlySet<string>, { activity }: Words): string | undefined {
  const { type, person, doorName, unlockedBy } = event;
  const who = person === null ? (unlockedBy?.name ?? activity.somebody) : own.has(person.id) ? activity.you : person.name;
  if (type === "decision") return isRefused(event) ? activity.refused(who, doorName) : activity.opened(who, doorName);
  if (type === "remote-unlock") return activity.openedRemotely(who, doorName);
  return (activity.others as Partial<Record<string, (door: string) => string>>)[type]?.(doorName);
}
