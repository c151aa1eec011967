import { z } from "@hono/zod-openapi";
import type { Actor } from "../../accounts/actor";
import type { GroupEffect } from "../../groups/group";
import { countPeople } from "../../groups/group-member";
import { doorsOfGroup } from "../../groups/groups-of-person";
import { GROUP_PERMISSIONS, parsePermissions } from "../../groups/permissions";
import { tellAddition, type TellParts } from "../../pins/tell-renewal";
import type { DoorsChanged } from "../../properties/match-flats";
import type { Unit } from "../../store/store";
import type { GroupRow } from "../../store/rows/sharing-rows";
import { knownAtDoors } from "../../truth/known-at-doors";
import { namesOfDoors } from "../households/household-format";
import { type CodesOfPeople, formatCodesOfPeople } from "../people/given-codes";
import { readRevocation } from "../people/revocation-format";
import { Id } from "../schemas";

export const Permission = z.enum(GROUP_PERMISSIONS).openapi("GroupPermission", {
  description: "What those of its people who have an account may do beside opening: give keys to its doors, open them from afar, see what happens there. Who of a household came and went nobody sees by it.",
});

export const Group = z
  .looseObject({
    id: Id,
    property: Id,
    name: z.string(),
    profile: Id.nullable().openapi({ description: "When it opens, and which outputs; null: always, the door itself." }),
    doors: z.array(z.looseObject({ door: Id, name: z.string() })),
    people: z.int(),
    permissions: z.array(Permission),
    version: z.int(),
  })
  .openapi("Group", { description: "Doors that some people open with whatever they have, beside all that they may anyway." });

export const WholeGroup = Group.extend({
  doors: z.array(z.looseObject({ door: Id, name: z.string(), upToDate: z.boolean().openapi({ description: "A receipt shows that it knows all of its people's rights as they are, and none that there was before." }) })),
}).openapi("WholeGroup");

export async function formatGroup(unit: Unit, row: GroupRow): Promise<z.output<typeof Group>> {
  const { id, property_id: property, name, profile_id: profile, permissions, version } = row;
  const doors = (await namesOfDoors(unit, await doorsOfGroup(unit, id))).map((door) => ({ door: door.id, name: door.name }));
  return { id, property, name, profile, doors, people: await countPeople(unit, id), permissions: parsePermissions(permissions), version };
}

export async function formatWholeGroup(unit: Unit, row: GroupRow): Promise<z.output<typeof WholeGroup>> {
  const known = new Map((await knownAtDoors(unit, unit.selectFrom("grants").select("id").where("group_id", "=", row.id))).map((each) => [each.door, each.upToDate]));
  const group = await formatGroup(unit, row);
  return { ...group, doors: group.doors.map(({ door, name }) => ({ door, name, upToDate: known.get(door) ?? true })) };
}

/** Whose rights ended, under which revocation. */
export function formatEnded(effect: readonly GroupEffect[]): { person: string; revocation: string }[] {
  return effect.flatMap(({ person, revocation }) => (revocation === undefined ? [] : [{ person, revocation }]));
}

/** Tells people of new codes; those of people whom nobody could tell are for whoever made the change. */
export async function tellCodes(unit: Unit, parts: TellParts, effect: readonly Pick<GroupEffect, "person" | "given">[], actor: Actor, now: number): Promise<z.output<typeof CodesOfPeople>> {
  const untold: DoorsChanged["given"] = new Map();
  for (const { person, given } of effect) {
    if (given.length > 0 && (await tellAddition(unit, parts, person, now)) === "nobody") untold.set(person, given);
  }
  return formatCodesOfPeople(unit, untold, actor, now);
}

/** What ended for somebody who has left a group, door by door (X1). */
export async function formatLeft(unit: Unit, revocation: string | undefined, now: number): Promise<Awaited<ReturnType<typeof readRevocation>> | null> {
  return revocation === undefined ? null : readRevocation(unit, revocation, now);
}
