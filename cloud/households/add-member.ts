import type { Window } from "../access/window";
import { actorName, type Actor } from "../accounts/actor";
import type { Identifier } from "../accounts/identifier";
import { openInvitation, tellInvitation, type InvitationParts } from "../invitations/send-invitation";
import type { GivenCredential } from "../people/give-credential";
import { readRules } from "../properties/household-rules";
import { Refusal } from "../refusal";
import { may } from "../rules/rights";
import { householdTarget, requireAllowed, standingAt } from "../rules/read-standing";
import type { Unit } from "../store/store";
import type { LanguageName } from "../store/rows/account-rows";
import { activate } from "./activate";
import { addPlace } from "./add-place";
import { householdDoors } from "./household-doors";
import type { CredentialParts } from "./member-access";
import { readHousehold, readPlace } from "./read-place";

export interface NewMember {
  role: "resident" | "guest";
  name: string | undefined;
  /** One e-mail address or phone number; undefined: a member without the app, who has a name alone (O8). */
  identifier: Identifier | undefined;
  /** undefined = all of the household's. */
  doors: readonly string[] | undefined;
  windows: readonly Window[];
  start: number | undefined;
  end: number | undefined;
  /** Of the message; undefined = that of whoever invites. */
  language: LanguageName | undefined;
}

export interface AddedMember {
  person: string;
  /** Of a member without the app: to be passed on (O9). */
  given: GivenCredential[];
}

/**
 * Adds a resident or a guest (O2, O3, M5). Whoever has an address is invited, and nothing opens before they accept
 * (M6); whoever has a name alone gets a code at once, which is passed on to them (O9).
 * @throws {Refusal} `not-found`, `not-allowed`, `forbidden-by-rules`, `cap-reached`, `one-identifier`, `oneself`,
 * `already-member`, `doors-needed`, `door-outside`, `end-needed`, `end-too-far` and other faults of the terms.
 */
export async function addMember(unit: Unit, parts: CredentialParts & InvitationParts, household: string, member: NewMember, actor: Actor, now: number): Promise<AddedMember> {
  const { property_id } = await readHousehold(unit, household);
  const standing = await standingAt(unit, actor, { property: property_id, household }, now);
  const rules = await readRules(unit, property_id);
  requireAllowed(may(member.role === "resident" ? "add-resident" : "add-guest", standing, await householdTarget(unit, household), rules), "household");
  const { role, identifier, windows } = member;
  const name = member.name ?? identifier?.value;
  if (name === undefined) throw new Refusal("one-identifier");
  if (identifier !== undefined) await refuseOneself(unit, identifier, actor);
  const start = member.start ?? now;
  await checkDoors(unit, household, member);
  if (role === "guest" && !standing.ranks.some((rank) => MANAGING.includes(rank))) requireGuestDays(start, member.end, rules.guestDaysMax);
  const invitedBy = standing.ranks.includes("administrator") ? standing.places[0] : undefined;
  const place = { household, role, name, email: identifier?.kind === "email" ? identifier.value : undefined, phone: identifier?.kind === "phone" ? identifier.value : undefined, invitedBy, doors: member.doors, windows, start, end: member.end };
  const person = await addPlace(unit, parts.keystore, place, actorName(actor), now);
  if (identifier === undefined) return { person, given: await activate(unit, parts, person, actorName(actor), now) };
  const invitation = await openInvitation(unit, parts, (await readPlace(unit, person)).member, now);
  await tellInvitation(unit, parts, person, invitation, member.language ?? (await languageOf(unit, actor)), now);
  return { person, given: [] };
}

const MANAGING: readonly string[] = ["site", "manager", "machine"];

/**
 * What a place needs by its role: a guest has chosen doors and an end (O3), and nobody has a door that the household
 * has not. @throws {Refusal} `doors-needed`, `end-needed`, `door-outside`.
 */
export async function checkDoors(unit: Unit, household: string, { role, doors, end }: Pick<NewMember, "role" | "doors" | "end">): Promise<void> {
  if (role === "guest" && (doors === undefined || doors.length === 0)) throw new Refusal("doors-needed");
  if (doors !== undefined && doors.length === 0) throw new Refusal("doors-needed", "Name at least one door, or none at all for every door of the household.");
  if (role === "guest" && end === undefined) throw new Refusal("end-needed", "A guest's access has an end.");
  const known = await householdDoors(unit, household);
  const outside = doors?.find((door) => !known.includes(door));
  if (outside !== undefined) throw new Refusal("door-outside", `The household has no door ${outside}.`, { door: outside });
}

/** @throws {Refusal} `end-too-far`. */
export function requireGuestDays(start: number, end: number | undefined, daysMax: number | null): void {
  if (daysMax !== null && (end ?? Infinity) - start > daysMax * 86_400) throw new Refusal("end-too-far", `A guest's access lasts at most ${daysMax} days here.`, { daysMax });
}

/** The language of whoever acts; English where that is a program. */
export async function languageOf(unit: Unit, actor: Actor): Promise<LanguageName> {
  if (actor.kind !== "account") return "en";
  const { language } = await unit.selectFrom("accounts").select("language").where("id", "=", actor.account).executeTakeFirstOrThrow();
  return language;
}

async function refuseOneself(unit: Unit, { kind, value }: Identifier, actor: Actor): Promise<void> {
  if (actor.kind !== "account") return;
  const own = await unit.selectFrom("identifiers").select("id").where("account_id", "=", actor.account).where("kind", "=", kind).where("value", "=", value).executeTakeFirst();
  if (own !== undefined) throw new Refusal("oneself");
}
