import { newId } from "../store/ids";
import type { Unit } from "../store/store";

/**
 * By what phones of an account carry for a property where it has nothing to open doors with: shaped like a
 * credential's id, and in no door's list (SPEC 21.2). It is made when it is first asked for.
 */
export async function carrierOf(unit: Unit, property: string, account: string, now: number): Promise<string> {
  const row = await unit.selectFrom("carriers").select("id").where("property_id", "=", property).where("account_id", "=", account).executeTakeFirst();
  if (row !== undefined) return row.id;
  const id = newId();
  await unit.insertInto("carriers").values({ id, property_id: property, account_id: account, created_at: now }).execute();
  return id;
}
