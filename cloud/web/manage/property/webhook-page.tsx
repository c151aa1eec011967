import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { useLocation, useRoute } from "preact-iso/router";
import { answered, answeredWithTag, api, type Schema } from "../../api/client";
import { useAsked } from "../../api/use-asked";
import { useRefresh } from "../../api/use-refresh";
import type { Words } from "../../language/en";
import { useWords } from "../../language/speaking";
import { ActButton } from "../../ui/act-button";
import { useAnnounce } from "../../ui/announcer";
import { AskedView } from "../../ui/asked-view";
import { Badge } from "../../ui/badge";
import { Button } from "../../ui/button";
import { ConfirmDialog } from "../../ui/dialog";
import { EditedPart, type Tagged } from "../../ui/edited-part";
import { Fact, Facts } from "../../ui/facts";
import { Page, Section } from "../../ui/page";
import { Table } from "../../ui/table";
import { Time } from "../../ui/time";
import { useProperty } from "../../shell/managed-property";
import { useTagged } from "./use-tagged";
import { EventChoices, WebhookState, type OccurrenceKind } from "./webhooks";

type Webhook = Schema<"Webhook">;

const TONES = { waiting: "warning", delivered: "good", failed: "danger" } as const;

/** One address: of what it is told, how that goes, and a test. */
export function WebhookPage(): JSX.Element {
  const { settings: words, common } = useWords();
  const { id: property, timeZone } = useProperty();
  const { params } = useRoute();
  const { route } = useLocation();
  const announce = useAnnounce();
  const [removing, setRemoving] = useState(false);
  const path = { property, webhook: params["webhook"] };
  const back = `/manage/${property}/settings/programs`;
  const reload = (): Promise<Tagged<Webhook>> => answeredWithTag(api.GET("/api/properties/{property}/webhooks/{webhook}", { params: { path } }));
  const asked = useTagged(reload, ["webhook", path]);
  const deliveries = useAsked((signal) => answered(api.GET("/api/properties/{property}/webhooks/{webhook}/deliveries", { params: { path, query: { limit: 50 } }, signal })), ["deliveries", path]);
  useRefresh(deliveries.again, deliveries.data?.items.some(({ state }) => state === "waiting") ?? false, 3_000);
  const save = async (change: { events?: OccurrenceKind[]; paused?: boolean }, { etag }: Tagged<Webhook>): Promise<Tagged<Webhook>> => answeredWithTag(api.PATCH("/api/properties/{property}/webhooks/{webhook}", { params: { path, header: { "if-match": etag } }, body: change }));
  const test = async (): Promise<void> => {
    await answered(api.POST("/api/properties/{property}/webhooks/{webhook}/test", { params: { path }, body: {} }));
    announce(words.testSent);
    await deliveries.again();
  };
  const remove = async (): Promise<void> => {
    await answered(api.DELETE("/api/properties/{property}/webhooks/{webhook}", { params: { path } }));
    announce(words.webhookRemoved);
    route(back);
  };
  return (
    <AskedView asked={asked}>
      {(whole) => {
        const { url, pausedAt, failingSince, missed, by, byName, createdAt } = whole.data;
        const pause = async (paused: boolean): Promise<void> => {
          asked.take(await save({ paused }, await reload()));
          announce(paused ? words.pausedNow : words.goesOn);
        };
        return (
          <Page title={new URL(url).host} about={url} back={{ href: back, label: words.programs }}>
            <Section
              title={words.state}
              acts={
                <>
                  {pausedAt === null && <ActButton act={test}>{words.test}</ActButton>}
                  <ActButton act={() => pause(pausedAt === null)}>{pausedAt === null ? words.pause : words.goOn}</ActButton>
                </>
              }
            >
              <p>
                <WebhookState webhook={whole.data} />
              </p>
              {pausedAt !== null && <p>{words.pausedAbout}</p>}
              {missed > 0 && <p class="notice warning">{words.missed(missed)}</p>}
              <Facts>
                {failingSince !== null && (
                  <Fact term={words.failingSince}>
                    <Time instant={failingSince} zone={timeZone} />
                  </Fact>
                )}
                <Fact term={words.made}>
                  <Time instant={createdAt} zone={timeZone} /> · {byName ?? (by === "site" ? words.theSite : words.gone)}
                </Fact>
              </Facts>
            </Section>
            <EditedPart title={words.events} whole={whole} read={(of: Webhook) => ({ events: of.events })} save={save} reload={reload} onWhole={asked.take} theirs={(of) => [{ term: words.events, value: of.events.map((event) => words.event[event]).join("; ") }]}>
              {(draft, set, errorOf) => <EventChoices legend={words.chosenEvents} events={draft.events} onEvents={(chosen) => set({ events: chosen })} error={errorOf("events")} />}
            </EditedPart>
            <Section title={words.deliveries}>
              <AskedView asked={deliveries}>
                {({ items }) =>
                  items.length === 0 ? (
                    <p class="quiet">{words.noDeliveries}</p>
                  ) : (
                    <Table
                      caption={words.deliveries}
                      rows={items}
                      keyOf={({ id }) => id}
                      columns={[
                        { title: words.what, heading: true, cell: ({ type }) => (type === "test" ? words.testType : (words.event[type as OccurrenceKind] ?? type)) },
                        { title: words.when, cell: (delivery) => <Time instant={delivery.createdAt} zone={timeZone} /> },
                        {
                          title: words.state,
                          cell: ({ state, nextAt }) => (
                            <span>
                              <Badge tone={TONES[state]}>{words.delivery[state]}</Badge>
                              {nextAt !== null && (
                                <span class="quiet">
                                  {" "}
                                  {words.nextAttempt} <Time instant={nextAt} zone={timeZone} />
                                </span>
                              )}
                            </span>
                          ),
                        },
                        { title: words.attempts, cell: ({ attempts }) => attempts },
                        { title: words.problem, cell: ({ problem }) => (problem === null ? <span class="quiet">{common.none}</span> : explain(problem, words)) },
                      ]}
                    />
                  )
                }
              </AskedView>
            </Section>
            <Button tone="danger" onPress={() => setRemoving(true)}>
              {words.removeWebhook}
            </Button>
            {removing && (
              <ConfirmDialog title={words.removeWebhookTitle} act={words.removeWebhook} onConfirm={remove} onClose={() => setRemoving(false)}>
                <p>{words.removeWebhookSure(url)}</p>
              </ConfirmDialog>
            )}
          </Page>
        );
      }}
    </AskedView>
  );
}

/** @param problem `http 500`, or a word of the network's. */
function explain(problem: string, words: Words["settings"]): string {
  const known = (words.wentWrong as Partial<Record<string, string>>)[problem];
  return known ?? (problem.startsWith("http ") ? words.answeredWith(problem.slice(5)) : words.notReached(problem));
}
