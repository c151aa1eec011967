import type { ClientBase } from "pg";
import { MIGRATIONS } from "./migrations/migrations";

/** "LKes": the advisory lock of whoever works with a schema, shared, and of whoever brings it forward, alone. */
const SCHEMA_LOCK = 0x4c4b6573;

/**
 * Holds the schema as it is for as long as a connection lasts, and sees that it is this version's: a process that was
 * away while another one brought it forward must not write what it means no more.
 * @throws Error that `isStorageFailure` knows, after which the connection is of no use.
 */
export async function holdSchema(client: ClientBase): Promise<void> {
  await client.query(`SELECT pg_advisory_lock_shared(${SCHEMA_LOCK})`);
  const { rows } = await client.query<{ version: number }>("SELECT version FROM latchkey_schema");
  if (rows[0].version !== MIGRATIONS.length) throw new Error(`${SCHEMA_CHANGED}: it is ${rows[0].version}, and this process knows ${MIGRATIONS.length}. Replace it.`);
}

/** @returns whether nobody works with the schema, nor will while this connection lasts. */
export async function takeSchema(client: ClientBase): Promise<boolean> {
  const { rows } = await client.query<{ taken: unknown }>(`SELECT pg_try_advisory_lock(${SCHEMA_LOCK})::int AS taken`);
  return Number(rows[0].taken) === 1;
}

/** How an error begins that a process of another version gets. */
export const SCHEMA_CHANGED = "The database's schema is another version's by now";
