import { Refusal } from "../refusal";
import type { Unit } from "../store/store";
import type { HouseholdRow, MembershipRow } from "../store/rows/household-rows";
import type { PersonRow } from "../store/rows/right-rows";
import { leaseSpan, type LeaseSpan } from "./place-terms";

/** A person's place in a household, with what belongs to it. */
export interface Place {
  member: MembershipRow;
  person: PersonRow;
  household: HouseholdRow;
}

/** @throws {Refusal} `not-found`: nobody, or a person without a place in any household. */
export async function readPlace(unit: Unit, person: string): Promise<Place> {
  const member = await unit.selectFrom("memberships").selectAll().where("person_id", "=", person).executeTakeFirst();
  if (member === undefined) throw new Refusal("not-found", "There is no such member.");
  const row = await unit.selectFrom("people").selectAll().where("id", "=", person).executeTakeFirstOrThrow();
  return { member, person: row, household: await readHousehold(unit, member.household_id) };
}

/** @throws {Refusal} `not-found`. */
export async function readHousehold(unit: Unit, household: string): Promise<HouseholdRow> {
  const row = await unit.selectFrom("households").selectAll().where("id", "=", household).executeTakeFirst();
  if (row === undefined) throw new Refusal("not-found", "There is no such household.");
  return row;
}

/** All places of a household that have not ended, the oldest first. */
export async function livePlaces(unit: Unit, household: string): Promise<MembershipRow[]> {
  return unit.selectFrom("memberships").selectAll().where("household_id", "=", household).where("state", "<>", "ended").orderBy("created_at").orderBy("person_id").execute();
}

export async function spanOf(unit: Unit, household: string): Promise<LeaseSpan | undefined> {
  return leaseSpan(await livePlaces(unit, household));
}
