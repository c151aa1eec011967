import { audit } from "../audit/audit";
import type { GivenCredential } from "../people/give-credential";
import { Refusal } from "../refusal";
import type { Unit } from "../store/store";
import { matchAccess, type CredentialParts } from "./member-access";
import { membershipAfter } from "./membership-state";
import { readPlace } from "./read-place";

/**
 * Makes a pending place one that opens doors: its holder gets a code for them, or one for each of them by the
 * manager's rule. Again: nothing more happens.
 * @returns the codes, to be shown at most once.
 * @throws {Refusal} `not-found`, `membership-ended`, `door-full`.
 */
export async function activate(unit: Unit, parts: CredentialParts, person: string, actor: string, now: number): Promise<GivenCredential[]> {
  const { member } = await readPlace(unit, person);
  const next = membershipAfter(member.state, "taken");
  if ("refused" in next) throw new Refusal(next.refused);
  if (member.state === next.state) return [];
  await unit.updateTable("memberships").set({ state: next.state }).where("person_id", "=", person).execute();
  await audit(unit, { at: now, actor, action: "member.activate", subject: `person/${person}`, detail: { household: member.household_id, role: member.role } });
  return matchAccess(unit, parts, person, actor, now);
}
