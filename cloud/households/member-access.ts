import { STRIKE } from "../access/door-row";
import type { GrantTerms } from "../access/grant";
import { termsOf } from "../access/stored-terms";
import { sortWindows } from "../access/window";
import type { DoorSecrets } from "../doors/door-secrets";
import { matchGroups } from "../groups/match-groups";
import type { Keystore } from "../keys/keystore";
import { noteChanges } from "../issuing/outbox";
import { requireRoom } from "../people/door-room";
import { extendCredential } from "../people/extend-credential";
import { giveCredentials, insertGrant, type GivenCredential, type NewCredential } from "../people/give-credential";
import { revokeGrant } from "../people/revoke";
import { readRules } from "../properties/household-rules";
import { matchKey } from "../sharing/match-key";
import type { Unit } from "../store/store";
import type { MembershipRow } from "../store/rows/household-rows";
import { householdDoors } from "./household-doors";
import { livePlaces, readPlace, spanOf } from "./read-place";
import { placeTerms } from "./place-terms";

/** What credentials are made and opened with. */
export interface CredentialParts {
  keystore: Keystore;
  secrets: DoorSecrets;
}

/** Doors of a place: all that the household has, or those chosen of them. */
export async function doorsOfPlace(unit: Unit, member: Pick<MembershipRow, "person_id" | "household_id" | "all_doors">): Promise<string[]> {
  const doors = await householdDoors(unit, member.household_id);
  if (member.all_doors === 1) return doors;
  const rows = await unit.selectFrom("member_doors").select("door_id").where("person_id", "=", member.person_id).execute();
  const chosen = new Set(rows.map((row) => row.door_id));
  return doors.filter((door) => chosen.has(door));
}

/**
 * Brings what an active member opens doors with in line with the rows of their place: its doors and its terms, within
 * the household's. Credentials stay as they are where nothing changes; a code is taken along to doors that are new,
 * and where it cannot be (X9) there is another one for those; so is what the holder's phones open with, where there is
 * any. A code that a newer one has replaced never lasts longer than it did.
 * @returns codes that are new.
 * @throws {Refusal} `door-full`.
 */
export async function matchAccess(unit: Unit, parts: CredentialParts, person: string, actor: string, now: number): Promise<GivenCredential[]> {
  const place = await readPlace(unit, person);
  if (place.member.state !== "active") throw new Error("only an active member opens doors");
  if (place.member.role === "share") {
    // What a member gave is a key, whose rows say what it is; one that has ended does not come back.
    const key = await unit.selectFrom("keys").selectAll().where("person_id", "=", person).executeTakeFirst();
    if (key !== undefined) return matchKey(unit, parts, key, actor, now);
  }
  const terms = placeTerms(place.member, await spanOf(unit, place.household.id));
  const holds = terms !== undefined && terms.notAfter > now;
  const doors = holds ? await doorsOfPlace(unit, place.member) : [];
  const had = await readAccess(unit, person);
  if (terms === undefined || doors.length === 0) {
    await endGrants(unit, had, actor, now);
    return (await matchGroups(unit, parts, person, actor, now, "as-they-open")).given;
  }
  // Doors know a phone beside the codes: neither takes the other's place.
  const phone = had.find(({ kind }) => kind === "phone");
  const gained = doors.filter((door) => !had.some((each) => each !== phone && each.supersededAt === null && each.doors.includes(door)));
  const { pinPerDoor } = await readRules(unit, place.household.property_id);
  const given: GivenCredential[] = [];
  const extended = new Map<string, string[]>();
  let missing = gained;
  if (!pinPerDoor && gained.length > 0) {
    const first = had.find(({ kind, supersededAt, companions }) => kind === "pin" && supersededAt === null && !companions);
    const reached = first === undefined ? [] : await extendCredential(unit, parts, first.credential, gained);
    if (first !== undefined && reached.length > 0) extended.set(first.credential, reached);
    missing = gained.filter((door) => !reached.includes(door));
  }
  if (phone !== undefined) extended.set(phone.credential, await reachByPhone(unit, parts, phone, terms, doors, actor, now));
  for (const each of had) await replaceGrants(unit, each, terms, [...each.doors.filter((door) => doors.includes(door)), ...(extended.get(each.credential) ?? [])], actor, now);
  if (missing.length > 0) given.push(...(await giveCredentials(unit, parts.keystore, parts.secrets, person, newPins(missing, terms, pinPerDoor), actor, now)));
  for (const door of [...extended.values()].flat()) await requireRoom(unit, door);
  // The dates of a place bound what its holder's groups give (N12).
  given.push(...(await matchGroups(unit, parts, person, actor, now, "as-they-open")).given);
  return given;
}

/** After a change of the household's doors or of its span: everybody who is there. @returns new codes by person. */
export async function matchHousehold(unit: Unit, parts: CredentialParts, household: string, actor: string, now: number): Promise<Map<string, GivenCredential[]>> {
  const given = new Map<string, GivenCredential[]>();
  for (const { person_id, state } of await livePlaces(unit, household)) {
    if (state === "active") given.set(person_id, await matchAccess(unit, parts, person_id, actor, now));
  }
  return given;
}

function newPins(doors: readonly string[], terms: GrantTerms, perDoor: boolean): NewCredential[] {
  const groups = perDoor ? doors.map((door) => [door]) : [doors];
  return groups.map((group) => ({ grants: [{ doors: group, terms, outputs: STRIKE }], secondPin: false, duressPin: false }));
}

/** Takes what phones open with along to doors that are new; where only groups gave it anything, it has a right of its own again. @returns those doors. */
async function reachByPhone(unit: Unit, parts: CredentialParts, phone: Access, terms: GrantTerms, doors: readonly string[], actor: string, now: number): Promise<string[]> {
  const further = doors.filter((door) => !phone.doors.includes(door));
  const reached = further.length === 0 ? [] : await extendCredential(unit, parts, phone.credential, further);
  if (phone.grants.length > 0 || reached.length === 0) return reached;
  await insertGrant(unit, phone.credential, { terms, doors: reached, outputs: STRIKE }, 0, actor, now);
  await noteChanges(unit, reached.map((door) => ({ door, credential: phone.credential })), now);
  return reached;
}

/** A credential with its own grants that are in force: those of its holder's groups are not a place's. */
interface Access {
  credential: string;
  kind: string;
  supersededAt: number | null;
  /** Other PINs hang on it. */
  companions: boolean;
  grants: { id: string; terms: GrantTerms; outputs: number; useCounter: number; doors: readonly string[] }[];
  /** Of all of them. */
  doors: string[];
}

async function readAccess(unit: Unit, person: string): Promise<Access[]> {
  const credentials = await unit.selectFrom("credentials").select(["id", "kind", "superseded_at", "parent_id"]).where("person_id", "=", person).where("revoked_at", "is", null).orderBy("created_at").orderBy("id").execute();
  const all: Access[] = [];
  for (const { id, kind, superseded_at } of credentials.filter((each) => each.parent_id === null)) {
    const rows = await unit.selectFrom("grants").selectAll().where("credential_id", "=", id).where("group_id", "is", null).where("revoked_at", "is", null).execute();
    if (rows.length === 0 && kind !== "phone") continue;
    const grants: Access["grants"] = [];
    for (const row of rows) {
      const at = await unit.selectFrom("grant_doors").select("door_id").where("grant_id", "=", row.id).execute();
      const terms = termsOf(row);
      grants.push({ id: row.id, terms, outputs: row.outputs, useCounter: row.use_counter, doors: at.map(({ door_id }) => door_id) });
    }
    const companions = credentials.some((each) => each.parent_id === id);
    all.push({ credential: id, kind, supersededAt: superseded_at, companions, grants, doors: [...new Set(grants.flatMap((grant) => grant.doors))] });
  }
  return all;
}

/** One grant on the new terms instead of all there were; none where no door is left. Uses and outputs stay the grant's own. */
async function replaceGrants(unit: Unit, access: Access, terms: GrantTerms, doors: readonly string[], actor: string, now: number): Promise<void> {
  for (const grant of access.grants) {
    const at = access.grants.length === 1 ? doors : doors.filter((door) => grant.doors.includes(door));
    // Counted uses are of the right as it was given: it stays or goes as it is.
    if (grant.terms.maxUses > 0 && at.length > 0) continue;
    const limited = { ...terms, ...(access.supersededAt !== null && { notAfter: Math.min(terms.notAfter, grant.terms.notAfter) }) };
    const same = sameTerms(limited, grant.terms) && at.length === grant.doors.length && at.every((door) => grant.doors.includes(door));
    if (same) continue;
    // The new one first: a credential ends with the last of its grants.
    if (at.length > 0 && limited.notAfter > Math.max(now, limited.notBefore)) {
      await insertGrant(unit, access.credential, { terms: limited, doors: at, outputs: grant.outputs }, grant.useCounter, actor, now);
      await noteChanges(unit, at.map((door) => ({ door, credential: access.credential })), now);
    }
    await revokeGrant(unit, grant.id, actor, now);
  }
}

async function endGrants(unit: Unit, had: readonly Access[], actor: string, now: number): Promise<void> {
  for (const grant of had.flatMap(({ grants }) => grants)) await revokeGrant(unit, grant.id, actor, now);
}

function sameTerms(a: GrantTerms, b: GrantTerms): boolean {
  return a.notBefore === b.notBefore && a.notAfter === b.notAfter && a.maxUses === b.maxUses && JSON.stringify(sortWindows(a.windows)) === JSON.stringify(sortWindows(b.windows));
}

