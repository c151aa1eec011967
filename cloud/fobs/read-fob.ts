import type { Actor } from "../accounts/actor";
import { Refusal } from "../refusal";
import { mayWithKey, type KeyVerb } from "../rules/key-rights";
import { meetKey } from "../rules/key-standing";
import type { Unit } from "../store/store";
import type { FobButtonRow, FobRow } from "../store/rows/fob-rows";
import type { KeyRow } from "../store/rows/sharing-rows";

/** A fob as somebody meets it. */
export interface FobEncounter {
  fob: FobRow;
  /** Of its keys those that they may see: what others' keys on it open is not theirs to know. */
  keys: KeyRow[];
}

/**
 * A fob, for whoever may do that with one of its keys. Of keys that have ended too: their buttons are still to be
 * cleared.
 * @throws {Refusal} `not-found`, for strangers too; `not-allowed`.
 */
export async function requireFob(unit: Unit, actor: Actor, id: string, verb: KeyVerb, now: number): Promise<FobEncounter> {
  const fob = await unit.selectFrom("fobs").selectAll().where("id", "=", id).executeTakeFirst();
  const all = fob === undefined ? [] : await unit.selectFrom("keys").selectAll().where("fob_id", "=", id).orderBy("id").execute();
  const keys: KeyRow[] = [];
  let may = false;
  for (const key of all) {
    const { ranks, target } = await meetKey(unit, actor, key, now);
    if (mayWithKey("see", ranks, target).allowed) keys.push(key);
    may ||= mayWithKey(verb, ranks, target).allowed;
  }
  if (fob === undefined || keys.length === 0) throw new Refusal("not-found", "There is no such fob.");
  if (!may) throw new Refusal("not-allowed");
  return { fob, keys };
}

/**
 * `planned`: no assignment was made with it yet. `sent`: one was, and the fob has not said that it is in force.
 * `assigned`: it has. `clearing`: it is to be free, and the fob may still have it.
 */
export type ButtonState = "planned" | "sent" | "assigned" | "clearing";

export function buttonState({ since, clearing }: Pick<FobButtonRow, "since" | "clearing">, { active }: Pick<FobRow, "active">): ButtonState {
  if (clearing === 1) return "clearing";
  if (since === null) return "planned";
  return since <= active ? "assigned" : "sent";
}

/** The doors that a key's button may be for: the key's own, and those that a group gives to its credential (N12). */
export async function doorsForButtons(unit: Unit, key: Pick<KeyRow, "id">): Promise<string[]> {
  const own = await unit.selectFrom("key_doors").select("door_id").where("key_id", "=", key.id).execute();
  const given = await unit
    .selectFrom("grant_doors as at")
    .innerJoin("grants as grant", "grant.id", "at.grant_id")
    .innerJoin("credentials as credential", "credential.id", "grant.credential_id")
    .where("credential.key_id", "=", key.id)
    .where("credential.revoked_at", "is", null)
    .where("grant.revoked_at", "is", null)
    .where("grant.group_id", "is not", null)
    .where("at.removed_version", "is", null)
    .select("at.door_id")
    .execute();
  return [...new Set([...own, ...given].map((row) => row.door_id))].sort();
}
