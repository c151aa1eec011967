import { PostgresAdapter, type Kysely, type Transaction } from "kysely";
import { DatabaseError } from "pg";
import { SqliteError } from "./libsql-database";
import { SCHEMA_CHANGED } from "./schema-hold";
import type { Tables } from "./tables";

/** All queries of a transaction must go through the transaction: SQLite has one connection, and it is taken. */
export type Database = Kysely<Tables>;
export type Unit = Transaction<Tables>;

export interface Store {
  database: Database;
  /** Runs `work` while no other process opens this database, or is in such work itself. */
  alone<T>(work: () => Promise<T>): Promise<T>;
  /** Whether another process has this database open, as far as it can be known. */
  heldByOthers(): Promise<boolean>;
  /** A line to the other processes that have this database open; undefined where it is one process's alone. */
  notices(listener: NoticeListener): Notices | undefined;
  close(): Promise<void>;
}

/** Short texts that processes on one database send to each other: a convenience, on which nothing may rely. */
export interface Notices {
  readonly connected: boolean;
  /** To all of them, this one too. @param text of less than 8,000 bytes. @returns whether it left. */
  send(text: string): Promise<boolean>;
  stop(): Promise<void>;
}

export interface NoticeListener {
  /** From now on what is sent arrives; what was sent before may not have. */
  connected(): void;
  received(text: string): void;
  /** It is tried again by itself. */
  lost(error: Error): void;
}

/** Whether other processes may be at work on this database: it is PostgreSQL's. */
export function isPostgres(database: Database | Unit): boolean {
  return database.getExecutor().adapter instanceof PostgresAdapter;
}

/**
 * Whether an error is the database refusing a second one of what must be unique. After it PostgreSQL takes no more
 * statements of the transaction: where both may happen, use `onConflict`.
 */
export function isUniqueViolation(error: unknown): boolean {
  if (error instanceof SqliteError) return error.code === "SQLITE_CONSTRAINT_UNIQUE" || error.code === "SQLITE_CONSTRAINT_PRIMARYKEY";
  return error instanceof DatabaseError && error.code === "23505";
}

/** Whether PostgreSQL could not give two transactions an order (serialization failure, deadlock): the same one may pass now. */
export function isContention(error: unknown): boolean {
  return error instanceof DatabaseError && (error.code === "40001" || error.code === "40P01");
}

/** Whether the disk or the connection to the database, and not the request, is to blame. */
export function isStorageFailure(error: unknown): boolean {
  if (error instanceof SqliteError) return /^SQLITE_(FULL|IOERR|READONLY|CORRUPT|BUSY)/.test(error.code);
  // Connection, no resources, not now, operator, system, damage; 25006: a standby takes no writes.
  if (error instanceof DatabaseError) return isContention(error) || /^(08|53|55|57|58|XX|25006|25P0)/.test(error.code ?? "");
  if (!(error instanceof Error)) return false;
  const { code, message } = error as NodeJS.ErrnoException;
  return /^(ECONN(REFUSED|RESET|ABORTED)|EPIPE|ETIMEDOUT|EHOSTUNREACH|ENETUNREACH|ENOTFOUND|EAI_AGAIN)$/.test(code ?? "") || POSTGRES_GONE.test(message) || message.startsWith(SCHEMA_CHANGED);
}

/** What `pg` throws, without a code, where a connection is lost or none is to be had. */
const POSTGRES_GONE = /^(Connection terminated|timeout expired|timeout exceeded when trying to connect|Query read timeout|Client has encountered a connection error|Client was closed)/;
