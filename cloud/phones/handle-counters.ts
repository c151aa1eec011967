import type { Unit } from "../store/store";

const COUNTERS = 2 ** 32; // of one holder: at 64 a refill, once a minute, for 127 years

/**
 * Sets counters aside for handles of a holder (SPEC 20.2): no other handle ever has them, whatever becomes of these.
 * @param holder a credential's id, or a carrier's.
 * @returns the first of `count` in a row.
 */
export async function takeCounters(unit: Unit, holder: string, count: number): Promise<number> {
  const row = await unit.selectFrom("handle_counters").select("next").where("holder_id", "=", holder).executeTakeFirst();
  const first = Number(row?.next ?? 0);
  const next = first + count;
  if (next > COUNTERS) throw new Error("a holder has had all its handles");
  await unit
    .insertInto("handle_counters")
    .values({ holder_id: holder, next })
    .onConflict((conflict) => conflict.column("holder_id").doUpdateSet({ next }))
    .execute();
  return first;
}
