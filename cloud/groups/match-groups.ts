import type { GrantTerms } from "../access/grant";
import { noteChanges } from "../issuing/outbox";
import { changeGrant } from "../people/change-grant";
import { requireRoom } from "../people/door-room";
import { extendCredential } from "../people/extend-credential";
import { giveCredentialsUnchecked, insertGrant, type GivenCredential, type NewGrant } from "../people/give-credential";
import { endWithoutGrants, insertRevocation } from "../people/revoke";
import type { PinParts } from "../pins/codes";
import { readRules } from "../properties/household-rules";
import type { Unit } from "../store/store";
import type { GrantRow } from "../store/rows/right-rows";
import { groupTerms } from "./group-terms";
import { groupsOfPerson, type PersonalGroup } from "./groups-of-person";
import { holdingSpan, readPersonCredentials, type PersonalCredential } from "./person-credentials";
import { typableDoors } from "./typable-doors";

/** What bringing somebody's group rights in line came to. */
export interface GroupsMatched {
  /** New codes, for doors at which none that they had can be used (X9): to be shown at most once. */
  given: GivenCredential[];
  /** Under which rights have ended (X1); undefined: none has. */
  revocation: string | undefined;
  /** Doors of their groups that nothing of theirs opens. */
  unreached: string[];
  /** Doors whose lists change. */
  doors: string[];
}

/** `as-they-open`: for people who open doors by codes. */
export type Draws = "never" | "as-they-open" | "always";

const NOTHING: GroupsMatched = { given: [], revocation: undefined, unreached: [], doors: [] };

/**
 * Brings what a person opens by their groups in line with the groups' rows (N12): everything that they open doors
 * with opens the groups' doors as well, beside all that it may anyway. A code is taken along to doors that are new;
 * where it cannot be (X9), there may be another one for those. What is theirs without a group is left alone.
 *
 * To be called whenever somebody gets something to open doors with, or dates of theirs change.
 * @param draws a code for doors that nothing reaches; only where somebody is there to pass it on.
 * @throws {Refusal} `door-full`.
 */
export async function matchGroups(unit: Unit, parts: PinParts, person: string, actor: string, now: number, draws: Draws = "never"): Promise<GroupsMatched> {
  const matched = await matchGroupsUnchecked(unit, parts, person, actor, now, draws);
  for (const door of matched.doors) await requireRoom(unit, door);
  return matched;
}

/** `matchGroups` for many people at once: whoever calls it asks each door afterwards whether it has room. */
export async function matchGroupsUnchecked(unit: Unit, parts: PinParts, person: string, actor: string, now: number, draws: Draws = "never"): Promise<GroupsMatched> {
  const row = await unit.selectFrom("people").select(["property_id", "revoked_at"]).where("id", "=", person).executeTakeFirstOrThrow();
  const groups = row.revoked_at === null ? await groupsOfPerson(unit, person) : [];
  const had = await readGroupGrants(unit, person);
  if (groups.length === 0 && had.length === 0) return NOTHING;
  const credentials = await readPersonCredentials(unit, person);
  const perDoor = await hasCodePerDoor(unit, person, row.property_id);
  const reach = new Map<string, ReadonlySet<string>>();
  for (const credential of credentials) reach.set(credential.id, await reachOf(unit, parts, credential, groups, perDoor));

  const wanted = credentials.flatMap((credential) => groups.flatMap((group) => wantedGrant(credential, group, reach.get(credential.id)!, had) ?? []));
  const changed = await replaceGrants(unit, had, wanted, actor, now);
  const revocation = await endGrants(unit, person, changed.ended, actor, now);

  const current = credentials.filter(({ superseded }) => !superseded);
  const reachedBy = (some: readonly PersonalCredential[]) => new Set(some.flatMap(({ id }) => [...reach.get(id)!]));
  const reached = reachedBy(current);
  const typed = reachedBy(current.filter(({ besideCodes }) => !besideCodes));
  const missing = unitedDoors(groups).filter((door) => !typed.has(door));
  const given = missing.length > 0 && (draws === "always" || (draws === "as-they-open" && (await opensByCode(unit, person)))) ? await drawCodes(unit, parts, person, groups, missing, perDoor, actor, now) : { codes: [], doors: [] };
  return { given: given.codes, revocation, unreached: missing.filter((door) => !reached.has(door) && !given.doors.includes(door)), doors: [...new Set([...changed.doors, ...given.doors])].sort() };
}

/** A grant of a group in force, with its doors. */
interface GroupGrant extends GrantRow {
  group_id: string;
  doors: string[];
}

async function readGroupGrants(unit: Unit, person: string): Promise<GroupGrant[]> {
  const rows = await unit
    .selectFrom("grants as grant")
    .innerJoin("credentials as credential", "credential.id", "grant.credential_id")
    .selectAll("grant")
    .where("credential.person_id", "=", person)
    .where("grant.group_id", "is not", null)
    .where("grant.revoked_at", "is", null)
    .orderBy("grant.id")
    .execute();
  const grants: GroupGrant[] = [];
  for (const row of rows) {
    const at = await unit.selectFrom("grant_doors").select("door_id").where("grant_id", "=", row.id).orderBy("door_id").execute();
    grants.push({ ...row, group_id: row.group_id!, doors: at.map(({ door_id }) => door_id) });
  }
  return grants;
}

/** By the manager's rule a member has a code for each door (O14). */
async function hasCodePerDoor(unit: Unit, person: string, property: string): Promise<boolean> {
  const member = await unit.selectFrom("memberships").select("role").where("person_id", "=", person).executeTakeFirst();
  return member !== undefined && (await readRules(unit, property)).pinPerDoor;
}

/** Whether codes are what they open doors with, or would be if they had a door. */
async function opensByCode(unit: Unit, person: string): Promise<boolean> {
  const code = await unit
    .selectFrom("credentials as credential")
    .leftJoin("keys as key", "key.id", "credential.key_id")
    .select("credential.id")
    .where("credential.person_id", "=", person)
    .where("credential.kind", "=", "pin")
    .where("credential.revoked_at", "is", null)
    .where((eb) => eb.or([eb("key.state", "is", null), eb("key.state", "=", "active")]))
    .executeTakeFirst();
  if (code !== undefined) return true;
  const member = await unit.selectFrom("memberships").select("state").where("person_id", "=", person).executeTakeFirst();
  return member?.state === "active";
}

function unitedDoors(groups: readonly PersonalGroup[]): string[] {
  return [...new Set(groups.flatMap(({ doors }) => doors))].sort();
}

/** The doors of groups at which a credential can be used. */
async function reachOf(unit: Unit, parts: PinParts, { id, kind, superseded, placed }: PersonalCredential, groups: readonly PersonalGroup[], perDoor: boolean): Promise<ReadonlySet<string>> {
  const doors = unitedDoors(groups);
  const known = doors.filter((door) => placed.has(door));
  const further = superseded || (perDoor && kind === "pin") ? [] : doors.filter((door) => !placed.has(door));
  return new Set([...known, ...(further.length === 0 ? [] : await extendCredential(unit, parts, id, further))]);
}

/** A grant as it is to be. */
interface WantedGrant {
  credential: string;
  group: string;
  doors: string[];
  terms: GrantTerms;
  outputs: number;
  suspended: boolean;
}

function wantedGrant(credential: PersonalCredential, group: PersonalGroup, reach: ReadonlySet<string>, had: readonly GroupGrant[]): WantedGrant | undefined {
  const allowed = groupTerms(group.profile, credential.holds);
  if (allowed === undefined) return undefined;
  const common = { credential: credential.id, group: group.id, outputs: allowed.outputs, suspended: credential.suspended };
  if (!credential.superseded) {
    const doors = group.doors.filter((door) => reach.has(door));
    return doors.length === 0 ? undefined : { ...common, doors, terms: allowed.terms };
  }
  const old = had.find((grant) => isOf(grant, credential.id, group.id));
  const doors = old?.doors.filter((door) => group.doors.includes(door)) ?? [];
  const terms = { ...allowed.terms, notAfter: Math.min(allowed.terms.notAfter, old?.not_after ?? 0) };
  return doors.length === 0 || terms.notAfter <= terms.notBefore ? undefined : { ...common, doors, terms };
}

function isOf(grant: GroupGrant, credential: string, group: string): boolean {
  return grant.credential_id === credential && grant.group_id === group;
}

/** @returns the grants that are to end, and the doors whose lists change. */
async function replaceGrants(unit: Unit, had: readonly GroupGrant[], wanted: readonly WantedGrant[], actor: string, now: number): Promise<{ ended: GroupGrant[]; doors: string[] }> {
  const kept = new Set<string>();
  const doors: string[] = [];
  for (const each of wanted) {
    const old = had.find((grant) => isOf(grant, each.credential, each.group));
    if (old !== undefined && (await changeInPlace(unit, old, each, doors, now))) kept.add(old.id);
    else if (each.terms.notAfter > now) doors.push(...(await give(unit, each, actor, now)));
  }
  const ended = had.filter(({ id }) => !kept.has(id));
  return { ended, doors: [...doors, ...ended.flatMap((grant) => grant.doors)] };
}

/** The same right with other terms, or at more doors. @returns false where it takes another one in its place. */
async function changeInPlace(unit: Unit, old: GroupGrant, wanted: WantedGrant, changed: string[], now: number): Promise<boolean> {
  if (old.doors.some((door) => !wanted.doors.includes(door))) return false;
  if (!(await changeGrant(unit, old.id, wanted, now))) return false;
  const further = wanted.doors.filter((door) => !old.doors.includes(door));
  for (const door_id of further) await unit.insertInto("grant_doors").values({ grant_id: old.id, door_id }).execute();
  await noteChanges(unit, further.map((door) => ({ door, credential: old.credential_id })), now);
  changed.push(...wanted.doors);
  return true;
}

async function give(unit: Unit, wanted: WantedGrant, actor: string, now: number): Promise<string[]> {
  await insertGrant(unit, wanted.credential, wanted, UNLIMITED, actor, now);
  await noteChanges(unit, wanted.doors.map((door) => ({ door, credential: wanted.credential })), now);
  return wanted.doors;
}

const UNLIMITED = 0; // number of a use counter that nothing counts by

async function endGrants(unit: Unit, person: string, ended: readonly GroupGrant[], actor: string, now: number): Promise<string | undefined> {
  if (ended.length === 0) return undefined;
  const revocation = await insertRevocation(unit, person, "grant", ended.map(({ id }) => id), actor, now);
  for (const credential of new Set(ended.map((grant) => grant.credential_id))) await endWithoutGrants(unit, credential, now);
  return revocation;
}

/** Codes for doors that no other one reaches. @returns also those of the doors that they open. */
async function drawCodes(unit: Unit, parts: PinParts, person: string, groups: readonly PersonalGroup[], missing: readonly string[], perDoor: boolean, actor: string, now: number): Promise<{ codes: GivenCredential[]; doors: string[] }> {
  const holds = await holdingSpan(unit, person);
  const typable = await typableDoors(unit, person, missing);
  if (holds === undefined) return { codes: [], doors: [] };
  const cuts = perDoor ? typable.map((door) => [door]) : [typable];
  const wanted = cuts.flatMap((cut) => {
    const grants = groups.flatMap((group): NewGrant[] => {
      const allowed = groupTerms(group.profile, holds);
      const doors = group.doors.filter((door) => cut.includes(door));
      return allowed === undefined || allowed.terms.notAfter <= now || doors.length === 0 ? [] : [{ ...allowed, doors, group: group.id }];
    });
    return grants.length === 0 ? [] : [{ grants, secondPin: false, duressPin: false }];
  });
  const codes = await giveCredentialsUnchecked(unit, parts.keystore, parts.secrets, person, wanted, actor, now);
  return { codes, doors: [...new Set(wanted.flatMap(({ grants }) => grants).flatMap(({ doors }) => doors))] };
}
