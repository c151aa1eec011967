import type { Actor } from "../accounts/actor";
import { Refusal } from "../refusal";
import { mayAtDoor } from "../rules/door-rights";
import { overseenDoors } from "../rules/door-standing";
import { placesToGiveFrom, standingAt } from "../rules/read-standing";
import type { Unit } from "../store/store";
import type { ProfileRow } from "../store/rows/sharing-rows";
import type { ProfileOwner } from "./profile";

/** Whoever gives keys at a property, as profiles see them. */
export interface ProfileParty extends ProfileOwner {
  account: string | undefined;
  /** They run the property: what they make is everybody's there who gives keys. Anybody else's is their own. */
  runs: boolean;
}

/**
 * Profiles are for whoever gives keys at a property (S2): those who run it, owners and admins of a door, members who
 * may give to third parties. @throws {Refusal} `not-found` for all others, as for a property that does not exist.
 */
export async function requireProfileParty(unit: Unit, actor: Actor, property: string, now: number): Promise<ProfileParty> {
  const account = actor.kind === "account" ? actor.account : undefined;
  const exists = await unit.selectFrom("properties").select("id").where("id", "=", property).executeTakeFirst();
  const runs = exists !== undefined && (await standingAt(unit, actor, { property }, now)).ranks.length > 0;
  if (!runs && (account === undefined || !(await givesKeys(unit, account, property, now)))) throw new Refusal("not-found", "There is no such property.");
  return { property, account, runs };
}

/** Whether a profile is theirs to change. */
export function mayEditProfile(party: ProfileParty, { account_id }: Pick<ProfileRow, "account_id">): boolean {
  return account_id === null ? party.runs : account_id === party.account;
}

async function givesKeys(unit: Unit, account: string, property: string, now: number): Promise<boolean> {
  if ((await placesToGiveFrom(unit, account, property, now)).length > 0) return true;
  const overseen = await overseenDoors(unit, account, now);
  return overseen.some((standing) => standing.door.property_id === property && mayAtDoor("give-keys", standing).allowed);
}
