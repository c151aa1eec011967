import type { ComponentChildren, JSX } from "preact";

export interface Column<Row> {
  title: string;
  cell: (row: Row) => ComponentChildren;
  /** The row's name: a header of its row, read out with each of its cells. */
  heading?: boolean;
  /** It holds buttons, which say themselves what they do. */
  act?: boolean;
}

/** Rows under headings; on a narrow screen each row is a card with the headings beside its cells. */
export function Table<Row>({ caption, columns, rows, keyOf }: { caption: string; columns: readonly Column<Row>[]; rows: readonly Row[]; keyOf: (row: Row) => string | number }): JSX.Element {
  return (
    <table>
      <caption class="unseen">{caption}</caption>
      <thead>
        <tr>
          {columns.map(({ title, act }) => (
            <th key={title} scope="col">
              {act === true ? <span class="unseen">{title}</span> : title}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {rows.map((row) => (
          <tr key={keyOf(row)}>
            {columns.map(({ title, cell, heading, act }) =>
              heading === true ? (
                <th key={title} scope="row">
                  {cell(row)}
                </th>
              ) : (
                <td key={title} class={act === true ? "act" : undefined} data-title={act === true ? undefined : title}>
                  {cell(row)}
                </td>
              ),
            )}
          </tr>
        ))}
      </tbody>
    </table>
  );
}
