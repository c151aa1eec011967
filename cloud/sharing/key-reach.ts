import { NO_END } from "../../protocol/profile";
import type { Window } from "../access/window";
import { windowsWithin } from "../access/windows-within";
import { householdDoors } from "../households/household-doors";
import { placeTerms } from "../households/place-terms";
import { readPlace, spanOf } from "../households/read-place";
import { profileOf } from "../profiles/profile";
import type { Unit } from "../store/store";
import type { KeyRow, ProfileRow } from "../store/rows/sharing-rows";
import { keyTerms, type KeyTerms } from "./key-terms";
import { doorsOfKey } from "./read-key";

/** What a key allows, and where. */
export interface KeyReach {
  doors: string[];
  /** undefined: its dates and those of its profile, or of the household that it was given from, never meet. */
  allowed: KeyTerms | undefined;
}

/**
 * What a key's rows come to: its own, its profile's and, where it was given from a household, that household's doors
 * and the span of its leases (O12), all read anew.
 */
export async function keyReach(unit: Unit, key: KeyRow): Promise<KeyReach> {
  const doors = await doorsOfKey(unit, key.id);
  const profile = await profileOf(unit, key);
  const allowed = keyTerms(key, profile);
  if (key.giver_person === null) return { doors, allowed };
  const { member, household } = await readPlace(unit, key.person_id);
  const there = new Set(await householdDoors(unit, household.id));
  const span = placeTerms({ ...member, starts_at: key.starts_at, ends_at: key.ends_at }, await spanOf(unit, household.id));
  const bounded = profile === undefined || profile.account_id === null || (await isWithinGiver(unit, key.giver_person, profile));
  return { doors: doors.filter((door) => there.has(door)), allowed: bounded ? within(allowed, span) : undefined };
}

/** A member's own profile may become wider than what is theirs; what they gave under it does not. */
async function isWithinGiver(unit: Unit, giver: string, { windows }: ProfileRow): Promise<boolean> {
  const place = await unit.selectFrom("memberships").select("windows").where("person_id", "=", giver).executeTakeFirstOrThrow();
  return windowsWithin(JSON.parse(windows) as Window[], JSON.parse(place.windows) as Window[]);
}

function within(allowed: KeyTerms | undefined, span: { notBefore: number; notAfter: number } | undefined): KeyTerms | undefined {
  if (allowed === undefined || span === undefined) return undefined;
  const notBefore = Math.max(allowed.terms.notBefore, span.notBefore);
  const notAfter = Math.min(allowed.terms.notAfter, span.notAfter);
  return notAfter <= notBefore ? undefined : { ...allowed, terms: { ...allowed.terms, notBefore, notAfter } };
}

/** When a key ends by itself, Unix seconds; undefined: never, as an administrator's does (N6). */
export function keyEnd({ allowed }: Pick<KeyReach, "allowed">): number | undefined {
  return allowed === undefined || allowed.terms.notAfter === NO_END ? undefined : allowed.terms.notAfter;
}
