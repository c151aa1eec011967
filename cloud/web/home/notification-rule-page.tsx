import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { useLocation, useRoute } from "preact-iso/router";
import { ApiProblem } from "../api/api-problem";
import { answered, api, type Schema } from "../api/client";
import { useAsked } from "../api/use-asked";
import { useLanguage, useWords } from "../language/speaking";
import { useAccount } from "../shell/session";
import { useAnnounce } from "../ui/announcer";
import { AskedView, Empty } from "../ui/asked-view";
import { Button } from "../ui/button";
import { ChangedMeanwhile } from "../ui/changed-meanwhile";
import { ConfirmDialog } from "../ui/dialog";
import { Choices, Select } from "../ui/field";
import { Form } from "../ui/form";
import { Page } from "../ui/page";
import { WeekEditor } from "../ui/week-editor";
import { windowsText } from "../ui/week-text";
import { useListenedProperties, type ListenedProperty } from "./notification-places";

type Rule = Schema<"NotificationRule">;
type Kind = Rule["events"][number];
type Channel = Rule["channels"][number];

interface Read {
  rule: Rule;
  /** Of the version that was read. */
  etag: string;
}

/** One rule, or a new one: of what, where, how, and when not (N13). */
export function NotificationRulePage(): JSX.Element {
  const { params } = useRoute();
  const { notifications: words } = useWords();
  const properties = useListenedProperties();
  const id: string | undefined = params.rule;
  const asked = useAsked<Read | null>(async (signal) => (id === undefined ? null : readRule(id, signal)), [id ?? ""]);
  return (
    <Page title={words.ruleTitle} back={{ href: "/notifications/rules", label: words.rules }}>
      <AskedView asked={asked}>{(read) => <AskedView asked={properties}>{(found) => (found.length === 0 ? <Empty title={words.nowhere} /> : <RuleForm read={read ?? undefined} properties={found} />)}</AskedView>}</AskedView>
    </Page>
  );
}

/** @param signal where the answer may not be waited for. */
async function readRule(rule: string, signal?: AbortSignal): Promise<Read> {
  let etag = "";
  const call = api.GET("/api/account/notification-rules/{rule}", { params: { path: { rule } }, ...(signal !== undefined && { signal }) });
  const found = await answered(
    call.then((came) => {
      etag = came.response.headers.get("etag") ?? "";
      return came;
    }),
  );
  return { rule: found, etag };
}

/** As the choice has it: `door/<id>`, `group/<id>`, or nothing for a whole property. */
function whereOf(rule: Rule | undefined): string {
  if (rule === undefined) return "";
  if (rule.door !== null) return `door/${rule.door}`;
  return rule.group === null ? "" : `group/${rule.group}`;
}

function scopeOf(where: string): { door?: string; group?: string } {
  const [kind, id] = where.split("/");
  return kind === "door" ? { door: id } : kind === "group" ? { group: id } : {};
}

const KINDS: readonly Kind[] = ["door-opened", "door-refused", "door-forced", "door-held-open", "door-alarm", "duress", "changed"];

function RuleForm({ read, properties }: { read: Read | undefined; properties: readonly ListenedProperty[] }): JSX.Element {
  const all = useWords();
  const { notifications: words, common } = all;
  const language = useLanguage();
  const { account } = useAccount();
  const { route } = useLocation();
  const announce = useAnnounce();
  const rule = read?.rule;
  const [property, setProperty] = useState(rule?.property ?? properties[0].id);
  const [where, setWhere] = useState(whereOf(rule));
  const [events, setEvents] = useState<readonly string[]>(rule?.events ?? ["door-opened"]);
  const [channels, setChannels] = useState<readonly string[]>(rule?.channels ?? ["in-app"]);
  const [quiet, setQuiet] = useState(rule?.quiet ?? []);
  const [lacking, setLacking] = useState(false);
  const [removing, setRemoving] = useState(false);
  /** Of the version that was read last: the rule may be open in another window. */
  const [etag, setEtag] = useState(read?.etag ?? "");
  const [theirs, setTheirs] = useState<Rule>();
  const there = properties.find(({ id }) => id === property) ?? properties[0];
  // A way that the account has no address for is not offered.
  const ways = (["in-app", "email", "sms"] as const).filter((way) => way === "in-app" || (rule?.channels.includes(way) ?? false) || account.identifiers.some(({ kind }) => (way === "email" ? kind === "email" : kind === "phone" && account.textMessages)));

  const save = async (): Promise<void> => {
    const isWhole = events.length > 0 && channels.length > 0;
    setLacking(!isWhole);
    if (!isWhole) return;
    const terms = { events: events as Kind[], channels: channels as Channel[], quiet };
    try {
      if (rule === undefined) await answered(api.POST("/api/account/notification-rules", { body: { property, ...scopeOf(where), ...terms } }));
      else await answered(api.PATCH("/api/account/notification-rules/{rule}", { params: { path: { rule: rule.id }, header: { "if-match": etag } }, body: terms }));
    } catch (error) {
      if (!(error instanceof ApiProblem) || error.code !== "changed-meanwhile" || rule === undefined) throw error;
      const now = await readRule(rule.id);
      setEtag(now.etag);
      setTheirs(now.rule);
      return;
    }
    announce(words.saved);
    route("/notifications/rules");
  };
  const take = (now: Rule): void => {
    setEvents(now.events);
    setChannels(now.channels);
    setQuiet(now.quiet);
    setTheirs(undefined);
  };
  const remove = async (): Promise<void> => {
    await answered(api.DELETE("/api/account/notification-rules/{rule}", { params: { path: { rule: read!.rule.id } } }));
    announce(words.removed);
    route("/notifications/rules");
  };
  return (
    <div class="card">
      <Form submit={common.save} onSubmit={save} onCancel={() => route("/notifications/rules")}>
        {(errorOf) => (
          <>
            {theirs !== undefined && (
              <ChangedMeanwhile
                theirs={[
                  { term: words.what, value: theirs.events.map((kind) => words.kinds[kind]).join(" · ") },
                  { term: words.how, value: theirs.channels.map((way) => words.channels[way]).join(" · ") },
                  { term: words.quiet, value: windowsText(theirs.quiet, all, language, words.quietNone) },
                ]}
                onTake={() => take(theirs)}
              />
            )}
            {properties.length > 1 && <Select label={words.property} value={property} disabled={read !== undefined} choices={properties.map(({ id, name }) => ({ value: id, label: name }))} onValue={(value) => (setProperty(value), setWhere(""))} />}
            <Select label={words.where} value={where} disabled={rule !== undefined} choices={[{ value: "", label: words.everywhere }, ...there.doors.map(({ id, name }) => ({ value: `door/${id}`, label: name })), ...there.groups.map(({ id, name }) => ({ value: `group/${id}`, label: words.group(name) }))]} onValue={setWhere} />
            <Choices legend={words.what} choices={KINDS.map((kind) => ({ value: kind, label: words.kinds[kind] }))} chosen={events} onChosen={setEvents} error={lacking && events.length === 0 ? words.whatNeeded : errorOf("events")} />
            <Choices legend={words.how} choices={ways.map((way) => ({ value: way, label: words.channels[way] }))} chosen={channels} onChosen={setChannels} error={lacking && channels.length === 0 ? words.whatNeeded : errorOf("channels")} />
            <WeekEditor legend={words.quiet} hint={words.quietHint} none={words.quietNone} value={quiet} onValue={setQuiet} zone={there.timeZone} error={errorOf("quiet")} />
          </>
        )}
      </Form>
      {read !== undefined && (
        <p class="acts">
          <Button tone="danger" onPress={() => setRemoving(true)}>
            {common.remove}
          </Button>
        </p>
      )}
      {removing && (
        <ConfirmDialog title={words.removeTitle} act={common.remove} onConfirm={remove} onClose={() => setRemoving(false)}>
          <p>{words.removeAbout}</p>
        </ConfirmDialog>
      )}
    </div>
  );
}
