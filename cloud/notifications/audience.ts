import type { Unit } from "../store/store";
import type { Occurrence } from "./occurrence";

/**
 * The accounts that may come to see an occurrence, found in a few queries: of hundreds who listen at a building most
 * have nothing to do with it. It is more than enough: `Reader.sees` decides. Whatever widens that must widen this.
 */
export async function audienceOf(unit: Unit, { property, door, person, kind, detail }: Occurrence): Promise<ReadonlySet<string>> {
  const managers = await unit.selectFrom("managers").select("account_id").where("property_id", "=", property).execute();
  const rows = [
    ...managers,
    ...(person === undefined ? [] : await ofPerson(unit, person)),
    ...(person === undefined || kind !== "changed" ? [] : await ofHousehold(unit, person)),
    ...(await ofDoors(unit, door === undefined ? await doorsOfKey(unit, detail.subject) : [door])),
  ];
  return new Set(rows.flatMap(({ account_id }) => account_id ?? []));
}

interface AccountOf {
  account_id: string | null;
}

/** Themselves, and who has invited them. */
async function ofPerson(unit: Unit, person: string): Promise<AccountOf[]> {
  const places = await unit.selectFrom("memberships").select(["account_id", "invited_by"]).where("person_id", "=", person).execute();
  const inviters = places.flatMap(({ invited_by }) => invited_by ?? []);
  return [
    ...places,
    ...(await unit.selectFrom("keys").select("account_id").where("person_id", "=", person).execute()),
    ...(inviters.length === 0 ? [] : await unit.selectFrom("memberships").select("account_id").where("person_id", "in", inviters).execute()),
  ];
}

async function ofHousehold(unit: Unit, person: string): Promise<AccountOf[]> {
  return unit.selectFrom("memberships as own").innerJoin("memberships as other", "other.household_id", "own.household_id").select("other.account_id").where("own.person_id", "=", person).execute();
}

/** Owners and admins, and people of groups. */
async function ofDoors(unit: Unit, doors: readonly string[]): Promise<AccountOf[]> {
  if (doors.length === 0) return [];
  const inGroups = unit.selectFrom("group_doors as at").innerJoin("group_people as member", "member.group_id", "at.group_id").where("at.door_id", "in", doors);
  return [
    ...(await unit.selectFrom("door_owners").select("account_id").where("door_id", "in", doors).execute()),
    ...(await unit.selectFrom("keys as key").innerJoin("key_doors as at", "at.key_id", "key.id").select("key.account_id").where("at.door_id", "in", doors).where("key.role", "=", "admin").where("key.account_id", "is not", null).execute()),
    ...(await inGroups.innerJoin("memberships as place", "place.person_id", "member.person_id").select("place.account_id").execute()),
    ...(await inGroups.innerJoin("keys as key", "key.person_id", "member.person_id").select("key.account_id").execute()),
  ];
}

/** A change of a key is one at its doors. */
export async function doorsOfKey(unit: Unit, subject: unknown): Promise<string[]> {
  const key = typeof subject === "string" ? /^key\/(.+)$/.exec(subject)?.[1] : undefined;
  if (key === undefined) return [];
  return (await unit.selectFrom("key_doors").select("door_id").where("key_id", "=", key).execute()).map((row) => row.door_id);
}
