import type { Window } from "../access/window";
import { actorName, type Actor } from "../accounts/actor";
import { audit } from "../audit/audit";
import type { GivenCredential } from "../people/give-credential";
import { readRules } from "../properties/household-rules";
import { Refusal } from "../refusal";
import { requireOnMember } from "../rules/read-standing";
import type { Unit } from "../store/store";
import type { MembershipRow } from "../store/rows/household-rows";
import { checkDoors, requireGuestDays } from "./add-member";
import { checkPlaceTerms, setDoors } from "./add-place";
import { matchAccess, matchHousehold, type CredentialParts } from "./member-access";

/** What is to be another; undefined = as it is. */
export interface MemberChange {
  name: string | undefined;
  /** null = all of the household's. */
  doors: readonly string[] | null | undefined;
  windows: readonly Window[] | undefined;
  start: number | undefined;
  /** null = none. */
  end: number | null | undefined;
}

/** Two people who edit a place at once do not undo each other. @throws {Refusal} `version-needed`, `changed-meanwhile`. */
export type CheckVersion = (version: number) => void;

/**
 * Changes a resident's or a guest's place (O2, O3); doors follow in the same transaction.
 * @param checkVersion refuses where whoever changes it has seen another version.
 * @returns codes that are new, for doors at which the old one cannot be used, where nobody but whoever asks can pass
 * them on.
 * @throws {Refusal} `not-found`, `not-allowed`, `membership-ended`, `version-needed`, `changed-meanwhile`, or what `addMember` says of
 * doors and terms.
 */
export async function changeMember(unit: Unit, parts: CredentialParts, person: string, change: MemberChange, checkVersion: CheckVersion, actor: Actor, now: number): Promise<GivenCredential[]> {
  const { membership, standing, person: holder } = await requireOnMember(unit, actor, person, "edit", now);
  requireCurrent(membership, checkVersion);
  const role = membership.role === "guest" ? "guest" : "resident";
  const start = change.start ?? membership.starts_at;
  const end = change.end === undefined ? (membership.ends_at ?? undefined) : (change.end ?? undefined);
  const windows = change.windows ?? (JSON.parse(membership.windows) as Window[]);
  checkPlaceTerms({ windows, start, end }, now);
  if (change.doors !== undefined) await checkDoors(unit, membership.household_id, { role, doors: change.doors ?? undefined, end });
  else if (role === "guest" && end === undefined) throw new Refusal("end-needed", "A guest's access has an end.");
  if (role === "guest" && standing.ranks.includes("administrator") && !standing.ranks.includes("manager")) {
    const { guestDaysMax } = await readRules(unit, holder.property_id);
    if (change.end !== undefined || change.start !== undefined) requireGuestDays(start, end, guestDaysMax);
  }
  await unit
    .updateTable("memberships")
    .set({ starts_at: start, ends_at: end ?? null, windows: JSON.stringify(windows), version: membership.version + 1, ...(change.doors !== undefined && { all_doors: change.doors === null ? 1 : 0 }) })
    .where("person_id", "=", person)
    .execute();
  if (change.doors !== undefined) await setDoors(unit, person, change.doors ?? undefined);
  if (change.name !== undefined) await unit.updateTable("people").set({ name: change.name }).where("id", "=", person).execute();
  await audit(unit, { at: now, actor: actorName(actor), action: "member.change", subject: `person/${person}`, detail: { household: membership.household_id, changed: Object.entries(change).flatMap(([field, value]) => (value === undefined ? [] : [field])) } });
  if (membership.state !== "active") return [];
  const given = await matchAccess(unit, parts, person, actorName(actor), now);
  // Whoever has an account looks at theirs there.
  return membership.account_id === null ? given : [];
}

/**
 * Another end for a lease, or none. The others of the household end with the last lease, so their terms follow.
 * @throws {Refusal} `not-found`, `not-allowed`, `membership-ended`, `version-needed`, `changed-meanwhile`, a fault of the terms.
 */
export async function changeLease(unit: Unit, parts: CredentialParts, person: string, end: number | null, checkVersion: CheckVersion, actor: Actor, now: number): Promise<void> {
  const { membership } = await requireOnMember(unit, actor, person, "change-lease", now, "lease");
  requireCurrent(membership, checkVersion);
  checkPlaceTerms({ windows: [], start: membership.starts_at, end: end ?? undefined }, now);
  await unit.updateTable("memberships").set({ ends_at: end, version: membership.version + 1 }).where("person_id", "=", person).execute();
  await audit(unit, { at: now, actor: actorName(actor), action: "lease.change", subject: `person/${person}`, detail: { household: membership.household_id, end } });
  await matchHousehold(unit, parts, membership.household_id, actorName(actor), now);
}

function requireCurrent({ state, version }: MembershipRow, checkVersion: CheckVersion): void {
  if (state === "ended") throw new Refusal("membership-ended");
  checkVersion(version);
}
