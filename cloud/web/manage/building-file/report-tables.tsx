import type { JSX } from "preact";
import { useState } from "preact/hooks";
import type { Schema } from "../../api/client";
import { useLanguage, useWords } from "../../language/speaking";
import { Badge } from "../../ui/badge";
import { Button } from "../../ui/button";
import { Table } from "../../ui/table";

const SHOWN_AT_FIRST = 100;

/** What is wrong in a file, by line and column. */
export function FaultTable({ faults }: { faults: readonly Schema<"FileFault">[] }): JSX.Element {
  const { buildingFile: words, problems } = useWords();
  const language = useLanguage();
  const said = ({ code, detail }: Schema<"FileFault">): string => {
    // English has the API's own words, which name the cell's value too.
    if (language === "en" && detail !== "") return detail;
    return words.faults[code as keyof typeof words.faults] ?? problems[code as keyof typeof problems] ?? detail;
  };
  return (
    <Shortened items={faults}>
      {(rows) => (
        <Table
          caption={words.faultsCaption}
          rows={rows.map((fault, index) => ({ fault, index }))}
          keyOf={({ index }) => index}
          columns={[
            { title: words.line, heading: true, cell: ({ fault }) => <LineNumber line={fault.line} /> },
            { title: words.column, cell: ({ fault }) => (fault.column === null ? "" : <code>{fault.column}</code>) },
            { title: words.wrong, cell: ({ fault }) => said(fault) },
          ]}
        />
      )}
    </Shortened>
  );
}

/** What each line of a file makes or changes. */
export function LineTable({ lines }: { lines: readonly Schema<"FileLine">[] }): JSX.Element {
  const { buildingFile: words } = useWords();
  return (
    <Shortened items={lines}>
      {(rows) => (
        <Table
          caption={words.linesCaption}
          rows={rows}
          keyOf={({ line }) => line}
          columns={[
            { title: words.line, heading: true, cell: ({ line }) => <LineNumber line={line} /> },
            { title: words.kind, cell: ({ kind }) => words.kinds[kind as keyof typeof words.kinds] },
            { title: words.name, cell: ({ name }) => name },
            { title: words.act, cell: ({ act }) => <Badge tone={act === "make" ? "good" : "warning"}>{words.acts[act]}</Badge> },
            { title: words.changed, cell: ({ act, changed }) => (act === "change" ? changed.map((column) => words.columnNames[column as keyof typeof words.columnNames] ?? column).join(", ") : "") },
          ]}
        />
      )}
    </Shortened>
  );
}

/** Where there is no heading above it, it says itself what it is. */
function LineNumber({ line }: { line: number }): JSX.Element {
  const { buildingFile: words } = useWords();
  return (
    <>
      <span class="only-narrow">{words.line} </span>
      {line}
    </>
  );
}

function Shortened<Item>({ items, children }: { items: readonly Item[]; children: (shown: readonly Item[]) => JSX.Element }): JSX.Element {
  const { common } = useWords();
  const [count, setCount] = useState(SHOWN_AT_FIRST);
  return (
    <>
      {children(items.slice(0, count))}
      {items.length > count && (
        <div class="more">
          <Button onPress={() => setCount(count + SHOWN_AT_FIRST)}>{common.more}</Button>
        </div>
      )}
    </>
  );
}
