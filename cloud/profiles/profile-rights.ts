import type { Actor } from "../accounts/actor";
import { Refusal } from "../refusal";
import { mayAtDoor } from "../rules/door-rights";
import { doorStanding } from "../rules/door-standing";
import { placesInForce, standingAt } from "../rules/read-standing";
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
  const places = await placesInForce(unit, account, now);
  if (places.some((place) => place.property_id === property && (place.role === "administrator" || place.role === "resident"))) return true;
  for (const door of await ownDoors(unit, account, property)) {
    const standing = await doorStanding(unit, { kind: "account", account }, door, now);
    if (standing !== undefined && mayAtDoor("give-keys", standing).allowed) return true;
  }
  return false;
}

/** Doors that somebody owns, or has an admin key for. Whether that still counts there is for their standing to say. */
async function ownDoors(unit: Unit, account: string, property: string): Promise<string[]> {
  const owned = await unit.selectFrom("door_owners as owner").innerJoin("doors as door", "door.id", "owner.door_id").where("owner.account_id", "=", account).where("door.property_id", "=", property).select("door.id").execute();
  const administered = await unit.selectFrom("keys as key").innerJoin("key_doors as at", "at.key_id", "key.id").where("key.account_id", "=", account).where("key.property_id", "=", property).where("key.role", "=", "admin").where("key.state", "=", "active").select("at.door_id as id").execute();
  return [...new Set([...owned, ...administered].map(({ id }) => id))].sort();
}
