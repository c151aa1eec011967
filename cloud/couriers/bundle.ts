import { ascii, join, toHex } from "../../protocol/bytes";
import { nativeHashes } from "../keys/native-hashes";
import { COURIER_LEASE_SECONDS } from "../limits";
import type { CourierPartRow } from "../store/rows/courier-rows";
import type { Unit } from "../store/store";
import { noteNews } from "./courier-news";
import { isStale, makePart, type PartFacts, type PartSecrets } from "./make-part";
import { doorBundle, packParts, type DoorBundle } from "./pack-parts";

/** What every phone of a property carries (X2): the same bytes until something changes. */
export interface Bundle {
  serial: number;
  digest: string;
}

/** The bundle as it was last made; undefined where it must be made anew. */
export async function readBundle(unit: Unit, secrets: PartSecrets, property: string, now: number): Promise<Bundle | undefined> {
  const facts = await readFacts(unit, property);
  const stored = await unit.selectFrom("courier_parts as part").innerJoin("doors as door", "door.id", "part.door_id").select(["part.door_id", "part.made_of", "part.lease_issued_at"]).where("door.property_id", "=", property).execute();
  if (stored.length !== facts.length || facts.some((each) => isStale(secrets, each, stored.find(({ door_id }) => door_id === each.door.id), now))) return undefined;
  return unit.selectFrom("courier_bundles").select(["serial", "digest"]).where("property_id", "=", property).executeTakeFirst();
}

/** Makes anew what is out of date. Leases get old together: a bundle changes once for all of them. */
export async function makeBundle(unit: Unit, secrets: PartSecrets, property: string, now: number): Promise<Bundle> {
  const facts = await readFacts(unit, property);
  const stored = await readParts(unit, property);
  const of = (each: PartFacts): CourierPartRow | undefined => stored.find(({ door_id }) => door_id === each.door.id);
  const leaseSeconds = facts.some((each) => isStale(secrets, each, of(each), now)) ? COURIER_LEASE_SECONDS / 2 : COURIER_LEASE_SECONDS;
  const parts: CourierPartRow[] = [];
  for (const each of facts) parts.push(isStale(secrets, each, of(each), now, leaseSeconds) ? await keepPart(unit, await makePart(unit, secrets, each, { stored: of(each), leaseSeconds }, now)) : of(each)!);
  for (const { door_id } of stored.filter((part) => !parts.some(({ door_id }) => door_id === part.door_id))) await unit.deleteFrom("courier_parts").where("door_id", "=", door_id).execute();

  const packed = packParts(parts);
  const digest = toHex(nativeHashes.sha256(join(parts.map((part) => ascii(`${part.door_id} ${part.digest} ${packed.has(part) ? "whole" : "in part"}\n`)))));
  const last = await unit.selectFrom("courier_bundles").select(["serial", "digest"]).where("property_id", "=", property).executeTakeFirst();
  if (last?.digest === digest) return last;
  const bundle = { serial: (last?.serial ?? 0) + 1, digest };
  await unit
    .insertInto("courier_bundles")
    .values({ property_id: property, ...bundle })
    .onConflict((conflict) => conflict.column("property_id").doUpdateSet(bundle))
    .execute();
  for (const part of parts) await noteNews(unit, part.door_id, packed.has(part) || part.news_without_list === 1 ? part.version : 0, bundle.serial);
  return bundle;
}

/** The items of a bundle that `makeBundle` or `readBundle` has found as it is, in the same transaction. By door. */
export async function readDoorBundles(unit: Unit, property: string): Promise<DoorBundle[]> {
  const parts = await readParts(unit, property);
  const packed = packParts(parts);
  return parts.map((part) => doorBundle(part, packed.has(part)));
}

async function keepPart(unit: Unit, part: CourierPartRow): Promise<CourierPartRow> {
  const { door_id: _, ...made } = part;
  await unit
    .insertInto("courier_parts")
    .values(part)
    .onConflict((conflict) => conflict.column("door_id").doUpdateSet(made))
    .execute();
  return part;
}

/** As it was last made for a bundle. */
export function readPart(unit: Unit, door: string): Promise<CourierPartRow | undefined> {
  return unit.selectFrom("courier_parts").selectAll().where("door_id", "=", door).executeTakeFirst();
}

function readParts(unit: Unit, property: string): Promise<CourierPartRow[]> {
  return unit.selectFrom("courier_parts as part").innerJoin("doors as door", "door.id", "part.door_id").selectAll("part").where("door.property_id", "=", property).orderBy("part.door_id").execute();
}

/** The doors that phones carry for: claimed, and in the hands of their property. By id. */
export async function readFacts(unit: Unit, property: string, door?: string): Promise<PartFacts[]> {
  const doors = await unit
    .selectFrom("doors")
    .selectAll()
    .where("property_id", "=", property)
    .where("claimed_at", "is not", null)
    .where("stolen_at", "is", null)
    .$if(door !== undefined, (query) => query.where("id", "=", door!))
    .orderBy("id")
    .execute();
  const keyset = await unit.selectFrom("keysets").select("number").orderBy("number", "desc").limit(1).executeTakeFirstOrThrow();
  const noted = await unit.selectFrom("outbox").select("door_id").distinct().execute();
  const waiting = new Set(noted.map(({ door_id }) => door_id));
  return doors.map((door) => ({ door, keyset: keyset.number, noted: waiting.has(door.id) }));
}
