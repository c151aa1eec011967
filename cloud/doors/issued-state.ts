import type { IssuedBase } from "../issuing/plan-list";
import type { Unit } from "../store/store";
import type { ListBaseRow } from "../store/rows/door-rows";
import type { IssuedState } from "./difference";

/** The newest list of a door, on each of its bases. */
export async function readIssuedState(unit: Unit, door: string, version: number): Promise<IssuedState> {
  const deltas = await unit.selectFrom("list_deltas").selectAll().where("door_id", "=", door).where("version", "=", version).execute();
  return {
    version,
    bases: await readIssuedBases(unit, door),
    deltas: deltas.map((row) => ({ base: row.base_version, payload: row.payload, signedDelta: row.signed_delta })),
  };
}

/** Bases that are not withdrawn, oldest first. */
export async function readIssuedBases(unit: Unit, door: string): Promise<IssuedBase[]> {
  const rows = await unit.selectFrom("list_bases").selectAll().where("door_id", "=", door).where("state", "!=", "withdrawn").orderBy("version").execute();
  return rows.map(toIssuedBase);
}

function toIssuedBase({ version, epoch, state, manifest, signed_manifest, page_hashes, body }: ListBaseRow): IssuedBase {
  if (state === "withdrawn") throw new Error("a withdrawn base is of no more use");
  return { version, epoch, state, manifest, signedManifest: signed_manifest, pageHashes: page_hashes, body };
}

/**
 * Remembers, before they go, that bytes of a version leave this cloud: from then on a door may have it, whatever
 * it says.
 */
export async function markOffered(unit: Unit, door: string, version: number): Promise<void> {
  await unit.updateTable("doors").set({ offered_version: version }).where("id", "=", door).where("offered_version", "<", version).execute();
}
