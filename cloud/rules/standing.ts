import type { MemberRole, MembershipRow } from "../store/rows/household-rows";

/**
 * What somebody is towards a property and one of its households, the highest first (O4). A machine is a program
 * with a token; a share is what a member gave to a third party. Whoever is none of these is nobody there.
 */
export const RANKS = ["site", "manager", "machine", "administrator", "resident", "guest", "share"] as const;
export type Rank = (typeof RANKS)[number];

/** Everything that an actor is there: a manager may live in the house. */
export interface Standing {
  /** None: nobody. */
  ranks: readonly Rank[];
  /** Their own places in the household that is looked at, the highest first: ids of people. */
  places: readonly string[];
}

export const NOBODY: Standing = { ranks: [], places: [] };

export interface SiteTarget {
  of: "site";
}

export interface PropertyTarget {
  of: "property";
}

/** A household, as whoever wants to add somebody to it finds it. */
export interface HouseholdTarget {
  of: "household";
  ended: boolean;
  /** Places that are pending or active. */
  residents: number;
  guests: number;
}

/** Somebody's place in a household. */
export interface MemberTarget {
  of: "member";
  person: string;
  role: MemberRole;
  state: MembershipRow["state"];
  /** Who invited them; undefined: a manager. */
  invitedBy: string | undefined;
  /** What that one still is there; undefined: nothing any more. */
  inviterRole: MemberRole | undefined;
}

export type Target = SiteTarget | PropertyTarget | HouseholdTarget | MemberTarget;
