import type { ComponentChildren, JSX } from "preact";
import { useEffect } from "preact/hooks";
import { useLocation } from "preact-iso/router";
import { answered, api, type Schema } from "../../api/client";
import { useAsked } from "../../api/use-asked";
import { showDay, showInstant } from "../../language/times";
import { useLanguage, useWords } from "../../language/speaking";
import { AskedView, Empty } from "../../ui/asked-view";
import { Badge } from "../../ui/badge";
import { Page } from "../../ui/page";
import { Table } from "../../ui/table";
import { WeekText } from "../../ui/week-view";
import { useProperty } from "../../shell/managed-property";
import { actorText } from "../events/actor-text";
import { SearchedList } from "../searched-list";
import { doorAsOfNow, useDoorNow } from "./doors-now";
import { useBackToDoor, useDoor } from "./use-door";

type Explained = Schema<"Explanation">;

/** Who can open a door now and why, by the list that it has acknowledged (X11). */
export function WhoPage(): JSX.Element {
  const { managedDoors: words } = useWords();
  const { query } = useLocation();
  const { timeZone } = useProperty();
  const asked = useDoor();
  const { id } = asked;
  const now = useDoorNow(id, () => void asked.again());
  const who = useAsked((signal) => answered(api.GET("/api/doors/{door}/who-can-open", { params: { path: { door: id } }, signal })), [id]);
  const door = asked.data && doorAsOfNow(asked.data, now);
  // What the door goes by is another once it has acknowledged another list.
  const known = `${door?.acknowledged?.version}/${door?.orders.lockState}`;
  useEffect(() => {
    if (who.data !== undefined) void who.again();
  }, [known]);
  return (
    <Page title={door === undefined ? words.who : words.whoOf(door.name)} about={words.whoAbout} back={useBackToDoor(door, id)}>
      <AskedView asked={who}>
        {({ list, people }) => {
          if (list === null) return <Empty title={words.whoNoList} />;
          const shown = people.filter(({ person }) => query.person === undefined || person === query.person);
          return (
            <>
              {!list.upToDate && <p class="notice warning">{words.whoBehind}</p>}
              {shown.length === 0 && query.person !== undefined ? (
                <NotHere person={query.person} />
              ) : people.length === 0 ? (
                <Empty title={words.whoNone} />
              ) : (
                <SearchedList items={shown} textOf={({ name }) => name} hint={words.whose}>
                  {(rows) => <Explanations rows={rows} zone={timeZone} />}
                </SearchedList>
              )}
            </>
          );
        }}
      </AskedView>
    </Page>
  );
}

/** Somebody of whom one asks why they cannot. */
function NotHere({ person }: { person: string }): JSX.Element {
  const { managedDoors: words } = useWords();
  const asked = useAsked((signal) => answered(api.GET("/api/people/{person}", { params: { path: { person } }, signal })), [person]);
  return <AskedView asked={asked}>{({ name }) => <Empty title={words.notHere(name)} />}</AskedView>;
}

function Explanations({ rows, zone }: { rows: readonly Explained[]; zone: string }): JSX.Element {
  const { managedDoors: words } = useWords();
  const { id: property } = useProperty();
  return (
    <Table
      caption={words.who}
      rows={rows}
      keyOf={({ credential, because }) => `${credential.id} ${because.map(({ grant }) => grant).join(" ")}`}
      columns={[
        { title: words.whose, heading: true, cell: ({ person, name }) => <a href={`/manage/${property}/people/${person}`}>{name}</a> },
        { title: words.verdict, cell: (row) => <Verdict row={row} /> },
        { title: words.what, cell: (row) => <Credential row={row} /> },
        { title: words.mode, cell: (row) => <Times row={row} zone={zone} /> },
        { title: words.why, cell: (row) => <Because row={row} zone={zone} /> },
      ]}
    />
  );
}

function Verdict({ row: { verdict } }: { row: Explained }): JSX.Element {
  const { activity, managedDoors: words } = useWords();
  return verdict === "granted" ? <Badge tone="good">{words.opens}</Badge> : <Badge tone="warning">{activity.reasons[verdict]}</Badge>;
}

function Credential({ row: { credential, class: holder } }: { row: Explained }): JSX.Element {
  const { managedDoors: words } = useWords();
  const kind = (words.withKind as Partial<Record<string, string>>)[credential.kind] ?? credential.kind;
  return (
    <span>
      {kind}
      {credential.secondPin === true && `, ${words.secondPin}`}
      <span class="quiet"> · {words.classes[holder]}</span>
    </span>
  );
}

function Times({ row: { windows, notBefore, notAfter, uses }, zone }: { row: Explained; zone: string }): JSX.Element {
  const { doors } = useWords();
  const language = useLanguage();
  const limits: ComponentChildren[] = [];
  if (notBefore !== undefined && Date.parse(notBefore) > Date.now()) limits.push(doors.from(showInstant(notBefore, zone, language)));
  if (notAfter !== undefined) limits.push(doors.until(showInstant(notAfter, zone, language)));
  if (uses !== undefined) limits.push(doors.uses(uses));
  return (
    <span>
      <WeekText windows={windows} />
      {limits.map((limit, index) => (
        <span key={index} class="quiet small">
          {limit}
        </span>
      ))}
    </span>
  );
}

function Because({ row: { because }, zone }: { row: Explained; zone: string }): JSX.Element {
  const { audit, managedDoors: words } = useWords();
  const language = useLanguage();
  return (
    <span>
      {because.map(({ grant, by, byName, group, since, revokedAt }) => (
        <span key={grant} class="small">
          {words.whyBy(actorText(by, byName, audit))}, {showDay(since, zone, language)}
          {group !== null && ` · ${words.whyGroup}`}
          {revokedAt !== undefined && (
            <>
              {" "}
              <Badge tone="danger">{words.whyRevoked}</Badge>
            </>
          )}
        </span>
      ))}
    </span>
  );
}
