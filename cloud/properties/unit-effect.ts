import { placeTerms } from "../households/place-terms";
import { livePlaces, spanOf } from "../households/read-place";
import type { Unit } from "../store/store";
import type { MembershipRow } from "../store/rows/household-rows";
import { effectOfDoors, type DoorEffect, type PlaceDoors } from "./door-effect";

/** What a change of a flat's doors does to somebody who lives there. */
export interface UnitEffect extends DoorEffect {
  name: string;
  role: MembershipRow["role"];
  unit: string;
  household: string;
}

/** The doors of a flat: its own and those of its template. */
export async function doorsOfUnit(unit: Unit, flat: { id: string; template_id: string | null }): Promise<string[]> {
  return doorsOf(await ownDoors(unit, flat.id), flat.template_id === null ? [] : await templateDoors(unit, flat.template_id));
}

export function doorsOf(own: readonly string[], template: readonly string[]): string[] {
  return [...new Set([...own, ...template])].sort();
}

export async function ownDoors(unit: Unit, flat: string): Promise<string[]> {
  const rows = await unit.selectFrom("unit_doors").select("door_id").where("unit_id", "=", flat).orderBy("door_id").execute();
  return rows.map((row) => row.door_id);
}

export async function templateDoors(unit: Unit, template: string): Promise<string[]> {
  const rows = await unit.selectFrom("template_doors").select("door_id").where("template_id", "=", template).orderBy("door_id").execute();
  return rows.map((row) => row.door_id);
}

/** Households of a flat that have not ended. */
export async function householdsOf(unit: Unit, flat: string): Promise<string[]> {
  const rows = await unit.selectFrom("households").select("id").where("unit_id", "=", flat).where("ended_at", "is", null).orderBy("id").execute();
  return rows.map((row) => row.id);
}

/** Who would gain and lose what at a flat whose doors change. Of a place that is over or pending nothing changes: it opens nothing. */
export async function effectOnUnit(unit: Unit, flat: string, before: readonly string[], after: readonly string[], now: number): Promise<UnitEffect[]> {
  const all: UnitEffect[] = [];
  for (const household of await householdsOf(unit, flat)) {
    const members = await livePlaces(unit, household);
    const span = await spanOf(unit, household);
    const holding = members.filter((member) => member.state === "active" && (placeTerms(member, span)?.notAfter ?? 0) > now);
    const places: PlaceDoors[] = [];
    for (const member of holding) places.push({ person: member.person_id, chosen: await chosenDoors(unit, member) });
    for (const effect of effectOfDoors(places, before, after)) {
      const { name } = await unit.selectFrom("people").select("name").where("id", "=", effect.person).executeTakeFirstOrThrow();
      all.push({ ...effect, name, role: holding.find((member) => member.person_id === effect.person)!.role, unit: flat, household });
    }
  }
  return all;
}

async function chosenDoors(unit: Unit, member: Pick<MembershipRow, "person_id" | "all_doors">): Promise<string[] | undefined> {
  if (member.all_doors === 1) return undefined;
  const rows = await unit.selectFrom("member_doors").select("door_id").where("person_id", "=", member.person_id).execute();
  return rows.map((row) => row.door_id);
}
