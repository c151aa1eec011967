import { findTermsFault } from "../access/grant";
import { sortWindows, type Window } from "../access/window";
import { NO_END } from "../../protocol/profile";
import { audit } from "../audit/audit";
import type { Keystore } from "../keys/keystore";
import { addPerson } from "../people/add-person";
import { Refusal } from "../refusal";
import type { Unit } from "../store/store";
import type { MemberRole } from "../store/rows/household-rows";
import { livePlaces, readHousehold } from "./read-place";

/** A place in a household, pending until it is taken. Terms are checked here, rights by the caller. */
export interface NewPlace {
  household: string;
  role: MemberRole;
  name: string;
  /** Normalised. */
  email: string | undefined;
  phone: string | undefined;
  /** Person; undefined = a manager. */
  invitedBy: string | undefined;
  /** undefined = all that the household has. */
  doors: readonly string[] | undefined;
  windows: readonly Window[];
  /** Unix seconds. */
  start: number;
  /** undefined = with the household. */
  end: number | undefined;
}

/**
 * @returns the person.
 * @throws {Refusal} `already-member`, `household-ended`, or a fault of the terms.
 */
export async function addPlace(unit: Unit, keystore: Pick<Keystore, "dataKeys">, place: NewPlace, actor: string, now: number): Promise<string> {
  const household = await readHousehold(unit, place.household);
  if (household.ended_at !== null) throw new Refusal("household-ended");
  checkPlaceTerms(place, now);
  const { email, phone, role } = place;
  const others = await livePlaces(unit, household.id);
  if (role !== "share" && others.some((other) => (email !== undefined && other.email === email) || (phone !== undefined && other.phone === phone))) throw new Refusal("already-member");
  const { number } = await unit.selectFrom("units").select("number").where("id", "=", household.unit_id).executeTakeFirstOrThrow();
  const holderClass = role === "administrator" || role === "resident" ? "resident" : "guest";
  const person = await addPerson(unit, keystore, { property: household.property_id, name: place.name, class: holderClass, unit: number ?? undefined }, actor, now);
  await unit
    .insertInto("memberships")
    .values({
      person_id: person,
      household_id: household.id,
      role,
      state: "pending",
      email: email ?? null,
      phone: phone ?? null,
      invited_by: place.invitedBy ?? null,
      all_doors: place.doors === undefined ? 1 : 0,
      windows: JSON.stringify(sortWindows(place.windows)),
      starts_at: place.start,
      ends_at: place.end ?? null,
      version: 1,
      created_at: now,
      created_by: actor,
    })
    .execute();
  await setDoors(unit, person, place.doors);
  await audit(unit, { at: now, actor, action: "member.add", subject: `person/${person}`, detail: { household: household.id, role, doors: place.doors ?? "all", start: place.start, end: place.end ?? null }, personal: { keys: keystore.dataKeys, owner: `person/${person}`, detail: { email: email ?? null, phone: phone ?? null } } });
  return person;
}

/** @throws {Refusal} a fault of the terms. */
export function checkPlaceTerms({ windows, start, end }: Pick<NewPlace, "windows" | "start" | "end">, now: number): void {
  const fault = findTermsFault({ notBefore: start, notAfter: end ?? NO_END, windows, maxUses: 0 }, 1, now);
  if (fault !== undefined) throw new Refusal(fault.code, fault.detail, fault.windows && { windows: fault.windows });
}

/** @param doors undefined = all: then none is named. */
export async function setDoors(unit: Unit, person: string, doors: readonly string[] | undefined): Promise<void> {
  await unit.deleteFrom("member_doors").where("person_id", "=", person).execute();
  if (doors !== undefined && doors.length > 0) await unit.insertInto("member_doors").values([...new Set(doors)].map((door_id) => ({ person_id: person, door_id }))).execute();
}
