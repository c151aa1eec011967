import type { PostgresPool, PostgresPoolClient } from "kysely";
import { Pool, types, type ClientConfig, type PoolClient } from "pg";
import { DATABASE_CONNECT_MS, DATABASE_CONNECTIONS_MAX, DATABASE_IDLE_IN_TRANSACTION_MS, DATABASE_STATEMENT_MS } from "../limits";
import { holdSchema } from "./schema-hold";
import { storable } from "./storable";

/** What all connections of this program call themselves at first; behind it stands whose they are. */
export const APPLICATION = "latchkey";

/** How every connection to PostgreSQL is made. @param opener tells the connections of one store from all others. */
export function connectionTo(url: string, opener: string): ClientConfig {
  return { connectionString: url, application_name: `${APPLICATION} ${opener}`, connectionTimeoutMillis: DATABASE_CONNECT_MS, keepAlive: true, types: { getTypeParser } };
}

/**
 * Said once to each connection, because a URL, a role or a pooler may have other ideas. Transactions say themselves that
 * they are serializable (transaction.ts); a statement by itself has nothing to be in order with.
 */
const SESSION = `
  SET SESSION CHARACTERISTICS AS TRANSACTION ISOLATION LEVEL READ COMMITTED;
  SET synchronous_commit = on;
  SET statement_timeout = ${DATABASE_STATEMENT_MS};
  SET idle_in_transaction_session_timeout = ${DATABASE_IDLE_IN_TRANSACTION_MS}`;

/** `pg` in the shape that Kysely's dialect takes, giving and taking the same values as SQLite does. */
export class StoragePool implements PostgresPool {
  readonly #pool: Pool;
  readonly #clients = new WeakMap<PoolClient, PostgresPoolClient>();

  constructor(url: string, opener: string) {
    this.#pool = new Pool({ ...connectionTo(url, opener), max: DATABASE_CONNECTIONS_MAX });
    // An idle connection was lost. The next query gets a new one, or says what is wrong.
    this.#pool.on("error", () => undefined);
  }

  async connect(): Promise<PostgresPoolClient> {
    const client = await this.#pool.connect();
    const known = this.#clients.get(client);
    if (known !== undefined) return known;
    // It listens for the connection's loss before anything is said: one that nobody listens for ends the process.
    const adapted = adapt(client);
    try {
      await client.query(SESSION);
      await holdSchema(client);
    } catch (error) {
      client.release(true);
      throw error;
    }
    this.#clients.set(client, adapted);
    return adapted;
  }

  end(): Promise<void> {
    return this.#pool.end();
  }
}

function adapt(client: PoolClient): PostgresPoolClient {
  let broken = false;
  // Lost while in use: the query under way fails by itself.
  client.on("error", () => void (broken = true));
  const query = async (sql: string, parameters: readonly unknown[] = []): Promise<unknown> => client.query(sql, parameters.map(storable));
  return {
    query: query as PostgresPoolClient["query"],
    release: () => client.release(broken),
  };
}

const { BOOL, BYTEA, INT8, NUMERIC } = types.builtins;

/** int8 and the numeric of its sums are safe numbers, bytes Uint8Arrays, and truth is 0 or 1: as SQLite has them. */
const PARSERS = new Map<number, (text: string) => unknown>([
  [INT8, safeNumber],
  [NUMERIC, safeNumber],
  [BYTEA, toBytes],
  [BOOL, (text) => (text === "t" ? 1 : 0)],
]);

function getTypeParser(type: number): (text: string) => unknown {
  const usual: unknown = types.getTypeParser(type, "text");
  return PARSERS.get(type) ?? (usual as (text: string) => unknown);
}

function safeNumber(text: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value)) throw new Error("the database gave a number that is not whole or too large");
  return value;
}

/** PostgreSQL writes bytes as `\x` and hexadecimal digits. */
function toBytes(text: string): Uint8Array {
  return new Uint8Array(Buffer.from(text.slice(2), "hex"));
}
