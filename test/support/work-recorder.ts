import crypto from "node:crypto";
import pg from "pg";
import type { SqliteStatement } from "kysely";
import { LibsqlDatabase } from "../../cloud/store/libsql-database";

/** What a request makes the cloud do that takes time: statements with the rows that they find, hashes, ciphers, chance. Sorted: on PostgreSQL several tasks go on at once. */
export type Work = string[];

/** Does more at a statement, as a leak would. @param run another statement on the same connection. */
export type Plant = (sql: string, parameters: readonly unknown[], run: (sql: string) => Promise<unknown>) => Promise<void> | void;

const CRYPTO = ["createHash", "createHmac", "createCipheriv", "createDecipheriv", "randomBytes", "randomInt", "sign", "verify"] as const;

/** Records the work of this process, on either engine, while something is done. Nothing else may be going on. */
export async function recordWork(act: () => Promise<unknown>, plant?: Plant): Promise<Work> {
  const work: Work = [];
  const restore = [recordCrypto(work), recordSqlite(work, plant), recordPostgres(work, plant)];
  try {
    await act();
  } finally {
    for (const each of restore) each();
  }
  return work.sort();
}

function recordCrypto(work: Work): () => void {
  const methods = crypto as unknown as Record<string, (...parameters: unknown[]) => unknown>;
  const originals = CRYPTO.map((name) => [name, methods[name]] as const);
  for (const [name, original] of originals) {
    methods[name] = (...parameters) => {
      work.push(name);
      return original.apply(crypto, parameters);
    };
  }
  return () => originals.forEach(([name, original]) => void (methods[name] = original));
}

function recordSqlite(work: Work, plant: Plant | undefined): () => void {
  const { prepare } = LibsqlDatabase.prototype;
  let planting = false;
  LibsqlDatabase.prototype.prepare = function (this: LibsqlDatabase, sql: string): SqliteStatement {
    const statement = prepare.call(this, sql);
    const around = <T>(parameters: readonly unknown[], execute: () => T, rows: (result: T) => number): T => {
      if (plant !== undefined && !planting) {
        planting = true;
        void plant(sql, parameters, async (extra) => this.prepare(extra).all([]));
        planting = false;
      }
      const result = execute();
      work.push(`${sql} → ${rows(result)}`);
      return result;
    };
    return {
      ...statement,
      all: (parameters) => around(parameters, () => statement.all(parameters), (found) => found.length),
      run: (parameters) => around(parameters, () => statement.run(parameters), ({ changes }) => Number(changes)),
    };
  };
  return () => void (LibsqlDatabase.prototype.prepare = prepare);
}

type Query = (this: pg.Client, ...parameters: unknown[]) => Promise<pg.QueryResult>;

function recordPostgres(work: Work, plant: Plant | undefined): () => void {
  const prototype = pg.Client.prototype as unknown as { query: Query };
  const { query } = prototype;
  let planting = false;
  prototype.query = async function (...parameters) {
    const [asked, values] = parameters as [string | { text: string; values?: unknown[] }, unknown[] | undefined];
    const sql = typeof asked === "string" ? asked : asked.text;
    if (plant !== undefined && !planting) {
      planting = true;
      await plant(sql, (typeof asked === "string" ? values : asked.values) ?? [], (extra) => prototype.query.call(this, extra));
      planting = false;
    }
    const result = await query.apply(this, parameters);
    work.push(`${sql} → ${result.rowCount}`);
    return result;
  };
  return () => void (prototype.query = query);
}
