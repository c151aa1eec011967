import { isPostgres, type Unit } from "./store";

/**
 * Takes a door for the rest of a transaction, before anything else is read in it: what is made of it there nobody else
 * makes meanwhile. It goes with its holder, however that ends. Where the database is one process's alone nobody else
 * could have it.
 * @param busy whether to wait for whoever has it, or to leave it to them.
 * @returns whether it was taken.
 */
export async function lockDoor(unit: Unit, door: string, busy: "skip" | "wait"): Promise<boolean> {
  if (!isPostgres(unit)) return true;
  const query = unit.selectFrom("doors").select("id").where("id", "=", door).forNoKeyUpdate(); // which does not hold up rows that refer to it
  return (await (busy === "skip" ? query.skipLocked() : query).executeTakeFirst()) !== undefined;
}
