import type { JSX } from "preact";
import { answered, api, type Schema } from "../api/client";
import { useAsked } from "../api/use-asked";
import { useList } from "../api/use-list";
import { showInstant, showTime } from "../language/times";
import { useLanguage, useWords } from "../language/speaking";
import { useSession } from "../shell/session";
import { ActButton } from "../ui/act-button";
import { useAnnounce } from "../ui/announcer";
import { AskedView, Empty } from "../ui/asked-view";
import { Badge } from "../ui/badge";
import { ButtonLink } from "../ui/button";
import { More } from "../ui/more";
import { Page } from "../ui/page";
import { DayList } from "./day-list";
import { newsText } from "./news-text";
import { ownPeople, usePlaces } from "./places";

type News = Schema<"Notification">;

/** What somebody was told (N13), the newest first, what is new marked. */
export function NewsPage(): JSX.Element {
  const words = useWords();
  const { notifications: said } = words;
  const announce = useAnnounce();
  const { renew } = useSession();
  const list = useList((after, signal) => answered(api.GET("/api/account/notifications", { params: { query: after === undefined ? {} : { after } }, signal })), []);
  const rules = useAsked((signal) => answered(api.GET("/api/account/notification-rules", { signal })), []);
  const own = ownPeople(usePlaces().data);
  const newest = list.data?.[0];
  const unread = list.data?.filter(({ read }) => !read).length ?? 0;
  const readAll = async (): Promise<void> => {
    await answered(api.POST("/api/account/notifications/read", { body: { until: newest!.id } }));
    await Promise.all([list.again(), renew()]);
    announce(said.nowRead);
  };
  return (
    <Page
      title={words.home.notifications}
      about={said.about}
      acts={
        <>
          {unread > 0 && <ActButton act={readAll}>{said.allRead}</ActButton>}
          <ButtonLink href="/notifications/rules">{said.rules}</ButtonLink>
        </>
      }
    >
      <AskedView asked={list}>
        {(news) =>
          news.length === 0 && list.more === undefined ? (
            <Empty title={said.none}>
              <p>{rules.data?.items.length === 0 ? said.noneNoRules : said.noneRules}</p>
              {rules.data?.items.length === 0 && (
                <ButtonLink tone="primary" href="/notifications/rules/new">
                  {said.add}
                </ButtonLink>
              )}
            </Empty>
          ) : (
            <>
              <DayList items={news} momentOf={({ toldAt, property }) => ({ instant: toldAt, zone: property.timeZone })}>
                {(item) => <NewsLine news={item} own={own} />}
              </DayList>
              <More list={list} />
            </>
          )
        }
      </AskedView>
    </Page>
  );
}

function NewsLine({ news, own }: { news: News; own: ReadonlySet<string> }): JSX.Element {
  const words = useWords();
  const language = useLanguage();
  const { property, at, toldAt, times, late, read, kind, reason } = news;
  const why = kind === "door-refused" && reason !== undefined ? (words.activity.reasons as Partial<Record<string, string>>)[reason] : undefined;
  const when = at === null ? words.activity.noClock : showInstant(at, property.timeZone, language);
  return (
    <div class={read ? "happened-line" : "happened-line unread"}>
      <time dateTime={toldAt}>{showTime(toldAt, property.timeZone, language)}</time>
      <div>
        <p>
          {newsText(news, own, words)} {!read && <Badge tone="good">{words.notifications.unread}</Badge>} {late && <Badge tone="quiet">{words.activity.late}</Badge>}
        </p>
        <p class="quiet">{[property.name, ...(why === undefined ? [] : [why]), times > 1 ? `${words.notifications.times(times)} ${when}` : when].join(" · ")}</p>
      </div>
    </div>
  );
}
