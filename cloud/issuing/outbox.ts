import type { Unit } from "../store/store";

/**
 * Notes, in the transaction that changes it, that a door's list may be out of date. Nothing is lost with the
 * process: whoever starts next finds the note.
 */
export async function noteDoors(unit: Unit, doors: readonly string[], now: number): Promise<void> {
  for (const door_id of doors) await unit.insertInto("outbox").values({ door_id, created_at: now }).execute();
}

export async function isNoted(unit: Unit, door: string): Promise<boolean> {
  const note = await unit.selectFrom("outbox").select("id").where("door_id", "=", door).limit(1).executeTakeFirst();
  return note !== undefined;
}

/** Doors with notes, the oldest first. */
export async function notedDoors(unit: Unit): Promise<string[]> {
  const rows = await unit.selectFrom("outbox").select("door_id").groupBy("door_id").orderBy((eb) => eb.fn.min("id")).execute();
  return rows.map((row) => row.door_id);
}
