import Libsql from "libsql";
import type { SqliteDatabase, SqliteStatement } from "kysely";
import { storable } from "./storable";

/**
 * libsql in the shape that Kysely's SQLite dialect takes, without libsql's sharp edges (0.5): it aborts the whole
 * process on a boolean parameter, binds every number as a REAL, cuts texts at NUL, returns ArrayBuffers, and
 * throws what is no Error.
 */
export class LibsqlDatabase implements SqliteDatabase {
  readonly #database: Libsql.Database;
  readonly #statements = new Map<string, SqliteStatement>();
  /** What the disk did to the transaction that is open. */
  #failure: SqliteError | undefined;

  /** @param path of the file, or ":memory:". */
  constructor(path: string) {
    this.#database = new Libsql(path);
  }

  prepare(sql: string): SqliteStatement {
    const known = this.#statements.get(sql);
    if (known !== undefined) return known;
    const statement = adapt(attempt(() => this.#database.prepare(sql)), (work) => this.#execute(sql, work));
    if (this.#statements.size >= STATEMENTS_KEPT) this.#statements.clear();
    this.#statements.set(sql, statement);
    return statement;
  }

  /**
   * After a failure of the disk SQLite may have taken back the whole transaction by itself. Whoever takes it back then is
   * told what had failed, and not that there is none.
   */
  #execute<T>(sql: string, work: () => T): T {
    if (/^begin/i.test(sql)) this.#failure = undefined;
    try {
      return attempt(work);
    } catch (error) {
      if (error instanceof SqliteError && error.code === "SQLITE_ERROR" && /^(rollback|release)/i.test(sql) && this.#failure !== undefined) throw this.#failure;
      if (error instanceof SqliteError && /^SQLITE_(FULL|IOERR|READONLY)/.test(error.code)) this.#failure = error;
      throw error;
    }
  }

  /** Several statements without parameters. */
  execute(sql: string): void {
    attempt(() => this.#database.exec(sql));
  }

  /** The first column of a pragma's first row. */
  pragma(text: string): unknown {
    const rows = attempt(() => this.#database.prepare(`PRAGMA ${text}`).all([])) as Record<string, unknown>[];
    return rows.length === 0 ? undefined : Object.values(rows[0])[0];
  }

  /**
   * Leaves one file without a log beside it and gives its lock back at once: libsql itself keeps it until the
   * statements are garbage-collected, and a connection in WAL mode holds a lock even when idle.
   */
  close(): void {
    if (!this.#database.open) return;
    this.#statements.clear();
    try {
      this.pragma("journal_mode = DELETE");
      this.pragma("locking_mode = NORMAL");
      this.#database.prepare("SELECT count(*) FROM sqlite_master").all([]);
    } catch {
      // There was no lock to give back.
    }
    this.#database.close();
  }
}

const STATEMENTS_KEPT = 500; // prepared ones; beyond, all are prepared anew

function adapt(statement: Libsql.Statement, execute: <T>(work: () => T) => T): SqliteStatement {
  return {
    reader: statement.reader,
    all: (parameters) => execute(() => statement.all(parameters.map(toSqlite)).map(fromSqlite)),
    run: (parameters) => execute(() => statement.run(parameters.map(toSqlite))),
    *iterate(parameters) {
      for (const row of statement.iterate(parameters.map(toSqlite))) yield fromSqlite(row);
    },
  };
}

/** An error of SQLite's, with its code such as SQLITE_FULL. */
export class SqliteError extends Error {
  readonly code: string;

  constructor(message: string, code: string) {
    super(message);
    this.code = code;
  }
}

/** libsql throws objects that look like errors and have neither stack nor type. */
function attempt<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (error instanceof Libsql.SqliteError) throw new SqliteError(error.message, error.code);
    throw error;
  }
}

function toSqlite(value: unknown): unknown {
  const stored = storable(value);
  if (typeof stored === "number") return BigInt(stored);
  return stored instanceof Uint8Array ? Buffer.from(stored.buffer, stored.byteOffset, stored.byteLength) : stored;
}

function fromSqlite(row: unknown): unknown {
  const columns = row as Record<string, unknown>;
  for (const name in columns) {
    const value = columns[name];
    if (value instanceof ArrayBuffer) columns[name] = new Uint8Array(value);
  }
  return columns;
}
