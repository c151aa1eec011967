import type { JSX } from "preact";
import type { Schema } from "../api/client";
import { useWords } from "../language/speaking";
import { Table, type Column } from "../ui/table";
import { useKeysPath } from "./giving";
import { KeyState } from "./key-state";
import { KeyTimesText } from "./key-times";

type Key = Schema<"Key">;

const NAMED_DOORS = 3;

/** Keys under each other. @param giver say who gave each, e.g. of one's own. */
export function KeyTable({ caption, keys, giver }: { caption: string; keys: readonly Key[]; giver: boolean }): JSX.Element {
  const { sharing } = useWords();
  const base = useKeysPath();
  const columns: Column<Key>[] = [
    {
      title: sharing.column.key,
      heading: true,
      cell: (key) => (
        <span class="named">
          <a href={`${base}/${key.id}`}>{key.name}</a>
          <span class="quiet">{sharing.kind[key.kind]}</span>
        </span>
      ),
    },
    giver ? { title: sharing.column.giver, cell: (key) => key.giver ?? sharing.byManager } : { title: sharing.column.user, cell: (key) => key.user.name },
    { title: sharing.column.doors, cell: (key) => <DoorNames names={key.doors.map(({ name }) => name)} /> },
    { title: sharing.column.when, cell: (key) => <KeyTimesText times={key} zone={key.timeZone} /> },
    { title: sharing.column.state, cell: (key) => <KeyState of={key} /> },
  ];
  return <Table caption={caption} columns={columns} rows={[...keys].sort(byName)} keyOf={({ id }) => id} />;
}

function DoorNames({ names }: { names: readonly string[] }): JSX.Element {
  const { sharing } = useWords();
  const more = names.length - NAMED_DOORS;
  return <>{more > 1 ? `${names.slice(0, NAMED_DOORS).join(", ")} ${sharing.andMore(more)}` : names.join(", ")}</>;
}

function byName(a: Key, b: Key): number {
  return a.user.name.localeCompare(b.user.name) || a.name.localeCompare(b.name);
}
