import { Refusal } from "../refusal";
import { adminKeysAt, isSharedDoor } from "../rules/door-standing";
import type { Unit } from "../store/store";
import type { KeyRow } from "../store/rows/sharing-rows";

/**
 * Whether, without a key, its doors still have somebody who administers them: an owner, or another admin key that is
 * in force (S10). It binds everybody: whoever wants another order of things names an owner or another admin first.
 * A building's door is its managers' (N4).
 * @param doors those that the key is to lose, or no longer to administer.
 * @throws {Refusal} `last-administrator`.
 */
export async function requireAdministratorLeft(unit: Unit, key: KeyRow, doors: readonly string[]): Promise<void> {
  // Without an account nobody administers anything: a PIN may open at any time, and that is all.
  if (key.role !== "admin" || key.account_id === null || key.state !== "active" || key.blocked === 1) return;
  for (const door of doors) {
    if (await isSharedDoor(unit, door)) continue;
    const owner = await unit.selectFrom("door_owners").select("account_id").where("door_id", "=", door).executeTakeFirst();
    if (owner !== undefined) continue;
    const others = (await adminKeysAt(unit, door)).filter((each) => each.id !== key.id && each.account_id !== null);
    if (others.length === 0) throw new Refusal("last-administrator", `Nobody else administers door ${door}: name an owner, or give another admin key, first.`, { door });
  }
}
