import type { Unit } from "../store/store";

/**
 * The doors of a household, in order: those of its flat and those of the flat's template (P1). A pure function of
 * rows, read anew whenever somebody's access is decided.
 */
export async function householdDoors(unit: Unit, household: string): Promise<string[]> {
  const flat = await unit
    .selectFrom("households as household")
    .innerJoin("units as flat", "flat.id", "household.unit_id")
    .where("household.id", "=", household)
    .select(["flat.id", "flat.template_id"])
    .executeTakeFirstOrThrow();
  const own = await unit.selectFrom("unit_doors").select("door_id").where("unit_id", "=", flat.id).execute();
  const shared = flat.template_id === null ? [] : await unit.selectFrom("template_doors").select("door_id").where("template_id", "=", flat.template_id).execute();
  return [...new Set([...own, ...shared].map((row) => row.door_id))].sort();
}
