import { audit } from "../audit/audit";
import { matchGroupsUnchecked } from "../groups/match-groups";
import { noteChanges } from "../issuing/outbox";
import { requireRoom } from "../people/door-room";
import { giveCredentialsUnchecked, insertGrant, type GivenCredential } from "../people/give-credential";
import { insertRevocation } from "../people/revoke";
import { readRules } from "../properties/household-rules";
import { Refusal } from "../refusal";
import { closeKeyWithoutGrants } from "../sharing/close-keys";
import type { Unit } from "../store/store";
import { doorsOf, readCodes, type Code, type PinParts } from "./codes";
import { isLimited, planCodes, type CodeShape } from "./plan-codes";

export interface Renewal {
  /** `security`: a door was lost, or somebody who knows the code has left; then limited ones end too. */
  reason: "period" | "asked" | "security";
  /** For how long the old code still opens beside the new one; 0 = until each door has the next list. */
  overlapSeconds: number;
  /** Credentials that are to be renewed, by themselves or by what hangs on them; all where it is not given. */
  only?: ReadonlySet<string>;
  /** A door that is no more: the new codes do not open it. */
  without?: string;
  /** The act that this is part of (X1). */
  removal?: string;
}

export interface RenewedCodes {
  /** To be shown only to whom they are for. */
  given: GivenCredential[];
  /** Those that were replaced. */
  old: Code[];
  /** When the old ones end by themselves at every door that has heard of it; undefined = at once. */
  oldUntil: number | undefined;
  /** Under which the old rights ended or were shortened; undefined = there was nothing to renew. */
  revocation: string | undefined;
  /** Rights of limited uses that ended without another in their place. */
  dropped: string[];
}

/**
 * `renewCodesUnchecked`, where there is room for them.
 * @throws {Refusal} `not-found`, `person-revoked`, `door-full`.
 */
export async function renewCodes(unit: Unit, parts: PinParts, person: string, renewal: Renewal, actor: string, now: number): Promise<RenewedCodes> {
  const renewed = await renewCodesUnchecked(unit, parts, person, renewal, actor, now);
  for (const door of doorsOfOld(renewed)) if (door !== renewal.without) await requireRoom(unit, door);
  return renewed;
}

/**
 * Gives a person new codes in place of those they have, for the same doors on the same terms; members' by the
 * manager's rule, one for all doors or one for each (O14). The old ones end after the overlap, by their own terms: at
 * a door that is offline then too. A door that has not heard of the renewal goes on with the old code, and nobody is
 * locked out by it. Codes that had been replaced before end at once.
 * Whoever calls it asks each door afterwards whether it has room.
 * @throws {Refusal} `not-found`, `person-revoked`.
 */
export async function renewCodesUnchecked(unit: Unit, parts: PinParts, person: string, renewal: Renewal, actor: string, now: number): Promise<RenewedCodes> {
  const row = await unit.selectFrom("people").select(["property_id", "revoked_at"]).where("id", "=", person).executeTakeFirst();
  if (row === undefined) throw new Refusal("not-found", "There is no such person.");
  if (row.revoked_at !== null) throw new Refusal("person-revoked");
  const { reason, overlapSeconds, only, without, removal } = renewal;
  const concerned = (code: Code) => only === undefined || withCompanions(code).some((id) => only.has(id));
  const codes = (await readCodes(unit, person, now)).filter((code) => concerned(code) && (reason === "security" || !code.grants.some(isLimited)));
  const old = codes.filter((code) => code.supersededAt === undefined && code.grants.length > 0);
  const earlier = codes.filter((code) => code.supersededAt !== undefined);
  if (old.length === 0 && earlier.length === 0) return { given: [], old, oldUntil: undefined, revocation: undefined, dropped: [] };
  const { wanted, dropped } = planCodes(old, await shapeOf(unit, person, row.property_id), without);

  const until = overlapSeconds === 0 ? undefined : now + overlapSeconds;
  const ended = earlier.flatMap(({ grants }) => grants.map(({ id }) => id));
  for (const code of earlier) await endCode(unit, code, now);
  for (const code of old) ended.push(...(await shorten(unit, code, until, without, actor, now)));
  const revocation = ended.length === 0 ? undefined : await insertRevocation(unit, person, "grant", ended, actor, now);
  if (removal !== undefined && revocation !== undefined) await unit.updateTable("revocations").set({ removal_id: removal }).where("id", "=", revocation).execute();
  const given = wanted.length === 0 ? [] : await giveCredentialsUnchecked(unit, parts.keystore, parts.secrets, person, wanted, actor, now);
  await followKeys(unit, given);
  for (const code of [...earlier, ...old]) await closeKeyWithoutGrants(unit, code.id, actor, now);
  given.push(...(await matchGroupsUnchecked(unit, parts, person, actor, now, "always")).given);
  const detail = { reason, old: old.map(({ id }) => id), given: given.map(({ credential }) => credential), revocation, oldUntil: until };
  await audit(unit, { at: now, actor, action: "pin.renew", subject: `person/${person}`, detail });
  return { given, old, oldUntil: until, revocation, dropped: dropped.map(({ id }) => id) };
}

/** A key goes on with the code that took the place of its own. */
async function followKeys(unit: Unit, given: readonly GivenCredential[]): Promise<void> {
  const followed = new Set<string>();
  for (const { key, credential } of given) {
    if (key === undefined || followed.has(key)) continue;
    followed.add(key);
    await unit.updateTable("keys").set({ credential_id: credential }).where("id", "=", key).where("state", "=", "active").execute();
  }
}

async function shapeOf(unit: Unit, person: string, property: string): Promise<CodeShape> {
  const member = await unit.selectFrom("memberships").select("role").where("person_id", "=", person).executeTakeFirst();
  if (member === undefined) return "as-they-are";
  return (await readRules(unit, property)).pinPerDoor ? "one-per-door" : "one-for-all";
}

/**
 * Gives an old code shorter rights in place of those that it has; with none left it has ended.
 * @param until undefined = now.
 * @returns the grants that end.
 */
async function shorten(unit: Unit, code: Code, until: number | undefined, without: string | undefined, actor: string, now: number): Promise<string[]> {
  const ended: string[] = [];
  for (const grant of code.grants) {
    const doors = grant.doors.filter((door) => door !== without);
    const { notBefore, notAfter } = grant.terms;
    const lasts = until !== undefined && doors.length > 0 && notBefore < until && !isLimited(grant);
    if (lasts && notAfter <= until && doors.length === grant.doors.length) continue;
    ended.push(grant.id);
    if (!lasts) continue;
    await insertGrant(unit, code.id, { ...grant, doors, terms: { ...grant.terms, notAfter: Math.min(notAfter, until) } }, grant.useCounter, actor, now);
    await noteChanges(unit, doors.map((door) => ({ door, credential: code.id })), now);
  }
  const left = await unit
    .selectFrom("grants")
    .select("id")
    .where("credential_id", "=", code.id)
    .where("revoked_at", "is", null)
    .where("not_after", ">", now)
    .where("id", "not in", [...ended, NO_ID])
    .executeTakeFirst();
  if (left === undefined) await endCode(unit, code, now);
  else await unit.updateTable("credentials").set({ superseded_at: now }).where("id", "in", withCompanions(code)).execute();
  return ended;
}

/** Its rights end with a revocation of the caller's. */
async function endCode(unit: Unit, code: Code, now: number): Promise<void> {
  await unit
    .updateTable("credentials")
    .set({ superseded_at: now, revoked_at: now })
    .where("id", "in", withCompanions(code))
    .execute();
}

const NO_ID = ""; // SQL has no empty list

function withCompanions({ id, companions }: Code): string[] {
  return [id, ...companions.map((companion) => companion.id)];
}

/** Doors that somebody's old codes opened. */
export function doorsOfOld({ old }: Pick<RenewedCodes, "old">): string[] {
  return [...new Set(old.flatMap(doorsOf))].sort();
}
