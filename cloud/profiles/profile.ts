import { NO_END } from "../../protocol/profile";
import type { GrantTerms } from "../access/grant";
import type { Window } from "../access/window";
import { Refusal } from "../refusal";
import type { Unit } from "../store/store";
import type { ProfileRow } from "../store/rows/sharing-rows";

/** The profiles that are always there and cannot change (S11): what a key is under them is in its own columns. */
export const BUILT_IN_PROFILES = ["admin", "blocked"] as const;
export type BuiltInProfile = (typeof BUILT_IN_PROFILES)[number];

/** The columns of a profile that say what it allows. */
export type ProfileColumns = Pick<ProfileRow, "windows" | "starts_at" | "ends_at" | "outputs">;

/** What a profile allows by itself. How often is for each key to say. */
export function profileTerms({ windows, starts_at, ends_at, outputs }: ProfileColumns): { terms: GrantTerms; outputs: number } {
  return { terms: { notBefore: starts_at, notAfter: ends_at ?? NO_END, windows: JSON.parse(windows) as Window[], maxUses: 0 }, outputs };
}

/** Whose profiles are looked among. */
export interface ProfileOwner {
  property: string;
  /** Whose own ones count beside the property's; undefined = nobody's. */
  account?: string | undefined;
}

/** A profile that somebody may give keys from. @throws {Refusal} `not-found`, for another's own one too. */
export async function readProfile(unit: Unit, { property, account }: ProfileOwner, id: string): Promise<ProfileRow> {
  const row = await unit.selectFrom("profiles").selectAll().where("id", "=", id).where("property_id", "=", property).executeTakeFirst();
  if (row === undefined || (row.account_id !== null && row.account_id !== account)) throw new Refusal("not-found", "There is no such profile.");
  return row;
}

/** The profile of a key or a group, whoever made it; undefined where it has none. */
export async function profileOf(unit: Unit, { profile_id }: { profile_id: string | null }): Promise<ProfileRow | undefined> {
  return profile_id === null ? undefined : unit.selectFrom("profiles").selectAll().where("id", "=", profile_id).executeTakeFirstOrThrow();
}
