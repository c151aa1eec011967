import { LibsqlDatabase } from "./libsql-database";
import { MIGRATIONS } from "./migrations/migrations";

/** A table of the schema, as whoever copies all of them must know it. */
export interface SchemaTable {
  name: string;
  columns: readonly string[];
  /** Columns of its primary key, in order: rows are read along it. */
  key: readonly string[];
  /** Column that names another row of the same table; those rows come after the ones that name none. */
  own: string | undefined;
  /** Whether its ids are counted by the database. */
  counted: boolean;
}

/**
 * All tables, those that others refer to first. The migrations themselves say which there are, so that a new one is
 * never forgotten.
 */
export function readSchemaTables(): SchemaTable[] {
  const database = new LibsqlDatabase(":memory:");
  try {
    for (const { sqlite } of MIGRATIONS) database.execute(sqlite);
    const rows = database.prepare("SELECT name, sql FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY name").all([]) as { name: string; sql: string }[];
    const tables = rows.map(({ name, sql }) => readTable(database, name, sql));
    return inOrder(tables);
  } finally {
    database.close();
  }
}

type Referring = SchemaTable & { others: string[] };

function readTable(database: LibsqlDatabase, name: string, sql: string): Referring {
  const columns = database.prepare(`PRAGMA table_info(${name})`).all([]) as { name: string; pk: number }[];
  const references = database.prepare(`PRAGMA foreign_key_list(${name})`).all([]) as { table: string; from: string }[];
  const key = columns.filter(({ pk }) => pk > 0).sort((a, b) => a.pk - b.pk);
  return {
    name,
    columns: columns.map((column) => column.name),
    key: key.map((column) => column.name),
    own: references.find(({ table }) => table === name)?.from,
    counted: /\bAUTOINCREMENT\b/.test(sql),
    others: references.map(({ table }) => table).filter((table) => table !== name),
  };
}

/** @throws Error where tables refer to each other in a circle, which no copy can follow: a bug of a migration. */
function inOrder(tables: readonly Referring[]): SchemaTable[] {
  const ordered: SchemaTable[] = [];
  const placed = new Set<string>();
  while (ordered.length < tables.length) {
    const next = tables.find((table) => !placed.has(table.name) && table.others.every((other) => placed.has(other)));
    if (next === undefined) throw new Error("tables refer to each other in a circle");
    placed.add(next.name);
    const { others: _, ...table } = next;
    ordered.push(table);
  }
  return ordered;
}
