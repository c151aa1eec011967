import type { z } from "@hono/zod-openapi";
import type { Window } from "../../access/window";
import type { Actor } from "../../accounts/actor";
import { doorsOfPlace } from "../../households/member-access";
import { householdDoors } from "../../households/household-doors";
import { newestOf } from "../../invitations/invitation-state";
import { livePlaces, readHousehold } from "../../households/read-place";
import { readRules } from "../../properties/household-rules";
import { canDo, canDoInHousehold, may } from "../../rules/rights";
import { householdTarget, meetMember, requireAllowed, requireOnMember, standingAt, type Encounter } from "../../rules/read-standing";
import type { Unit } from "../../store/store";
import type { HouseholdRow } from "../../store/rows/household-rows";
import { formatInstant, formatWindow } from "../people/grant-format";
import { nameProperty } from "../properties/named-property";
import { readOutlook } from "./household-outlook";
import type { Household, Member, WholeHousehold } from "./household-schemas";

/** A place as whoever asks may see it. @throws {Refusal} `not-found`, for places that they may not know of too. */
export async function readMember(unit: Unit, actor: Actor, person: string, now: number): Promise<z.output<typeof Member>> {
  return formatMember(unit, await requireOnMember(unit, actor, person, "see", now));
}

async function formatMember(unit: Unit, encounter: Encounter): Promise<z.output<typeof Member>> {
  const { membership: member, person, standing, target } = encounter;
  const { unit_id } = await readHousehold(unit, member.household_id);
  const can = canDo(standing, target);
  const inviter = member.invited_by === null ? undefined : await unit.selectFrom("people").select(["id", "name", "revoked_at"]).where("id", "=", member.invited_by).executeTakeFirstOrThrow();
  // Addresses are for those who manage the place, and for its holder.
  const contact = can.some((verb) => verb === "edit" || verb === "invite" || verb === "change-lease") || standing.places.includes(person.id);
  return {
    person: person.id,
    household: member.household_id,
    property: person.property_id,
    unit: unit_id,
    name: person.name,
    role: member.role,
    state: member.state,
    linked: member.account_id !== null,
    suspended: person.suspended_at !== null,
    doors: await doorsOfPlace(unit, member),
    allDoors: member.all_doors === 1,
    windows: (JSON.parse(member.windows) as Window[]).map(formatWindow),
    start: formatInstant(member.starts_at),
    end: member.ends_at === null ? null : formatInstant(member.ends_at),
    invitedBy: inviter === undefined ? null : { person: inviter.id, name: inviter.name, removed: inviter.revoked_at !== null },
    email: contact ? member.email : null,
    phone: contact ? member.phone : null,
    invitation: contact ? await formatInvitation(unit, person.id) : null,
    endedAt: member.ended_at === null ? null : formatInstant(member.ended_at),
    endReason: member.end_reason,
    can,
    version: member.version,
  };
}

/** How the newest link stands; where it went and what it is stays with its reader. */
async function formatInvitation(unit: Unit, person: string) {
  const row = newestOf(await unit.selectFrom("invitations").select(["state", "channel", "created_at", "expires_at"]).where("person_id", "=", person).execute());
  return row === undefined ? null : { state: row.state, channel: row.channel, at: formatInstant(row.created_at), expiresAt: formatInstant(row.expires_at) };
}

/** A household without its people. */
export async function formatHousehold(unit: Unit, actor: Actor, row: HouseholdRow, now: number): Promise<z.output<typeof Household>> {
  const standing = await standingAt(unit, actor, { property: row.property_id, household: row.id }, now);
  const flat = await unit.selectFrom("units").select(["id", "name"]).where("id", "=", row.unit_id).executeTakeFirstOrThrow();
  const can = canDoInHousehold(standing, await householdTarget(unit, row.id), await readRules(unit, row.property_id));
  return { id: row.id, property: row.property_id, timeZone: (await nameProperty(unit, row.property_id)).timeZone, unit: flat, createdAt: formatInstant(row.created_at), endedAt: row.ended_at === null ? null : formatInstant(row.ended_at), can };
}

/** A household with those of its people whom whoever asks may see. @throws {Refusal} `not-found`. */
export async function readWholeHousehold(unit: Unit, actor: Actor, household: string, now: number): Promise<z.output<typeof WholeHousehold>> {
  const row = await readHousehold(unit, household);
  const standing = await standingAt(unit, actor, { property: row.property_id, household }, now);
  requireAllowed(may("see-household", standing, await householdTarget(unit, household), await readRules(unit, row.property_id)), "household");
  const seen: z.output<typeof Member>[] = [];
  for (const { person_id } of await livePlaces(unit, household)) {
    const encounter = await meetMember(unit, actor, person_id, now);
    if (encounter !== undefined && may("see", encounter.standing, encounter.target).allowed) seen.push(await formatMember(unit, encounter));
  }
  const doors = new Set(standing.ranks.some((rank) => rank !== "guest") ? await householdDoors(unit, household) : seen.flatMap((member) => member.doors));
  return {
    ...(await formatHousehold(unit, actor, row, now)),
    doors: await namesOfDoors(unit, [...doors]),
    members: seen.filter((member) => member.role !== "share"),
    shares: seen.filter((member) => member.role === "share"),
    ...(await readOutlook(unit, actor, row, now)),
  };
}

/** By name, as people look for them. */
export async function namesOfDoors(unit: Unit, doors: readonly string[]): Promise<{ id: string; name: string }[]> {
  if (doors.length === 0) return [];
  return unit.selectFrom("doors").select(["id", "name"]).where("id", "in", doors).orderBy("name").orderBy("id").execute();
}
