import type { Actor } from "../accounts/actor";
import { overseenDoors } from "../rules/door-standing";
import { canDoWithKey, mayWithKey, type KeyVerb } from "../rules/key-rights";
import { meetKey } from "../rules/key-standing";
import { managedProperties, placesInForce } from "../rules/read-standing";
import type { Unit } from "../store/store";
import type { KeyRow } from "../store/rows/sharing-rows";

export interface KeyFilter {
  property?: string | undefined;
  person?: string | undefined;
  state?: KeyRow["state"] | undefined;
  /** Only those that the account has accepted, or only others. */
  mine?: boolean | undefined;
  /** Part of the key's name, or of its user's. */
  search?: string | undefined;
  /** Ids behind this one, at most so many. */
  after: string;
  limit: number;
}

/** A key that somebody may see. */
export interface SeenKey {
  key: KeyRow;
  can: KeyVerb[];
}

/**
 * The keys that an actor may see (S10), by id: of properties that they manage, of doors that they look after, from
 * their own household, and their own.
 * @returns `rows`: what was looked through, for the next page; `seen`: those of them that they may see.
 */
export async function keysFor(unit: Unit, actor: Actor, { property, person, state, mine, search, after, limit }: KeyFilter, now: number): Promise<{ rows: { id: string }[]; seen: SeenKey[] }> {
  let query = unit.selectFrom("keys").selectAll().where("id", ">", after).orderBy("id").limit(limit);
  if (property !== undefined) query = query.where("property_id", "=", property);
  if (person !== undefined) query = query.where("person_id", "=", person);
  if (state !== undefined) query = query.where("state", "=", state);
  const holder = actor.kind === "account" ? actor.account : "";
  if (mine === true) query = query.where("account_id", "=", holder);
  if (mine === false) query = query.where((eb) => eb.or([eb("account_id", "is", null), eb("account_id", "<>", holder)]));
  if (search !== undefined) {
    const pattern = `%${search.toLowerCase()}%`;
    query = query.where((eb) => {
      const people = eb.selectFrom("people").select("people.id").where((each) => each(each.fn<string>("lower", ["people.name"]), "like", pattern));
      return eb.or([eb(eb.fn<string>("lower", ["name"]), "like", pattern), eb("person_id", "in", people)]);
    });
  }
  const managed = await managedProperties(unit, actor);
  if (managed !== "all") {
    const account = actor.kind === "account" ? actor.account : undefined;
    const doors = account === undefined ? [] : (await overseenDoors(unit, account, now)).map(({ door }) => door.id);
    const households = account === undefined ? [] : (await placesInForce(unit, account, now)).map((place) => place.household_id);
    query = query.where((eb) =>
      eb.or([
        eb("id", "=", NO_KEY),
        ...(managed.length > 0 ? [eb("property_id", "in", managed)] : []),
        ...(account === undefined ? [] : [eb("account_id", "=", account), eb("giver_account", "=", account)]),
        ...(doors.length > 0 ? [eb("id", "in", eb.selectFrom("key_doors").select("key_id").where("door_id", "in", doors))] : []),
        ...(households.length > 0 ? [eb("person_id", "in", eb.selectFrom("memberships").select("person_id").where("household_id", "in", households).where("role", "=", "share"))] : []),
      ]),
    );
  }
  const rows = await query.execute();
  const seen: SeenKey[] = [];
  for (const key of rows) {
    const { ranks, target } = await meetKey(unit, actor, key, now);
    if (mayWithKey("see", ranks, target).allowed) seen.push({ key, can: canDoWithKey(ranks, target) });
  }
  return { rows, seen };
}

const NO_KEY = ""; // SQL has no empty list
