import type { Window } from "../access/window";
import { actorName, type Actor } from "../accounts/actor";
import { findGiver } from "../rules/find-giver";
import { timesWithinShare } from "../sharing/within-share";
import type { Unit } from "../store/store";
import { activate } from "./activate";
import type { AddedMember } from "./add-member";
import { addPlace } from "./add-place";
import type { CredentialParts } from "./member-access";
import { readHousehold } from "./read-place";

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
  const { property_id: property } = await readHousehold(unit, household);
  const { share: bounds } = await findGiver(unit, actor, { property, doors: share.doors, household }, now);
  const { windows, start, end } = timesWithinShare(bounds!, share, now);
  const place = { household, role: "share" as const, name: share.name, email: undefined, phone: undefined, invitedBy: bounds!.person, doors: share.doors, windows, start, end };
  const person = await addPlace(unit, parts.keystore, place, actorName(actor), now);
  return { person, given: await activate(unit, parts, person, actorName(actor), now) };
}
