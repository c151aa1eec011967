import { placesInForce } from "../rules/read-standing";
import type { Unit } from "../store/store";

/**
 * The properties for which an account's phones carry: where it lives, has a key, owns a door or manages. Sorted.
 * Whoever has nothing to do with a property carries nothing for it.
 */
export async function propertiesOfAccount(unit: Unit, account: string, now: number): Promise<string[]> {
  const places = await placesInForce(unit, account, now);
  const keys = await unit.selectFrom("keys").select("property_id").distinct().where("account_id", "=", account).where("state", "=", "active").execute();
  const managed = await unit.selectFrom("managers").select("property_id").where("account_id", "=", account).execute();
  const owned = await unit.selectFrom("door_owners as owner").innerJoin("doors as door", "door.id", "owner.door_id").select("door.property_id").distinct().where("owner.account_id", "=", account).execute();
  return [...new Set([...places, ...keys, ...managed, ...owned].map((row) => row.property_id))].sort();
}
