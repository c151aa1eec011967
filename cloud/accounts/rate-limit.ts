import type { Unit } from "../store/store";

/** So many within so many seconds, from the first one on. */
export interface RateLimit {
  count: number;
  seconds: number;
}

/**
 * Counts one more of something, in the database: a restart forgets nothing, and processes share the count. The
 * transaction must be committed, whatever else becomes of the request.
 * @param key of what is counted; hashed where it would name somebody.
 * @returns seconds until it is allowed again; 0 = it is allowed now.
 */
export async function countOne(unit: Unit, key: string, limit: RateLimit, now: number): Promise<number> {
  const wait = await waitFor(unit, key, limit, now);
  if (wait > 0) return wait;
  const row = await unit.selectFrom("rate_limits").selectAll().where("key", "=", key).executeTakeFirst();
  // A clock that was set back must not keep anybody out for longer than the limit says.
  if (row === undefined || now < row.since || now >= row.since + limit.seconds) {
    await unit
      .insertInto("rate_limits")
      .values({ key, since: now, count: 1 })
      .onConflict((conflict) => conflict.column("key").doUpdateSet({ since: now, count: 1 }))
      .execute();
    return 0;
  }
  await unit.updateTable("rate_limits").set({ count: row.count + 1 }).where("key", "=", key).execute();
  return 0;
}

/** As `countOne`, but only looks. */
export async function waitFor(unit: Unit, key: string, limit: RateLimit, now: number): Promise<number> {
  const row = await unit.selectFrom("rate_limits").selectAll().where("key", "=", key).executeTakeFirst();
  if (row === undefined || row.count < limit.count || now < row.since) return 0;
  return Math.max(0, row.since + limit.seconds - now);
}

/** Counts that no limit looks at any more. @param seconds the longest of any limit. */
export async function forgetOldCounts(unit: Unit, seconds: number, now: number): Promise<void> {
  await unit.deleteFrom("rate_limits").where("since", "<=", now - seconds).execute();
}
