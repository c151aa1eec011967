import type { Party } from "../accounts/actor";
import { shareOfGroup } from "../groups/share-of-group";
import { Refusal } from "../refusal";
import type { Unit } from "../store/store";
import type { KeyRow } from "../store/rows/sharing-rows";
import { mayAtDoor } from "./door-rights";
import { doorStanding } from "./door-standing";
import { canDoWithKey, mayWithKey, type KeyRank, type KeyTarget, type KeyVerb } from "./key-rights";
import { meetMember, requireAllowed, standingAt } from "./read-standing";
import { may } from "./rights";

/** A key, and what the actor is towards it. */
export interface KeyEncounter {
  ranks: readonly KeyRank[];
  target: KeyTarget;
}

/** What somebody is towards a key now. */
export async function meetKey(unit: Unit, actor: Party, key: KeyRow, now: number): Promise<KeyEncounter> {
  const doors = (await unit.selectFrom("key_doors").select("door_id").where("key_id", "=", key.id).execute()).map((row) => row.door_id);
  const target: KeyTarget = { role: (await isOfAdmin(unit, key, doors)) ? "admin" : "user", state: key.state, ofOwner: await isOfOwner(unit, key, doors), fromHousehold: key.giver_person !== null };
  const ranks: KeyRank[] = [];
  if ((await standingAt(unit, actor, { property: key.property_id }, now)).ranks.length > 0) ranks.push("manager");
  if (actor.kind !== "account") return { ranks, target };
  if (key.account_id === actor.account) ranks.push("holder");
  if (target.fromHousehold) return { ranks: [...ranks, ...(await ranksInHousehold(unit, actor, key, now))], target };
  if (key.giver_account === actor.account && (await shareOfGroup(unit, actor.account, key.property_id, doors, now)) !== undefined) ranks.push("giver");
  let owner = doors.length > 0;
  let admin = doors.length > 0;
  let overseer = false;
  for (const door of doors) {
    const standing = await doorStanding(unit, actor, door, now);
    owner &&= standing !== undefined && mayAtDoor("give-admin", standing).allowed;
    const administers = standing !== undefined && mayAtDoor("give-keys", standing).allowed;
    admin &&= administers;
    overseer ||= administers;
  }
  if (owner) ranks.push("owner");
  if (admin) ranks.push("admin");
  if (overseer) ranks.push("overseer");
  return { ranks, target };
}

/**
 * A key, for whoever may do that with it.
 * @throws {Refusal} `not-found`, for whoever may not know of it too; `not-allowed`.
 */
export async function requireOnKey(unit: Unit, actor: Party, id: string, verb: KeyVerb, now: number): Promise<{ key: KeyRow; can: KeyVerb[] }> {
  const key = await unit.selectFrom("keys").selectAll().where("id", "=", id).executeTakeFirst();
  if (key === undefined) throw new Refusal("not-found", "There is no such key.");
  const { ranks, target } = await meetKey(unit, actor, key, now);
  requireAllowed(mayWithKey(verb, ranks, target), "key");
  return { key, can: canDoWithKey(ranks, target) };
}

/** Whoever may end or see the place that stands behind a key from a household, by the pyramid of rights (O4, O12). */
async function ranksInHousehold(unit: Unit, actor: Extract<Party, { kind: "account" }>, key: KeyRow, now: number): Promise<KeyRank[]> {
  const encounter = await meetMember(unit, actor, key.person_id, now);
  if (encounter === undefined) return [];
  const { standing, target, membership } = encounter;
  // A manager has a rank of their own.
  const living = { ...standing, ranks: standing.ranks.filter((rank) => rank !== "manager") };
  if (membership.invited_by !== null && standing.places.includes(membership.invited_by)) return ["member"];
  if (may("end-share", living, target).allowed) return ["elder"];
  return [];
}

/** Whoever's key it is may have others: what protects an owner or an admin protects their code and their card too. */
async function isOfOwner(unit: Unit, key: KeyRow, doors: readonly string[]): Promise<boolean> {
  if (doors.length === 0) return false;
  const accounts = unit.selectFrom("keys").select("account_id").where("person_id", "=", key.person_id).where("state", "<>", "ended").where("account_id", "is not", null);
  const row = await unit.selectFrom("door_owners").select("door_id").where("account_id", "in", accounts).where("door_id", "in", doors).executeTakeFirst();
  return row !== undefined;
}

async function isOfAdmin(unit: Unit, key: KeyRow, doors: readonly string[]): Promise<boolean> {
  if (key.role === "admin" || doors.length === 0) return key.role === "admin";
  const row = await unit
    .selectFrom("keys as other")
    .innerJoin("key_doors as at", "at.key_id", "other.id")
    .select("other.id")
    .where("other.person_id", "=", key.person_id)
    .where("other.role", "=", "admin")
    .where("other.state", "=", "active")
    .where("at.door_id", "in", doors)
    .executeTakeFirst();
  return row !== undefined;
}
