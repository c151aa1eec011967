import type { Unit } from "../store/store";

/** Those of some doors at which a person can type a PIN: where it follows a unit number, they must have one. In order. */
export async function typableDoors(unit: Unit, person: string, doors: readonly string[]): Promise<string[]> {
  if (doors.length === 0) return [];
  const { unit: flat } = await unit.selectFrom("people").select("unit").where("id", "=", person).executeTakeFirstOrThrow();
  let query = unit.selectFrom("doors").select("id").where("id", "in", doors).orderBy("id");
  if (flat === null) query = query.where("unit_numbers", "=", 0);
  return (await query.execute()).map((row) => row.id);
}

/** Doors of a person's groups at which they could type a PIN: a new one shall be free there too. */
export async function typableGroupDoors(unit: Unit, person: string): Promise<string[]> {
  const rows = await unit.selectFrom("group_people as member").innerJoin("group_doors as at", "at.group_id", "member.group_id").select("at.door_id").distinct().where("member.person_id", "=", person).execute();
  return typableDoors(unit, person, rows.map((row) => row.door_id));
}
