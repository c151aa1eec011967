import type { DoorFirmwareRow } from "../store/rows/firmware-rows";
import type { Unit } from "../store/store";

/** What is known of doors' firmware, by door: their own words without proof, and what their logs prove. */
export async function readDoorFirmware(unit: Unit, doors: readonly string[]): Promise<Map<string, DoorFirmwareRow>> {
  if (doors.length === 0) return new Map();
  const rows = await unit.selectFrom("door_firmware").selectAll().where("door_id", "in", doors).execute();
  return new Map(rows.map((row) => [row.door_id, row]));
}
