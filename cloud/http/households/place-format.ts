import { z } from "@hono/zod-openapi";
import type { Window } from "../../access/window";
import type { AccountActor } from "../../accounts/actor";
import { doorsOfPlace } from "../../households/member-access";
import { readPlace } from "../../households/read-place";
import { invitationsForAccount } from "../../invitations/answer-invitation";
import { readRules } from "../../properties/household-rules";
import { canDo, canDoInHousehold } from "../../rules/rights";
import { householdTarget, meetMember } from "../../rules/read-standing";
import type { Unit } from "../../store/store";
import type { InvitationRow } from "../../store/rows/household-rows";
import { formatInstant, formatWindow } from "../people/grant-format";
import { NamedProperty, nameProperty } from "../properties/named-property";
import { namesOfDoors } from "./household-format";
import { Role } from "./household-schemas";
import { Id, Instant, Windows } from "../schemas";

const Named = z.strictObject({ id: Id, name: z.string() });
const offered = { property: NamedProperty, unit: Named, role: Role, doors: z.array(Named), windows: Windows, start: Instant, end: Instant.nullable() };

export const OwnPlace = z
  .looseObject({
    person: Id,
    household: Id,
    ...offered,
    state: z.enum(["active", "ended"]),
    suspended: z.boolean(),
    endedAt: Instant.nullable(),
    endReason: z.string().nullable(),
    can: z.array(z.string()).openapi({ description: "What its holder may do with it." }),
    householdCan: z.array(z.string()).openapi({ description: "What its holder may do in the household." }),
  })
  .openapi("Place", { description: "One of one's own places." });

export const Invitation = z
  .looseObject({ id: Id, kind: z.enum(["invitation", "lease"]), ...offered, inviter: z.string().nullable().openapi({ description: "null: the manager." }), expiresAt: Instant })
  .openapi("Invitation", { description: "What somebody is offered. Nothing opens before it is accepted." });

export const Places = z.object({ places: z.array(OwnPlace), invitations: z.array(Invitation) }).openapi("Places");

/** All places of an account, those that have ended last, and what waits for its answer. */
export async function readPlaces(unit: Unit, actor: AccountActor, now: number): Promise<z.output<typeof Places>> {
  const rows = await unit.selectFrom("memberships").select("person_id").where("account_id", "=", actor.account).orderBy("state").orderBy("created_at").orderBy("person_id").execute();
  const places: z.output<typeof OwnPlace>[] = [];
  for (const { person_id } of rows) places.push(await formatPlace(unit, actor, person_id, now));
  const invitations: z.output<typeof Invitation>[] = [];
  for (const invitation of await invitationsForAccount(unit, actor.account, now)) invitations.push(await formatInvitation(unit, invitation));
  return { places, invitations };
}

/** One of an account's own places. */
export async function formatPlace(unit: Unit, actor: AccountActor, person: string, now: number): Promise<z.output<typeof OwnPlace>> {
  const { member, household } = await readPlace(unit, person);
  const encounter = (await meetMember(unit, actor, person, now))!;
  const over = member.state === "ended";
  const householdCan = over ? [] : canDoInHousehold(encounter.standing, await householdTarget(unit, household.id), await readRules(unit, household.property_id));
  return {
    person,
    household: household.id,
    ...(await formatOffer(unit, person)),
    state: over ? ("ended" as const) : ("active" as const),
    suspended: encounter.person.suspended_at !== null,
    endedAt: member.ended_at === null ? null : formatInstant(member.ended_at),
    endReason: member.end_reason,
    can: canDo(encounter.standing, encounter.target),
    householdCan,
  };
}

/** What whoever holds a link may know before they say who they are. */
export async function formatInvitation(unit: Unit, invitation: InvitationRow): Promise<z.output<typeof Invitation>> {
  const { member } = await readPlace(unit, invitation.person_id);
  const inviter = member.invited_by === null ? null : (await readPlace(unit, member.invited_by)).person.name;
  return { id: invitation.id, kind: invitation.kind, ...(await formatOffer(unit, invitation.person_id)), inviter, expiresAt: formatInstant(invitation.expires_at) };
}

async function formatOffer(unit: Unit, person: string) {
  const { member, household } = await readPlace(unit, person);
  const flat = await unit.selectFrom("units").select(["id", "name"]).where("id", "=", household.unit_id).executeTakeFirstOrThrow();
  return {
    property: await nameProperty(unit, household.property_id),
    unit: flat,
    role: member.role,
    doors: member.state === "ended" ? [] : await namesOfDoors(unit, await doorsOfPlace(unit, member)),
    windows: (JSON.parse(member.windows) as Window[]).map(formatWindow),
    start: formatInstant(member.starts_at),
    end: member.ends_at === null ? null : formatInstant(member.ends_at),
  };
}
