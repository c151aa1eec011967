import { sql } from "kysely";
import { isPostgresUrl } from "./open-store";
import type { Unit } from "./store";

/** Ids that the database counts by itself. Each engine has words of its own for that, and no standard has any. */
export interface CountedIds {
  /** The last id that a table has given, even if its row is gone; 0 = none. */
  last(unit: Unit, table: string): Promise<number>;
  /** The table goes on after this one. @param last from 1 on. */
  goOnAfter(unit: Unit, table: string, last: number): Promise<void>;
}

const SQLITE: CountedIds = {
  async last(unit, table) {
    const { rows } = await sql<{ seq: number }>`SELECT seq FROM sqlite_sequence WHERE name = ${table}`.execute(unit);
    return rows.length === 0 ? 0 : Number(rows[0].seq);
  },
  async goOnAfter(unit, table, last) {
    await sql`DELETE FROM sqlite_sequence WHERE name = ${table}`.execute(unit);
    await sql`INSERT INTO sqlite_sequence (name, seq) VALUES (${table}, ${last})`.execute(unit);
  },
};

const POSTGRES: CountedIds = {
  async last(unit, table) {
    const { rows: [{ name }] } = await sql<{ name: string }>`SELECT pg_get_serial_sequence(${table}, 'id') AS name`.execute(unit);
    const { rows: [{ last, given }] } = await sql<{ last: number; given: 0 | 1 }>`SELECT last_value AS last, is_called AS given FROM ${sql.raw(name)}`.execute(unit);
    return given === 1 ? last : 0;
  },
  async goOnAfter(unit, table, last) {
    await sql`SELECT setval(pg_get_serial_sequence(${table}, 'id'), ${last})`.execute(unit);
  },
};

/** @param location as `openStore` takes it. */
export function countedIdsOf(location: string): CountedIds {
  return isPostgresUrl(location) ? POSTGRES : SQLITE;
}
