import { NO_END, OUTPUTS_MAX } from "../../protocol/profile";
import { STRIKE } from "../access/door-row";
import type { GrantTerms } from "../access/grant";
import type { Window } from "../access/window";
import { profileTerms, type ProfileColumns } from "../profiles/profile";
import type { KeyRow } from "../store/rows/sharing-rows";

/** What a key allows at each of its doors. */
export interface KeyTerms {
  terms: GrantTerms;
  /** Bit mask. */
  outputs: number;
  /** Doors know it and refuse it: the profile Blocked (S11). */
  suspended: boolean;
}

/** The columns of a key that say what it allows. */
export type KeyColumns = Pick<KeyRow, "role" | "blocked" | "windows" | "starts_at" | "ends_at" | "max_uses"> & Partial<Pick<KeyRow, "giver_person">>;

export const ALL_OUTPUTS = (1 << OUTPUTS_MAX) - 1;

/**
 * What a key allows (S2, S11, N4, N6): an administrator's is bound by nothing, any other one by its dates and its
 * profile's, by the windows of the profile or else by its own, and by its uses.
 * @param profile of `profile_id`; undefined where that is null.
 * @returns undefined where its dates and those of its profile never meet: it opens nothing until one of them is
 * changed.
 */
export function keyTerms(key: KeyColumns, profile: ProfileColumns | undefined): KeyTerms | undefined {
  const suspended = key.blocked === 1;
  if (key.role === "admin") return { terms: { notBefore: 0, notAfter: NO_END, windows: [], maxUses: 0 }, outputs: ALL_OUTPUTS, suspended };
  const end = key.ends_at ?? NO_END;
  if (profile === undefined) return { terms: { notBefore: key.starts_at, notAfter: end, windows: JSON.parse(key.windows) as Window[], maxUses: key.max_uses }, outputs: STRIKE, suspended };
  const { terms, outputs } = profileTerms(profile);
  const notBefore = Math.max(key.starts_at, terms.notBefore);
  const notAfter = Math.min(end, terms.notAfter);
  if (notAfter <= notBefore) return undefined;
  // Nobody gives more than they have (O12): a place in a household moves the strike.
  const moved = (key.giver_person ?? null) === null ? outputs : STRIKE;
  return { terms: { notBefore, notAfter, windows: terms.windows, maxUses: key.max_uses }, outputs: moved, suspended };
}
