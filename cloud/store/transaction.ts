import { randomInt } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { sql } from "kysely";
import { DatabaseError } from "pg";
import { DATABASE_DOOR_WRITERS, TRANSACTION_ATTEMPTS_MAX, TRANSACTION_BACKOFF_MS, TRANSACTION_BACKOFF_MS_MAX } from "../limits";
import { GroupedWrites } from "./grouped-writes";
import { isContention, isPostgres, isStorageFailure, isUniqueViolation, type Database, type Unit } from "./store";

/** Runs work in one transaction, and says what time it is. */
export type Transact = <T>(work: (unit: Unit, now: number) => Promise<T>) => Promise<T>;

/** Is told how a database's transactions go. */
export interface TransactionObserver {
  /** A writer's turn has come. */
  waited(seconds: number): void;
  /** @param seconds from the first attempt on. @param attempts more than one where others were in the way. */
  ended(kind: "write" | "read", seconds: number, attempts: number): void;
  /** The disk or the connection failed one: nothing was changed. */
  storageFailed(): void;
}

const observers = new WeakMap<Database, TransactionObserver>();

export function observeTransactions(database: Database, observer: TransactionObserver): void {
  observers.set(database, observer);
}

/** The writers of SQLite, which are this process's alone. */
const groups = new WeakMap<Database, GroupedWrites>();

/** Writers of this process that wait for each other, by lane: those of one lane never conflict between themselves. */
const queues = new WeakMap<Database, Map<string, Promise<unknown>>>();

/**
 * Runs `work` in one transaction: all of it or nothing, as if nobody else were at work. With PostgreSQL it waits for
 * the writers of other processes too: since each command appends to the audit, side by side they would only undo each
 * other. It may run again all the same: `work` must change nothing but the database, or set it anew each time.
 * @throws whatever `work` throws, after which nothing has changed; or the database's failure (`isStorageFailure`).
 */
export function inTransaction<T>(database: Database, work: (unit: Unit) => Promise<T>): Promise<T> {
  if (!isPostgres(database)) return inGroup(database, work);
  return inTurn(database, "", () => again(database, "write", () => write(database, "alone", work)));
}

/** As `inTransaction`, for what is said by one door or made for it: with PostgreSQL it goes beside the work on other doors. */
export function inDoorTransaction<T>(database: Database, door: string, work: (unit: Unit) => Promise<T>): Promise<T> {
  if (!isPostgres(database)) return inGroup(database, work);
  const lane = `doors ${Number.parseInt(door.slice(-2), 16) % DATABASE_DOOR_WRITERS}`;
  return inTurn(database, lane, () => again(database, "write", (tried) => write(database, tried === 1 ? "beside-others" : "alone", work)));
}

/**
 * As `inTransaction`, without waiting for any other writer: for a step that must not be late however much there is to
 * do, and that touches no rows of theirs.
 */
export function inTransactionAhead<T>(database: Database, work: (unit: Unit) => Promise<T>): Promise<T> {
  return again(database, "write", () => database.transaction().setIsolationLevel("serializable").execute(work));
}

async function inGroup<T>(database: Database, work: (unit: Unit) => Promise<T>): Promise<T> {
  const group = groups.get(database) ?? new GroupedWrites((all) => database.transaction().execute(all));
  groups.set(database, group);
  const observer = observers.get(database);
  const asked = performance.now();
  let from = asked;
  try {
    return await group.add((unit) => {
      from = performance.now();
      observer?.waited((from - asked) / 1_000);
      return work(unit);
    });
  } catch (error) {
    if (isStorageFailure(error)) observer?.storageFailed();
    throw error;
  } finally {
    observer?.ended("write", (performance.now() - from) / 1_000, 1);
  }
}

function inTurn<T>(database: Database, lane: string, work: () => Promise<T>): Promise<T> {
  const lanes = queues.get(database) ?? new Map<string, Promise<unknown>>();
  queues.set(database, lanes);
  const asked = performance.now();
  const turn = (lanes.get(lane) ?? Promise.resolve()).then(() => {
    observers.get(database)?.waited((performance.now() - asked) / 1_000);
    return work();
  });
  lanes.set(lane, turn.catch(() => undefined));
  return turn;
}

/**
 * Whom a writer of PostgreSQL has beside it: a mode of the table `turns`. What has collided goes alone the second time,
 * and then nothing is in its way: however many processes there are, it gets done.
 */
const TURNS = { "beside-others": "ROW SHARE", alone: "EXCLUSIVE" } as const;

function write<T>(database: Database, turn: keyof typeof TURNS, work: (unit: Unit) => Promise<T>): Promise<T> {
  return database
    .transaction()
    .setIsolationLevel("serializable")
    .execute(async (unit) => {
      // It goes with the transaction. Taken before anything is read, because what is seen is what there is at the first look.
      if (isPostgres(unit)) await sql`LOCK TABLE turns IN ${sql.raw(TURNS[turn])} MODE`.execute(unit);
      return work(unit);
    });
}

/** Reads in one transaction, beside a writer: what `work` sees was all true at one moment. It cannot write. */
export function inSnapshot<T>(database: Database, work: (unit: Unit) => Promise<T>): Promise<T> {
  return again(database, "read", () => database.transaction().setIsolationLevel("serializable").setAccessMode("read only").execute(work));
}

async function again<T>(database: Database, kind: "write" | "read", attempt: (tried: number) => Promise<T>): Promise<T> {
  const observer = observers.get(database);
  const from = performance.now();
  const ended = (tried: number): void => observer?.ended(kind, (performance.now() - from) / 1_000, tried);
  let collided = false;
  for (let tried = 1; ; tried++) {
    try {
      const result = await attempt(tried);
      ended(tried);
      return result;
    } catch (error) {
      // Another process may have inserted between our look and our insert: the second look sees it and says so in our words.
      const raced: boolean = !collided && error instanceof DatabaseError && isUniqueViolation(error);
      if ((!raced && !isContention(error)) || tried === TRANSACTION_ATTEMPTS_MAX) {
        ended(tried);
        if (isStorageFailure(error)) observer?.storageFailed();
        throw error;
      }
      collided ||= raced;
      await sleep(randomInt(Math.min(TRANSACTION_BACKOFF_MS * 2 ** tried, TRANSACTION_BACKOFF_MS_MAX)));
    }
  }
}
