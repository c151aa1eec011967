import type { Unit } from "../store/store";

/** The latest time that is noted in the database, Unix seconds: no right clock is behind it. 0 = nothing is noted. */
export async function latestNotedTime(unit: Unit): Promise<number> {
  const audit = await unit.selectFrom("audit").select("at").orderBy("id", "desc").limit(1).executeTakeFirst();
  const doors = await unit.selectFrom("doors").select((eb) => [eb.fn.max("heard_at").as("heard"), eb.fn.max("lease_issued_at").as("leased")]).executeTakeFirst();
  return Math.max(Number(audit?.at ?? 0), Number(doors?.heard ?? 0), Number(doors?.leased ?? 0));
}
