import { findTermsFault } from "../access/grant";
import { sortWindows, type Window } from "../access/window";
import { readProfile } from "../profiles/profile";
import { Refusal } from "../refusal";
import type { Giver } from "../rules/find-giver";
import type { Unit } from "../store/store";
import type { KeyRow, ProfileRow } from "../store/rows/sharing-rows";
import { keyTerms } from "./key-terms";
import { timesWithinShare } from "./within-share";

/** What a key is to allow, as whoever gives or edits it says. */
export interface KeySettings {
  /** Full control of its doors; times do not bind it (N4, N6). */
  role: KeyRow["role"];
  /** The profile Blocked: suspended, and its own profile comes back after (S11). */
  blocked: boolean;
  profile: string | undefined;
  doors: readonly string[];
  /** undefined = always; what a member gives: as the member's own. With a profile there are none. */
  windows: readonly Window[] | undefined;
  /** Unix seconds; undefined = from the beginning. */
  start: number | undefined;
  /** Exclusive; undefined = no end. */
  end: number | undefined;
  /** 0 = unlimited. */
  uses: number;
  /** Uses of several doors count together as far as news travels (X6). */
  usesTogether: boolean;
}

/** The columns of a key that say what it allows. */
export type KeyColumns = Pick<KeyRow, "role" | "blocked" | "profile_id" | "windows" | "starts_at" | "ends_at" | "max_uses" | "uses_carried">;

/**
 * Checks what a key is to allow, against what its giver may give.
 * @param giver whose doors these are (`findGiver`).
 * @throws {Refusal} `not-allowed`: no admin key to these doors; `not-found`: no such profile; `invalid-request`,
 * `end-needed`, `windows-outside`, `end-too-far`, and other faults of the terms.
 */
export async function settleKey(unit: Unit, property: string, giver: Giver, wanted: KeySettings, now: number): Promise<KeyColumns> {
  const { role, doors, uses, usesTogether } = wanted;
  if (role === "admin" && !giver.mayGiveAdmin) throw new Refusal("not-allowed", "Only who owns a door makes others administer it, and nobody does at a building's shared doors.");
  if (role === "admin" && uses > 0) throw new Refusal("invalid-request", "An administrator's uses are not counted.");
  if (giver.as === "group" && wanted.profile !== undefined) throw new Refusal("not-allowed", "What a group lets one share has times of its own, and no profile.");
  const profile = wanted.profile === undefined ? undefined : await readProfile(unit, { property, account: giver.account ?? undefined }, wanted.profile);
  if (profile !== undefined && wanted.windows !== undefined && wanted.windows.length > 0) throw new Refusal("invalid-request", "The profile says when: leave out the windows.");
  const times = timesOf(giver, wanted, profile, now);
  const columns: KeyColumns = {
    role,
    blocked: wanted.blocked ? 1 : 0,
    profile_id: profile?.id ?? null,
    windows: JSON.stringify(sortWindows(times.windows)),
    starts_at: times.start,
    ends_at: times.end ?? null,
    max_uses: uses,
    uses_carried: usesTogether && uses > 0 && doors.length > 1 ? 1 : 0,
  };
  const allowed = keyTerms(columns, profile);
  if (allowed === undefined) throw new Refusal("end-before-start", "The key's dates and those of its profile never meet.");
  const fault = findTermsFault(allowed.terms, usesTogether ? 1 : new Set(doors).size, now);
  if (fault !== undefined) throw new Refusal(fault.code, fault.detail, fault.windows && { windows: fault.windows });
  return columns;
}

function timesOf({ share }: Giver, { windows, start, end }: KeySettings, profile: ProfileRow | undefined, now: number): { windows: readonly Window[]; start: number; end: number | undefined } {
  if (share === undefined) return { windows: windows ?? [], start: start ?? 0, end };
  if (profile === undefined) return timesWithinShare(share, { windows, start, end }, now);
  // A member's profile lies within what is their own like anything else that they give.
  const held = timesWithinShare(share, { windows: JSON.parse(profile.windows) as Window[], start, end: end ?? profile.ends_at ?? undefined }, now);
  return { ...held, windows: [] };
}
