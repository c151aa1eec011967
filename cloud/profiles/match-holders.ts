import type { Window } from "../access/window";
import { windowsWithin } from "../access/windows-within";
import { matchGroups } from "../groups/match-groups";
import { placeTerms } from "../households/place-terms";
import { readPlace, spanOf } from "../households/read-place";
import { askingForRoomOnce, requireRoom } from "../people/door-room";
import type { GivenCredential } from "../people/give-credential";
import type { CredentialParts } from "../households/member-access";
import { Refusal } from "../refusal";
import { matchKeys } from "../sharing/match-keys";
import type { Unit } from "../store/store";
import type { KeyRow, ProfileRow } from "../store/rows/sharing-rows";
import { knownAtDoors } from "../truth/known-at-doors";
import { grantsOfProfile } from "./profile-use";

/** What an edited profile came to. */
export interface HoldersMatched {
  keys: number;
  /** In groups. */
  people: number;
  /** Codes that are new, by key: of rights that had ended so long ago that theirs are somebody else's by now. */
  given: Map<string, GivenCredential[]>;
}

/**
 * Brings every key and everybody in a group in line with a profile that has changed.
 * @throws {Refusal} `windows-outside`; `door-full`.
 */
export async function matchHolders(unit: Unit, parts: CredentialParts, profile: ProfileRow, actor: string, now: number): Promise<HoldersMatched> {
  const keys = await unit.selectFrom("keys").selectAll().where("profile_id", "=", profile.id).where("state", "<>", "ended").orderBy("id").execute();
  if (profile.account_id !== null) await requireWithinGivers(unit, keys, profile);
  const people = await unit.selectFrom("group_people as member").innerJoin("groups as group", "group.id", "member.group_id").where("group.profile_id", "=", profile.id).select("member.person_id").distinct().orderBy("member.person_id").execute();
  const given: HoldersMatched["given"] = new Map();
  await askingForRoomOnce(unit, async () => {
    for (const [key, codes] of await matchKeys(unit, parts, profile, keys, actor, now)) {
      const { account_id, giver_person } = keys.find(({ id }) => id === key)!;
      // Whoever has accepted it sees their code themselves; a member's guest asks the member (O7).
      if (account_id === null && giver_person === null) given.set(key, codes);
    }
    for (const { person_id } of people) await matchGroups(unit, parts, person_id, actor, now);
    for (const { door } of await knownAtDoors(unit, grantsOfProfile(unit, profile.id))) await requireRoom(unit, door);
  });
  return { keys: keys.length, people: people.length, given };
}

/** Nobody gives more than they have (O12): a profile of a member's own reaches no further than any place that a key of it was given from. */
async function requireWithinGivers(unit: Unit, keys: readonly KeyRow[], { windows: text }: ProfileRow): Promise<void> {
  const windows = JSON.parse(text) as Window[];
  for (const giver of new Set(keys.flatMap(({ giver_person }) => giver_person ?? []))) {
    const { member, household } = await readPlace(unit, giver);
    const own = member.state === "ended" ? undefined : placeTerms(member, await spanOf(unit, household.id));
    if (own !== undefined && !windowsWithin(windows, own.windows)) throw new Refusal("windows-outside", "The times are not within your own.");
  }
}
