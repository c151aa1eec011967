import { matchGroups } from "../groups/match-groups";
import type { PinParts } from "../pins/codes";
import { noteChanges } from "../issuing/outbox";
import { changeGrant } from "../people/change-grant";
import { requireRoom } from "../people/door-room";
import { extendCredential } from "../people/extend-credential";
import { giveCredentials, insertGrant, insertGrants, type GivenCredential } from "../people/give-credential";
import { revokeGrant } from "../people/revoke";
import { Refusal } from "../refusal";
import type { Unit } from "../store/store";
import type { KeyRow } from "../store/rows/sharing-rows";
import { hasCodePerDoor } from "./activate-key";
import { countedUses, termsAt, type CountedUses } from "./counted-uses";
import { credentialsOfKey, grantOfKey, newCredentialOf, type KeyCredential, type KeyGrant } from "./key-credentials";
import { keyReach, type KeyReach } from "./key-reach";
import type { KeyTerms } from "./key-terms";

/**
 * Brings an active key's own grants in line with its row, its profile and its doors (S9, S11): terms change in place,
 * so that uses count on; what it opens doors with is taken along to doors that are new. A code that cannot be used
 * there (X9) is replaced by another one for all of the key's doors. Whoever changes the terms of many keys asks each
 * door afterwards whether it has room.
 * @param key as it is stored now.
 * @returns codes that are new, to be shown at most once.
 * @throws {Refusal} `card-taken`; `code-taken`: the code of a key whose uses are counted cannot be replaced;
 * `door-full`, `unit-needed`.
 */
export async function matchKey(unit: Unit, parts: PinParts, key: KeyRow, actor: string, now: number): Promise<GivenCredential[]> {
  if (key.state !== "active") return [];
  const reach = await keyReach(unit, key);
  const held = await credentialsOfKey(unit, key.id);
  const given = await reachDoors(unit, parts, key, reach, held, actor, now);
  await matchGrants(unit, key, reach, actor, now);
  await matchGroups(unit, parts, key.person_id, actor, now);
  return given;
}

/** `matchKey` where a key gets no more doors than it has: its uses have been counted, or counted anew. */
export async function matchGrants(unit: Unit, key: KeyRow, reach: KeyReach, actor: string, now: number): Promise<void> {
  const uses = await countedUses(unit, key);
  for (const credential of await credentialsOfKey(unit, key.id)) await matchCredential(unit, key, credential, reach, uses, actor, now);
}

/** Makes the key's credentials usable at doors that are new. @returns codes that took the place of others, or came on top. */
async function reachDoors(unit: Unit, parts: PinParts, key: KeyRow, { doors, allowed }: KeyReach, held: readonly KeyCredential[], actor: string, now: number): Promise<GivenCredential[]> {
  const current = held.filter(({ superseded }) => !superseded);
  // After a phone was lost (A1) the next one to ask gets another credential, as the key is then.
  if (key.kind === "app" && current.length === 0) return [];
  const gained = doors.filter((door) => !current.some(({ grants }) => grants.some((grant) => grant.doors.includes(door))));
  if (gained.length === 0 || allowed === undefined || allowed.terms.notAfter <= now) return [];
  const perDoor = await hasCodePerDoor(unit, key);
  const [first] = current;
  const reached = perDoor || first === undefined ? [] : await extendCredential(unit, parts, first.id, gained);
  if (reached.length > 0) await growGrant(unit, key, first, allowed, reached, actor, now);
  for (const door of reached) await requireRoom(unit, door);
  const missing = gained.filter((door) => !reached.includes(door));
  if (missing.length === 0) return [];
  if (key.kind !== "pin") throw new Refusal("card-taken", undefined, { doors: missing });
  if (key.max_uses > 0) throw new Refusal("code-taken", undefined, { doors: missing });
  const cuts = perDoor ? missing.map((door) => [door]) : [doors];
  const given = await giveCredentials(unit, parts.keystore, parts.secrets, key.person_id, cuts.map((cut) => newCredentialOf(key, grantOfKey(key, allowed, cut), undefined)), actor, now);
  if (perDoor) return given;
  await unit.updateTable("keys").set({ credential_id: given[0].credential }).where("id", "=", key.id).execute();
  for (const { grants } of current) for (const grant of grants) await revokeGrant(unit, grant.id, actor, now);
  return given;
}

/** More doors for the same right, or for one beside it where each door has its own. */
async function growGrant(unit: Unit, key: KeyRow, { id, grants }: KeyCredential, allowed: KeyTerms, doors: readonly string[], actor: string, now: number): Promise<void> {
  const grant = key.uses_carried === 1 ? undefined : grants.find(({ left }) => !left);
  if (grant === undefined) await insertGrants(unit, id, grantOfKey(key, allowed, doors), 0, actor, now);
  else for (const door_id of doors) await unit.insertInto("grant_doors").values({ grant_id: grant.id, door_id }).execute();
  await noteChanges(unit, doors.map((door) => ({ door, credential: id })), now);
}

async function matchCredential(unit: Unit, key: KeyRow, credential: KeyCredential, { doors, allowed }: KeyReach, uses: CountedUses | undefined, actor: string, now: number): Promise<void> {
  for (const grant of credential.grants) {
    const at = grant.doors.filter((door) => doors.includes(door));
    // Dates that never meet may be changed again: until then doors know the key, and refuse it.
    const wanted: KeyTerms = allowed === undefined ? { terms: grant.terms, outputs: grant.outputs, suspended: true } : limited(allowed, credential, grant);
    const whole = at.length === grant.doors.length && !grant.left && !(key.uses_carried === 1 && at.length > 1);
    if (whole && (await changeGrant(unit, grant.id, at.length === 1 ? termsAt(wanted, uses, at[0]) : wanted, now))) continue;
    const holds = wanted.terms.notAfter > Math.max(now, wanted.terms.notBefore);
    if (grant.left && !holds) continue;
    // The new one first: a credential ends with the last of its grants.
    if (at.length > 0 && holds) {
      for (const cut of key.uses_carried === 1 ? at.map((door) => [door]) : [at]) {
        await insertGrant(unit, credential.id, grantOfKey(key, cut.length === 1 ? termsAt(wanted, uses, cut[0]) : wanted, cut), grant.useCounter, actor, now);
      }
      await noteChanges(unit, at.map((door) => ({ door, credential: credential.id })), now);
    }
    await revokeGrant(unit, grant.id, actor, now);
  }
}

/** A code that a newer one has replaced never lasts longer than it did. */
function limited(allowed: KeyTerms, { superseded }: KeyCredential, { terms }: KeyGrant): KeyTerms {
  if (!superseded) return allowed;
  const notAfter = Math.max(allowed.terms.notBefore + 1, Math.min(allowed.terms.notAfter, terms.notAfter));
  return { ...allowed, terms: { ...allowed.terms, notAfter } };
}
