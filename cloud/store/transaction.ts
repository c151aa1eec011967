import { randomInt } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { DatabaseError } from "pg";
import { TRANSACTION_ATTEMPTS_MAX, TRANSACTION_BACKOFF_MS, TRANSACTION_BACKOFF_MS_MAX } from "../limits";
import { isContention, isStorageFailure, isUniqueViolation, type Database, type Unit } from "./store";

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

/** The writers of this process, one behind the other: between themselves they never conflict. */
const queues = new WeakMap<Database, Promise<unknown>>();

/**
 * Runs `work` in one transaction: all of it or nothing, as if nobody else were at work. With PostgreSQL another
 * process may be, and then it runs again: `work` must change nothing but the database, or set it anew each time.
 * @throws whatever `work` throws, after which nothing has changed; or the database's failure (`isStorageFailure`).
 */
export function inTransaction<T>(database: Database, work: (unit: Unit) => Promise<T>): Promise<T> {
  const before = queues.get(database) ?? Promise.resolve();
  const asked = performance.now();
  const turn = before.then(() => {
    observers.get(database)?.waited((performance.now() - asked) / 1_000);
    return again(database, "write", () => database.transaction().setIsolationLevel("serializable").execute(work));
  });
  queues.set(database, turn.catch(() => undefined));
  return turn;
}

/**
 * As `inTransaction`, without waiting behind this process's other writers: for a step that must not be late however
 * much there is to do, and that touches no rows of theirs.
 */
export function inTransactionAhead<T>(database: Database, work: (unit: Unit) => Promise<T>): Promise<T> {
  return again(database, "write", () => database.transaction().setIsolationLevel("serializable").execute(work));
}

/** Reads in one transaction, beside a writer: what `work` sees was all true at one moment. It cannot write. */
export function inSnapshot<T>(database: Database, work: (unit: Unit) => Promise<T>): Promise<T> {
  return again(database, "read", () => database.transaction().setIsolationLevel("serializable").setAccessMode("read only").execute(work));
}

async function again<T>(database: Database, kind: "write" | "read", attempt: () => Promise<T>): Promise<T> {
  const observer = observers.get(database);
  const from = performance.now();
  const ended = (tried: number): void => observer?.ended(kind, (performance.now() - from) / 1_000, tried);
  let collided = false;
  for (let tried = 1; ; tried++) {
    try {
      const result = await attempt();
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
