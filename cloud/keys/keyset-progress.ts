import type { Unit } from "../store/store";

/** How far keysets have come. */
export interface KeysetProgress {
  /** Claimed doors by the number that their newest receipt names; 0: they have said nothing since they were claimed. */
  doors: ReadonlyMap<number, number>;
}

export interface BehindDoor {
  id: string;
  name: string;
  property_id: string;
  keyset_number: number;
  heard_at: number | null;
}

export async function readProgress(unit: Unit): Promise<KeysetProgress> {
  const rows = await unit
    .selectFrom("doors")
    .where("claimed_at", "is not", null)
    .groupBy("keyset_number")
    .select((eb) => ["keyset_number as number", eb.fn.countAll().as("doors")])
    .execute();
  return { doors: new Map(rows.map(({ number, doors }) => [number, Number(doors)])) };
}

/** Doors that have shown a keyset of this number, or a later one. */
export function countTaken({ doors }: KeysetProgress, number: number): number {
  return [...doors].reduce((sum, [has, count]) => sum + (has >= number ? count : 0), 0);
}

export function countDoors({ doors }: KeysetProgress): number {
  return [...doors.values()].reduce((sum, count) => sum + count, 0);
}

/** Claimed doors that have not shown a keyset of this number yet, by id. */
export async function doorsBehind(unit: Unit, number: number, after: string, limit: number): Promise<BehindDoor[]> {
  return unit.selectFrom("doors").select(["id", "name", "property_id", "keyset_number", "heard_at"]).where("claimed_at", "is not", null).where("keyset_number", "<", number).where("id", ">", after).orderBy("id").limit(limit).execute();
}
