import type { KeyRow } from "../store/rows/sharing-rows";
import type { Verdict } from "./rights";

/**
 * What somebody is towards one key. Owners and admins are so at every door of the key, an overseer at one of them;
 * a member has given it from their place in a household, an elder may end what others of the household gave (O12); a giver has given it because
 * a group lets them share all of its doors, and still does (N12); and the holder accepted it.
 */
export const KEY_RANKS = ["manager", "owner", "admin", "overseer", "member", "elder", "giver", "holder"] as const;
export type KeyRank = (typeof KEY_RANKS)[number];

/** A key, as whoever wants to do something with it finds it. */
export interface KeyTarget {
  /** admin: its user administers one of its doors, by this key or by another. */
  role: KeyRow["role"];
  state: KeyRow["state"];
  /** Its user owns one of its doors. */
  ofOwner: boolean;
  /** It was given from a household: what becomes of it is for the household, and nobody but the manager above it. */
  fromHousehold: boolean;
}

/** Whom a right reaches. Users' keys are neither admins' nor owners', admins' are not owners'. */
type Reach = "users" | "admins" | "owners" | "households";

const ALL = ["users", "admins", "owners", "households"] as const;

/** What each rank may do with whose key (N4, N11). What stands in no cell is refused. */
export const KEY_RIGHTS = {
  see: { manager: ALL, owner: ["users", "admins", "owners"], admin: ["users", "admins", "owners"], overseer: ["users", "admins", "owners"], member: ["households"], elder: ["households"], giver: ["users"], holder: ALL },
  edit: { manager: ["users", "admins", "owners"], owner: ["users", "admins"], admin: ["users"], member: ["households"] },
  // The link, the QR text or the code again (S5, N5).
  send: { manager: ["users", "admins", "owners"], owner: ["users", "admins"], admin: ["users"], member: ["households"], giver: ["users"] },
  // An admin removes neither the owner nor another admin. Anybody may give back what they have accepted.
  remove: { manager: ALL, owner: ["users", "admins"], admin: ["users"], member: ["households"], elder: ["households"], giver: ["users"], holder: ALL },
} as const satisfies Record<string, Partial<Record<KeyRank, readonly Reach[]>>>;

export type KeyVerb = keyof typeof KEY_RIGHTS;

/** Whether somebody who is that towards a key may do this with it. Who may not even see it is told that there is none. */
export function mayWithKey(verb: KeyVerb, ranks: readonly KeyRank[], target: KeyTarget): Verdict {
  if (reaches(verb, ranks, target)) return { allowed: true };
  return { allowed: false, because: reaches("see", ranks, target) ? "not-allowed" : "not-found" };
}

/** In which states of a key there is something to be done. */
const STATES: Record<KeyVerb, readonly KeyRow["state"][]> = { see: ["pending", "active", "ended"], edit: ["pending", "active"], send: ["pending"], remove: ["pending", "active"] };

/** What pages may offer (`can`): the server's word on who can be removed (N11). */
export function canDoWithKey(ranks: readonly KeyRank[], target: KeyTarget): KeyVerb[] {
  return (Object.keys(KEY_RIGHTS) as KeyVerb[]).filter((verb) => STATES[verb].includes(target.state) && mayWithKey(verb, ranks, target).allowed);
}

function reaches(verb: KeyVerb, ranks: readonly KeyRank[], target: KeyTarget): boolean {
  const right: Partial<Record<KeyRank, readonly Reach[]>> = KEY_RIGHTS[verb];
  return ranks.some((rank) => right[rank]?.includes(reachOf(target)) === true);
}

function reachOf({ role, ofOwner, fromHousehold }: KeyTarget): Reach {
  if (fromHousehold) return "households";
  if (ofOwner) return "owners";
  return role === "admin" ? "admins" : "users";
}
