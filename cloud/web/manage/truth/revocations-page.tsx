import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { answered, api, type Schema } from "../../api/client";
import { useList } from "../../api/use-list";
import { showInstant } from "../../language/times";
import { useLanguage, useWords } from "../../language/speaking";
import { AskedView, Empty } from "../../ui/asked-view";
import { Badge } from "../../ui/badge";
import { Select } from "../../ui/field";
import { More } from "../../ui/more";
import { Page } from "../../ui/page";
import { Table } from "../../ui/table";
import { Time } from "../../ui/time";
import { useProperty } from "../../shell/managed-property";

/** What was ended at the property, newest first: all of it, or what is not yet true at every door. */
export function RevocationsPage(): JSX.Element {
  const { truth: words } = useWords();
  const { id, timeZone } = useProperty();
  const [shown, setShown] = useState<"open" | "all">("open");
  const list = useList((after, signal) => answered(api.GET("/api/revocations", { params: { query: { property: id, open: shown === "open" ? "true" : "false", ...(after !== undefined && { after }) } }, signal })), [id, shown]);
  return (
    <Page title={words.title} about={words.aboutAll}>
      <Select
        label={words.shown}
        value={shown}
        onValue={setShown}
        choices={[
          { value: "open", label: words.shownOpen },
          { value: "all", label: words.shownAll },
        ]}
      />
      <AskedView asked={list}>
        {(items) =>
          items.length === 0 ? (
            <Empty title={shown === "open" ? words.noneOpen : words.none} />
          ) : (
            <>
              <Table
                caption={words.title}
                rows={items}
                keyOf={(row) => row.id}
                columns={[
                  { title: words.whose, heading: true, cell: (row) => <a href={`/manage/${id}/truth/revocations/${row.id}`}>{row.name}</a> },
                  { title: words.when, cell: (row) => <Time instant={row.at} zone={timeZone} /> },
                  { title: words.state, cell: (row) => <State revocation={row} zone={timeZone} /> },
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

function State({ revocation: { complete, doors }, zone }: { revocation: Schema<"RevocationOfPerson">; zone: string }): JSX.Element {
  const { truth: words } = useWords();
  const language = useLanguage();
  if (complete) return <Badge tone="good">{words.completeShort}</Badge>;
  const pending = doors.filter(({ state }) => state === "pending");
  const until = pending.some(({ mayOpenUntil }) => mayOpenUntil === null) ? undefined : pending.flatMap(({ mayOpenUntil }) => mayOpenUntil ?? []).sort().at(-1);
  return <Badge tone="danger">{until === undefined ? words.openShort(pending.length) : words.openUntilShort(pending.length, showInstant(until, zone, language))}</Badge>;
}
