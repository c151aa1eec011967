import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { answered, api, type Schema } from "../../api/client";
import { useList } from "../../api/use-list";
import { useWords } from "../../language/speaking";
import { AskedView, Empty } from "../../ui/asked-view";
import { Select } from "../../ui/field";
import { More } from "../../ui/more";
import { Page } from "../../ui/page";
import { Table } from "../../ui/table";
import { Time } from "../../ui/time";
import { useProperty } from "../../shell/managed-property";
import { actorText } from "./actor-text";
import { AuditCheck } from "./audit-check";

type Entry = Schema<"AuditEntry">;
const PAGE_ROWS = 50;

/** Who changed or looked at what at the property. */
export function AuditPage(): JSX.Element {
  const { manage, audit: words } = useWords();
  const { id: property, timeZone } = useProperty();
  const [about, setAbout] = useState<keyof typeof words.families | "">("");
  const list = useList((after, signal) => answered(api.GET("/api/audit", { params: { query: { property, order: "newest", limit: PAGE_ROWS, ...(about !== "" && { about }), ...(after !== undefined && { after }) } }, signal })), [property, about]);
  const families = Object.entries(words.families) as [keyof typeof words.families, string][];
  return (
    <Page title={manage.audit} about={words.about}>
      <details class="card audit-check">
        <summary>{words.verify}</summary>
        <AuditCheck />
      </details>
      <Select label={words.which} value={about} onValue={setAbout} choices={[{ value: "", label: words.familyAll }, ...families.map(([value, label]) => ({ value, label }))]} />
      <AskedView asked={list}>
        {(items) =>
          items.length === 0 ? (
            <Empty title={words.none} />
          ) : (
            <>
              <Table
                caption={manage.audit}
                rows={items}
                keyOf={({ id }) => id}
                columns={[
                  { title: words.when, cell: ({ at }) => <Time instant={at} zone={timeZone} /> },
                  { title: words.who, cell: ({ actor, actorName }) => actorText(actor, actorName, words) },
                  { title: words.what, heading: true, cell: (entry) => <What entry={entry} /> },
                  { title: words.aboutWhat, cell: (entry) => <Subject entry={entry} property={property} /> },
                ]}
              />
              <More list={list} />
            </>
          )
        }
      </AskedView>
    </Page>
  );
}

/** What was done; what exactly is folded up below it. */
function What({ entry: { action, detail, personal, erased } }: { entry: Entry }): JSX.Element {
  const { audit: words, events } = useWords();
  const locked = action === "door.lock-state" ? events.said["lock-state"][detail.state as keyof typeof events.said["lock-state"]] : undefined;
  const text = locked ?? (words.actions as Partial<Record<string, string>>)[action] ?? action;
  const rest = { ...detail, ...personal };
  return (
    <span>
      {text}
      {erased && <span class="quiet small">{words.erased}</span>}
      {Object.keys(rest).length > 0 && (
        <details class="small">
          <summary aria-label={words.detailOf(text)}>{words.detail}</summary>
          <pre class="code">{JSON.stringify(rest, undefined, 1)}</pre>
        </details>
      )}
    </span>
  );
}

const PAGES: Readonly<Record<string, string>> = { door: "doors", person: "people", unit: "units", template: "units/kinds", key: "keys", profile: "profiles", group: "groups", household: "households" };

/** The door, person, flat or whatever an entry is about. */
function Subject({ entry: { subject, subjectName }, property }: { entry: Entry; property: string }): JSX.Element | null {
  const { audit: words } = useWords();
  const [kind, id] = subject.split("/");
  const page = PAGES[kind] as string | undefined;
  const name = subjectName ?? (words.families as Partial<Record<string, string>>)[kind];
  if (name === undefined) return null;
  return page === undefined || subjectName === null ? <span>{name}</span> : <a href={`/manage/${property}/${page}/${id}`}>{name}</a>;
}
