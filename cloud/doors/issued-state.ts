import type { Unit } from "../store/store";
import type { IssuedState } from "./difference";

/** The newest list of a door, on each of its bases. */
export async function readIssuedState(unit: Unit, door: string, version: number): Promise<IssuedState> {
  const bases = await unit.selectFrom("list_bases").selectAll().where("door_id", "=", door).where("state", "!=", "withdrawn").orderBy("version").execute();
  const deltas = await unit.selectFrom("list_deltas").selectAll().where("door_id", "=", door).where("version", "=", version).execute();
  return { version, bases, deltas };
}

/**
 * Remembers, before they go, that bytes of a version leave this cloud: from then on a door may have it, whatever
 * it says.
 */
export async function markOffered(unit: Unit, door: string, version: number): Promise<void> {
  await unit.updateTable("doors").set({ offered_version: version }).where("id", "=", door).where("offered_version", "<", version).execute();
}
