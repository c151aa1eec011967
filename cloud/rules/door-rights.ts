import type { DoorRow } from "../store/rows/door-rows";
import type { Verdict } from "./rights";

/**
 * What somebody is at one door, the highest first (N4). An owner is whom the manager names, an admin has an admin key
 * there, a user is anybody else with an account and a right to open it. The home is a property's Home Assistant, where
 * its manager lets that open doors.
 */
export const DOOR_RANKS = ["site", "manager", "machine", "home", "owner", "admin", "user"] as const;
export type DoorRank = (typeof DOOR_RANKS)[number];

/** Everything that an actor is at a door. */
export interface DoorStanding {
  door: DoorRow;
  /** None: nobody, and then there is no such door for them. */
  ranks: readonly DoorRank[];
  /** A building's door: of a template, or of more than one unit. Nobody owns or administers it but who runs the property. */
  shared: boolean;
  /** The people who the account is, with a grant at this door that has not ended. Whether it opens now is another question. */
  people: readonly string[];
}

const RUN = ["manager", "machine"] as const;

/** What each rank may do at a door. The site may what managers may; what stands in no cell is refused. */
export const DOOR_RIGHTS = {
  // That it exists, its name, and what one may do there.
  know: [...RUN, "owner", "admin", "user"],
  // For whoever opens by a right of their own, that right decides (REMOTE asks it).
  unlock: [...RUN, "home", "owner", "admin", "user"],
  // The record: its orders, what it has acknowledged, who can open it.
  "see-door": [...RUN, "owner", "admin"],
  "see-truth": [...RUN, "owner", "admin"],
  // An owner's and an admin's sight ends where a household begins (O15): see households/visible-entries.ts.
  "see-events": [...RUN, "owner", "admin"],
  "give-keys": [...RUN, "owner", "admin"],
  // N4: only on doors that the sharer owns.
  "give-admin": [...RUN, "owner"],
  // Lock state, hours, the keypad's lock-out: "full control".
  order: [...RUN, "owner", "admin"],
  // What is wired to it and how PINs are typed: whoever answers for the door.
  configure: [...RUN, "owner"],
  "see-owners": [...RUN, "owner", "admin"],
  // Whoever else a door belongs to is for people to say, not for programs.
  "change-owners": ["manager", "owner"],
  // Its place in the building: claimed anew, stolen.
  "run-door": RUN,
} as const satisfies Record<string, readonly Exclude<DoorRank, "site">[]>;

export type DoorVerb = keyof typeof DOOR_RIGHTS;

/** Whether somebody may do that at a door. Whoever is nobody there is told that there is none. */
export function mayAtDoor(verb: DoorVerb, standing: Pick<DoorStanding, "ranks">): Verdict {
  if (holds(verb, standing)) return { allowed: true };
  return { allowed: false, because: holds("know", standing) ? "not-allowed" : "not-found" };
}

/** What pages may offer for a door (`can`). */
export function canDoAtDoor(standing: Pick<DoorStanding, "ranks">): DoorVerb[] {
  return (Object.keys(DOOR_RIGHTS) as DoorVerb[]).filter((verb) => verb !== "know" && holds(verb, standing));
}

function holds(verb: DoorVerb, { ranks }: Pick<DoorStanding, "ranks">): boolean {
  return ranks.some((rank) => rank === "site" || (DOOR_RIGHTS[verb] as readonly DoorRank[]).includes(rank));
}
