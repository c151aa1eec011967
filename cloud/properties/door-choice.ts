import { Refusal } from "../refusal";
import type { Unit } from "../store/store";

/** Doors that a property may give to its flats, each once and in order. @throws {Refusal} `not-found`: not of this property, for it. */
export async function requireDoorsOf(unit: Unit, property: string, doors: readonly string[]): Promise<string[]> {
  const wanted = [...new Set(doors)].sort();
  if (wanted.length === 0) return wanted;
  const rows = await unit.selectFrom("doors").select("id").where("property_id", "=", property).where("id", "in", wanted).execute();
  const known = new Set(rows.map((row) => row.id));
  const missing = wanted.find((door) => !known.has(door));
  if (missing !== undefined) throw new Refusal("not-found", `There is no door ${missing} at this property.`, { door: missing });
  return wanted;
}
