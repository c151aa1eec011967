import { NO_END } from "../../protocol/profile";
import type { Window } from "../access/window";
import { windowsWithin } from "../access/windows-within";
import { actorName, type Actor } from "../accounts/actor";
import { readRules } from "../properties/household-rules";
import { Refusal } from "../refusal";
import { may } from "../rules/rights";
import { householdTarget, requireAllowed, standingAt } from "../rules/read-standing";
import type { Unit } from "../store/store";
import { activate } from "./activate";
import type { AddedMember } from "./add-member";
import { addPlace } from "./add-place";
import { doorsOfPlace, type CredentialParts } from "./member-access";
import { placeTerms } from "./place-terms";
import { readHousehold, readPlace, spanOf } from "./read-place";

export interface NewShare {
  name: string;
  doors: readonly string[];
  /** undefined = the giver's own. */
  windows: readonly Window[] | undefined;
  start: number | undefined;
  end: number;
}

/**
 * A code for a third party, from a member who answers for it (O12). Nobody gives more than they have: doors, times
 * and days are within the giver's own, and within the manager's cap.
 * @throws {Refusal} `not-found`, `not-allowed`, `door-outside`, `windows-outside`, `end-too-far` and other faults of
 * the terms.
 */
export async function giveShare(unit: Unit, parts: CredentialParts, household: string, share: NewShare, actor: Actor, now: number): Promise<AddedMember> {
  const { property_id } = await readHousehold(unit, household);
  const standing = await standingAt(unit, actor, { property: property_id, household }, now);
  const rules = await readRules(unit, property_id);
  requireAllowed(may("give-share", standing, await householdTarget(unit, household), rules), "household");
  // Whoever runs a property without living there has doors of their own to give people, and no place to give from.
  const [giver] = standing.places;
  if (giver === undefined) throw new Refusal("not-allowed", "Only members give shares.");
  const { member } = await readPlace(unit, giver);
  const own = placeTerms(member, await spanOf(unit, household));
  if (own === undefined) throw new Refusal("not-allowed", "Your own access has not begun.");
  const doors = await doorsOfPlace(unit, member);
  const outside = share.doors.find((door) => !doors.includes(door));
  if (outside !== undefined) throw new Refusal("door-outside", `You do not have door ${outside} to give.`, { door: outside });
  const windows = share.windows ?? own.windows;
  if (!windowsWithin(windows, own.windows)) throw new Refusal("windows-outside", "The times are not within your own.");
  if (share.end - now > rules.shareDaysMax * 86_400) throw new Refusal("end-too-far", `A share lasts at most ${rules.shareDaysMax} days here.`, { daysMax: rules.shareDaysMax });
  if (own.notAfter !== NO_END && share.end > own.notAfter) throw new Refusal("end-too-far", "Your own access ends before.");
  const start = Math.max(share.start ?? now, own.notBefore);
  const place = { household, role: "share" as const, name: share.name, email: undefined, phone: undefined, invitedBy: giver, doors: share.doors, windows, start, end: share.end };
  const person = await addPlace(unit, parts.keystore, place, actorName(actor), now);
  return { person, given: await activate(unit, parts, person, actorName(actor), now) };
}
