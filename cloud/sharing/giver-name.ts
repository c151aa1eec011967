import type { Unit } from "../store/store";
import type { KeyRow } from "../store/rows/sharing-rows";

/**
 * Who gave a key, as its user and others read it: the member's name, else the account's. null: whoever runs the
 * property, or somebody who has no name here any more.
 */
export async function giverName(unit: Unit, key: Pick<KeyRow, "property_id" | "giver_account" | "giver_person">): Promise<string | null> {
  if (key.giver_person !== null) return named(await unit.selectFrom("people").select("name").where("id", "=", key.giver_person).executeTakeFirst());
  if (key.giver_account === null) return null;
  const manager = await unit.selectFrom("managers").select("account_id").where("property_id", "=", key.property_id).where("account_id", "=", key.giver_account).executeTakeFirst();
  return manager === undefined ? named(await unit.selectFrom("accounts").select("name").where("id", "=", key.giver_account).executeTakeFirst()) : null;
}

function named(row: { name: string } | undefined): string | null {
  return row === undefined || row.name === "" ? null : row.name;
}
