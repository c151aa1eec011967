import { NO_END } from "../../protocol/profile";
import { decodeManifest } from "../../protocol/manifest";
import { EXPIRED_ROWS_SECONDS } from "../limits";
import type { Unit } from "../store/store";
import { manifestServes } from "./door-surroundings";
import { noteChanges, noteDoors } from "./outbox";
import { surroundingsOf } from "./property-surroundings";

/**
 * Notes the doors whose lists time alone has made out of date: rows that ended a while ago, UTC offsets that run
 * out, holidays that come into reach.
 */
export async function noteAgedLists(unit: Unit, now: number): Promise<void> {
  const ended = await unit
    .selectFrom("grant_doors as at")
    .innerJoin("grants as grant", "grant.id", "at.grant_id")
    .where("at.removed_version", "is", null)
    .where("grant.not_after", "!=", NO_END)
    .where("grant.not_after", "<=", now - EXPIRED_ROWS_SECONDS)
    .select(["at.door_id as door", "grant.credential_id as credential"])
    .distinct()
    .execute();
  await noteChanges(unit, ended, now);
  const aged: string[] = [];
  const bases = await unit.selectFrom("list_bases").select(["door_id", "manifest", "state"]).where("state", "!=", "withdrawn").orderBy("version").execute();
  const newest = new Map(bases.map((base) => [base.door_id, decodeManifest(base.manifest)]));
  const properties = await unit.selectFrom("doors as door").innerJoin("properties as property", "property.id", "door.property_id").selectAll("property").select("door.id as door").execute();
  for (const { door, ...property } of properties) {
    const manifest = newest.get(door);
    if (manifest !== undefined && !manifestServes(manifest, surroundingsOf(property, now), now)) aged.push(door);
  }
  await noteDoors(unit, aged, now);
}
