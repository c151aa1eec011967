import type { Window } from "../access/window";
import type { Actor } from "../accounts/actor";
import type { InvitationParts } from "../invitations/send-invitation";
import type { PinParts } from "../pins/codes";
import { findGiver } from "../rules/find-giver";
import { giveKey } from "../sharing/give-key";
import { readKey } from "../sharing/read-key";
import type { Unit } from "../store/store";
import { languageOf, type AddedMember } from "./add-member";
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
 * A code for a third party, from a member who answers for it (O12): a key of kind PIN that is given from their place.
 * Nobody gives more than they have: doors, times and days are within the giver's own, and within the manager's cap.
 * @throws {Refusal} `not-found`, `not-allowed`, `door-outside`, `windows-outside`, `end-too-far` and other faults of
 * the terms.
 */
export async function giveShare(unit: Unit, parts: PinParts & InvitationParts, household: string, share: NewShare, actor: Actor, now: number): Promise<AddedMember> {
  const { name, doors, windows, start, end } = share;
  const { property_id: property } = await readHousehold(unit, household);
  const giver = await findGiver(unit, actor, { property, doors, household }, now);
  const user = { name, email: undefined, phone: undefined, holderClass: undefined, unit: undefined };
  const terms = { role: "user" as const, blocked: false, profile: undefined, doors, windows, start, end, uses: 0, usesTogether: false };
  const { key, codes } = await giveKey(unit, parts, giver, { property, kind: "pin", name, user, card: undefined, language: await languageOf(unit, actor), ...terms }, now);
  return { person: (await readKey(unit, key)).person_id, given: codes };
}
