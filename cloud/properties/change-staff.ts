import { findTermsFault, type GrantTerms } from "../access/grant";
import { termsOf } from "../access/stored-terms";
import { audit } from "../audit/audit";
import { matchGroups } from "../groups/match-groups";
import type { CredentialParts } from "../households/member-access";
import { noteChanges } from "../issuing/outbox";
import { changeGrant } from "../people/change-grant";
import { requireRoom } from "../people/door-room";
import { extendCredential } from "../people/extend-credential";
import { giveCredentials, insertGrant, type GivenCredential, type NewCredential } from "../people/give-credential";
import { revokeGrant } from "../people/revoke";
import { Refusal } from "../refusal";
import type { Unit } from "../store/store";
import type { GrantRow, PersonRow } from "../store/rows/right-rows";
import { requireDoorsOf } from "./door-choice";

/** What of somebody who works at a property is to be another; undefined = as it is. */
export interface StaffChange {
  name?: string;
  doors?: readonly string[] | undefined;
  notBefore?: number;
  notAfter?: number;
  windows?: GrantTerms["windows"];
  /** Bit mask. */
  outputs?: number;
}

/**
 * Changes somebody who works at a property (P3): what they may holds for every PIN and card of their own, so that none
 * is left behind. Terms change in place; a code is taken along to doors that are new, and where it cannot be used (X9)
 * there is another one for those. A code that a newer one has replaced never lasts longer than it did, and a right of
 * limited uses keeps its door. What keys and groups give stays.
 * @returns codes that are new.
 * @throws {Refusal} `not-found` for a door; `card-taken` where a card cannot be used; `door-full`, or a fault of the terms.
 */
export async function changeStaff(unit: Unit, parts: CredentialParts, person: PersonRow, change: StaffChange, actor: string, now: number): Promise<GivenCredential[]> {
  const name = change.name ?? person.name;
  await unit.updateTable("people").set({ name, version: person.version + 1 }).where("id", "=", person.id).execute();
  const doors = change.doors === undefined ? undefined : await requireDoorsOf(unit, person.property_id, change.doors);
  const missing: NewCredential[] = [];
  for (const right of await rightsOf(unit, person.id)) missing.push(...(await changeRight(unit, parts, right, { ...change, doors }, actor, now)));
  const given = missing.length === 0 ? [] : await giveCredentials(unit, parts.keystore, parts.secrets, person.id, missing, actor, now);
  given.push(...(await matchGroups(unit, parts, person.id, actor, now)).given);
  for (const right of await rightsOf(unit, person.id)) for (const door of right.doors) await requireRoom(unit, door);
  const { name: renamed, ...terms } = change;
  await audit(unit, { at: now, actor, action: "staff.change", subject: `person/${person.id}`, detail: { ...terms }, ...(renamed !== undefined && { personal: { keys: parts.keystore.dataKeys, owner: `person/${person.id}` as const, detail: { name } } }) });
  return given;
}

/** A grant of a PIN or a card of somebody's own. */
interface Right {
  grant: GrantRow;
  doors: string[];
  kind: string;
  superseded: boolean;
  /** PINs that hang on the credential. */
  companions: string[];
}

async function rightsOf(unit: Unit, person: string): Promise<Right[]> {
  const rows = await unit
    .selectFrom("grants as grant")
    .innerJoin("credentials as credential", "credential.id", "grant.credential_id")
    .where("credential.person_id", "=", person)
    .where("credential.key_id", "is", null)
    .where("grant.group_id", "is", null)
    .where("grant.revoked_at", "is", null)
    .selectAll("grant")
    .select(["credential.kind", "credential.superseded_at"])
    .orderBy("grant.id")
    .execute();
  const rights: Right[] = [];
  for (const { kind, superseded_at, ...grant } of rows) {
    const at = await unit.selectFrom("grant_doors").select("door_id").where("grant_id", "=", grant.id).orderBy("door_id").execute();
    const hanging = await unit.selectFrom("credentials").select("kind").where("parent_id", "=", grant.credential_id).where("revoked_at", "is", null).execute();
    rights.push({ grant, doors: at.map(({ door_id }) => door_id), kind, superseded: superseded_at !== null, companions: hanging.map((each) => each.kind) });
  }
  return rights;
}

/** @returns codes to be drawn for doors that this one cannot be taken to. */
async function changeRight(unit: Unit, parts: CredentialParts, right: Right, change: StaffChange, actor: string, now: number): Promise<NewCredential[]> {
  const { grant, superseded } = right;
  const was = termsOf(grant);
  const terms: GrantTerms = { ...was, notBefore: change.notBefore ?? was.notBefore, notAfter: change.notAfter ?? was.notAfter, windows: change.windows ?? was.windows };
  if (superseded) terms.notAfter = Math.min(terms.notAfter, was.notAfter);
  const outputs = change.outputs ?? grant.outputs;
  const wanted = was.maxUses > 0 ? right.doors : (change.doors ?? right.doors);
  // An end that has come by itself is no fault of this change.
  const fault = findTermsFault(terms, wanted.length, terms.notAfter === was.notAfter ? Math.min(now, was.notAfter - 1) : now);
  if (fault !== undefined) throw new Refusal(fault.code, fault.detail, fault.windows && { windows: fault.windows });

  const kept = right.doors.filter((door) => wanted.includes(door));
  const gained = superseded ? [] : wanted.filter((door) => !right.doors.includes(door));
  const reached = gained.length === 0 ? [] : await extendCredential(unit, parts, grant.credential_id, gained);
  const doors = [...kept, ...reached].sort();
  const same = gained.length === 0 && kept.length === right.doors.length;
  if (!same || !(await changeGrant(unit, grant.id, { terms, outputs }, now))) {
    // The new one first: a credential ends with the last of its grants.
    if (doors.length > 0) {
      await insertGrant(unit, grant.credential_id, { doors, terms, outputs, suspended: grant.suspended === 1 }, grant.use_counter, actor, now);
      await noteChanges(unit, doors.map((door) => ({ door, credential: grant.credential_id })), now);
    }
    await revokeGrant(unit, grant.id, actor, now);
  }
  const missing = gained.filter((door) => !reached.includes(door));
  if (missing.length === 0) return [];
  if (right.kind !== "pin") throw new Refusal("card-taken", "Somebody else's card looks like this one at a door that is new.");
  const has = (...kinds: string[]) => right.companions.some((kind) => kinds.includes(kind));
  return [{ grants: [{ doors: missing, terms, outputs }], secondPin: has("second-pin"), duressPin: has("duress-pin", "duress-second-pin") }];
}
