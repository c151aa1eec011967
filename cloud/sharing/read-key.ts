import { Refusal } from "../refusal";
import type { Unit } from "../store/store";
import type { KeyRow } from "../store/rows/sharing-rows";

/** @throws {Refusal} `not-found`. Who may know of it is the caller's to ask: `requireOnKey`. */
export async function readKey(unit: Unit, key: string): Promise<KeyRow> {
  const row = await unit.selectFrom("keys").selectAll().where("id", "=", key).executeTakeFirst();
  if (row === undefined) throw new Refusal("not-found", "There is no such key.");
  return row;
}

/** The doors that a key is for, in order. */
export async function doorsOfKey(unit: Unit, key: string): Promise<string[]> {
  const rows = await unit.selectFrom("key_doors").select("door_id").where("key_id", "=", key).orderBy("door_id").execute();
  return rows.map((row) => row.door_id);
}
