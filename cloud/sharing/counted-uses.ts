import { MAX_USES_MAX } from "../limits";
import type { Unit } from "../store/store";
import type { KeyRow } from "../store/rows/sharing-rows";
import type { KeyTerms } from "./key-terms";

/** What a door has told of a key's uses there. */
export interface ToldUses {
  door: string;
  used: number;
  /** Of these, under a former claim of the door: its journal has forgotten them. */
  usedBefore: number;
}

/** The uses of a key that may open only so often (N8, X6). */
export interface CountedUses {
  /** That are left, by all that doors have told. */
  left: number;
  /** Up to what each door's journal may count. A door that is not named has told of none: `left`. */
  limits: ReadonlyMap<string, number>;
}

/**
 * Each door counts a key's uses by itself, also without a network. What one door has told is taken off at all the
 * others: a door's limit is what its own journal has counted, and what is left of the whole.
 */
export function countUses(maxUses: number, told: readonly ToldUses[]): CountedUses {
  const left = Math.max(0, maxUses - told.reduce((sum, { used }) => sum + used, 0));
  return { left, limits: new Map(told.map(({ door, used, usedBefore }) => [door, Math.min(MAX_USES_MAX, used - usedBefore + left)])) };
}

/** @returns undefined for a key whose uses are not limited. */
export async function countedUses(unit: Unit, { id, max_uses }: Pick<KeyRow, "id" | "max_uses">): Promise<CountedUses | undefined> {
  return max_uses === 0 ? undefined : countUses(max_uses, await toldUses(unit, id));
}

/** By door, in order. */
export async function toldUses(unit: Unit, key: string): Promise<ToldUses[]> {
  const rows = await unit.selectFrom("key_uses").select(["door_id", "used", "used_before"]).where("key_id", "=", key).orderBy("door_id").execute();
  return rows.map(({ door_id, used, used_before }) => ({ door: door_id, used, usedBefore: used_before }));
}

/**
 * What a key allows at one of its doors. Where nothing is left and its journal has counted nothing, no number says so
 * (0 is none at all): the door knows the key, and refuses it.
 */
export function termsAt(allowed: KeyTerms, uses: CountedUses | undefined, door: string): KeyTerms {
  if (uses === undefined) return allowed;
  const limit = uses.limits.get(door) ?? uses.left;
  return limit > 0 ? { ...allowed, terms: { ...allowed.terms, maxUses: limit } } : { ...allowed, suspended: true };
}
