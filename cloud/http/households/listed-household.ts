import { z } from "@hono/zod-openapi";
import type { Actor } from "../../accounts/actor";
import { livePlaces } from "../../households/read-place";
import { may } from "../../rules/rights";
import { managedProperties, placesInForce, standingAt, targetOf } from "../../rules/read-standing";
import type { Unit } from "../../store/store";
import type { HouseholdRow } from "../../store/rows/household-rows";
import { formatInstant } from "../people/grant-format";
import { Id, Instant } from "../schemas";
import { formatHousehold } from "./household-format";
import { Household, Role } from "./household-schemas";

const ListedMember = z
  .strictObject({ person: Id, name: z.string(), role: Role, state: z.enum(["pending", "active"]), suspended: z.boolean(), start: Instant, end: Instant.nullable() })
  .openapi("ListedMember");

export const ListedHousehold = Household.extend({ people: z.array(ListedMember).openapi({ description: "Those of its people whom whoever asks may see, third parties too." }) }).openapi("ListedHousehold");

/** Which households a list is of. */
export interface HouseholdsAsked {
  property: string | undefined;
  unit: string | undefined;
  /** Only those that have ended, or that have not; undefined: all. */
  ended: boolean | undefined;
  after: string;
  limit: number;
}

/** One's own, and those of the properties that one manages, by id. */
export async function listHouseholds(unit: Unit, actor: Actor, { property, unit: flat, ended, after, limit }: HouseholdsAsked, now: number): Promise<z.output<typeof ListedHousehold>[]> {
  const managed = await managedProperties(unit, actor);
  const own = actor.kind === "account" ? (await placesInForce(unit, actor.account, now)).map((place) => place.household_id) : [];
  let query = unit.selectFrom("households").selectAll().where("id", ">", after).orderBy("id").limit(limit);
  if (property !== undefined) query = query.where("property_id", "=", property);
  if (flat !== undefined) query = query.where("unit_id", "=", flat);
  if (ended !== undefined) query = query.where("ended_at", ended ? "is not" : "is", null);
  if (managed !== "all") query = query.where((eb) => eb.or([...(managed.length > 0 ? [eb("property_id", "in", managed)] : []), ...(own.length > 0 ? [eb("id", "in", own)] : []), eb("id", "=", "")]));
  const items = [];
  for (const row of await query.execute()) items.push({ ...(await formatHousehold(unit, actor, row, now)), people: await peopleOf(unit, actor, row, now) });
  return items;
}

async function peopleOf(unit: Unit, actor: Actor, household: HouseholdRow, now: number): Promise<z.output<typeof ListedMember>[]> {
  const places = await livePlaces(unit, household.id);
  if (places.length === 0) return [];
  const rows = await unit.selectFrom("people").select(["id", "name", "suspended_at"]).where("id", "in", places.map((place) => place.person_id)).execute();
  const people = new Map(rows.map((row) => [row.id, row]));
  const standing = await standingAt(unit, actor, { property: household.property_id, household: household.id }, now);
  const seen: z.output<typeof ListedMember>[] = [];
  for (const place of places) {
    const inviter = places.find((each) => each.person_id === place.invited_by);
    if (!may("see", standing, targetOf(place, inviter, now)).allowed) continue;
    const { name, suspended_at } = people.get(place.person_id)!;
    seen.push({ person: place.person_id, name, role: place.role, state: place.state === "pending" ? "pending" : "active", suspended: suspended_at !== null, start: formatInstant(place.starts_at), end: place.ends_at === null ? null : formatInstant(place.ends_at) });
  }
  return seen;
}
