import type { HouseholdRules } from "../properties/household-rules";
import type { MembershipRow } from "../store/rows/household-rows";
import type { HouseholdTarget, MemberTarget, Rank, Standing, Target } from "./standing";

/**
 * Whom a right reaches. `self` is one's own place, and none of the other words is. Own guests and own shares are
 * those that one has invited or given oneself. Open shares are all but those of another administrator who is still
 * one: what is theirs is not to be ended in a roundabout way (O6), what a removed member left behind is (O12).
 */
export type Reach = "self" | "administrators" | "residents" | "guests" | "shares" | "own-guests" | "own-shares" | "open-shares";

const ALL = ["administrators", "residents", "guests", "shares"] as const;
const MEMBERS = ["residents", "guests"] as const;

type MemberRight = Partial<Record<Exclude<Rank, "site" | "machine">, readonly Reach[]>>;

/**
 * The pyramid of rights (O4): what each rank may do to whom. The site and a property's programs may what its
 * managers may. What stands in no cell is refused.
 */
export const MEMBER_RIGHTS = {
  see: { manager: ALL, administrator: ["self", ...ALL], resident: ["self", "own-shares"], guest: ["self"], share: ["self"] },
  edit: { manager: MEMBERS, administrator: MEMBERS },
  remove: { manager: MEMBERS, administrator: MEMBERS },
  suspend: { manager: [...MEMBERS, "shares"], administrator: MEMBERS },
  // The link that was sent: send it anew, or withdraw it.
  invite: { manager: ["administrators", ...MEMBERS], administrator: MEMBERS },
  "end-share": { manager: ["shares"], administrator: ["open-shares", "own-shares"], resident: ["own-shares"] },
  // Leaseholders: for managers alone (O1, O7).
  "change-lease": { manager: ["administrators"] },
  "end-lease": { manager: ["administrators"] },
  "court-order": { manager: ["administrators"] },
  // Which codes there are; their digits are the next line's, and no manager's.
  "see-pins": { manager: ALL, administrator: ["self", ...MEMBERS, "own-shares"], resident: ["self", "own-shares"], guest: ["self"], share: ["self"] },
  "view-pin": { administrator: ["self", ...MEMBERS, "own-shares"], resident: ["self", "own-shares"], guest: ["self"], share: ["self"] },
  "renew-pin": { manager: ALL, administrator: ["self", ...MEMBERS, "own-shares"], resident: ["self", "own-shares"], guest: ["self"] },
  // When they came and went (O15).
  "see-entries": { manager: ALL, administrator: ["self", "own-guests", "own-shares"], resident: ["self"], guest: ["self"], share: ["self"] },
  // Which door has acknowledged that their access ended (X1).
  "see-truth": { manager: ALL, administrator: ["self", ...MEMBERS, "shares"], resident: ["self", "own-shares"], guest: ["self"], share: ["self"] },
} as const satisfies Record<string, MemberRight>;

/** What may be done to a household as a whole. */
export const HOUSEHOLD_RIGHTS = {
  "see-household": ["manager", "administrator", "resident", "guest"],
  "add-leaseholder": ["manager"],
  "add-resident": ["manager", "administrator"],
  "add-guest": ["manager", "administrator"],
  "give-share": ["administrator", "resident"],
} as const satisfies Record<string, readonly Rank[]>;

/** What may be done to a property as a whole. Who else may do it is for people to say, not for programs. */
export const PROPERTY_RIGHTS = {
  "see-property": ["manager", "machine"],
  "run-property": ["manager", "machine"],
  "register-doors": ["manager", "machine"],
  "read-audit": ["manager", "machine"],
  "appoint-managers": ["manager"],
  "issue-tokens": ["manager"],
} as const satisfies Record<string, readonly Rank[]>;

/** What only whoever installs the site does. */
export const SITE_RIGHTS = ["add-property", "rotate-keys", "read-messages"] as const;

export type MemberVerb = keyof typeof MEMBER_RIGHTS;
export type HouseholdVerb = keyof typeof HOUSEHOLD_RIGHTS;
export type PropertyVerb = keyof typeof PROPERTY_RIGHTS;
export type SiteVerb = (typeof SITE_RIGHTS)[number];

/** Why not: they may not even know of it; they may not do it; the manager's rules forbid it, or have no room left. */
export type Denial = "not-found" | "not-allowed" | "forbidden-by-rules" | "cap-reached";
export type Verdict = { allowed: true } | { allowed: false; because: Denial };

const YES: Verdict = { allowed: true };
const no = (because: Denial): Verdict => ({ allowed: false, because });

/** Whether somebody of that standing may do that to the target, within what the manager lets households do (O5). */
export function may(verb: MemberVerb, standing: Standing, target: MemberTarget, rules?: HouseholdRules): Verdict;
export function may(verb: HouseholdVerb, standing: Standing, target: HouseholdTarget, rules: HouseholdRules): Verdict;
export function may(verb: PropertyVerb, standing: Standing, target: { of: "property" }): Verdict;
export function may(verb: SiteVerb, standing: Standing, target: { of: "site" }): Verdict;
export function may(verb: string, standing: Standing, target: Target, rules?: HouseholdRules): Verdict {
  switch (target.of) {
    case "site":
      return standing.ranks.includes("site") ? YES : no("not-allowed");
    case "property":
      return mayAtProperty(verb as PropertyVerb, standing);
    case "household":
      return mayInHousehold(verb as HouseholdVerb, standing, target, rules!);
    case "member":
      return mayToMember(verb as MemberVerb, standing, target);
  }
}

function mayAtProperty(verb: PropertyVerb, { ranks }: Standing): Verdict {
  const holds = (right: PropertyVerb) => ranks.includes("site") || ranks.some((rank) => (PROPERTY_RIGHTS[right] as readonly Rank[]).includes(rank));
  if (holds(verb)) return YES;
  return no(holds("see-property") ? "not-allowed" : "not-found");
}

function mayInHousehold(verb: HouseholdVerb, { ranks }: Standing, household: HouseholdTarget, rules: HouseholdRules): Verdict {
  const holders = (right: HouseholdVerb) => ranks.map(asManager).filter((rank) => (HOUSEHOLD_RIGHTS[right] as readonly Rank[]).includes(rank));
  const as = holders(verb);
  if (as.length === 0) return no(holders("see-household").length > 0 ? "not-allowed" : "not-found");
  if (household.ended && verb !== "see-household") return no("not-allowed");
  // Rules bind members, not whoever makes them.
  if (as.includes("manager")) return YES;
  if (verb === "add-resident") return withinRules(rules.mayAddResidents, household.residents, rules.residentsMax);
  if (verb === "add-guest") return withinRules(rules.mayAddGuests, household.guests, rules.guestsMax);
  return YES;
}

function withinRules(permitted: boolean, count: number, max: number): Verdict {
  if (!permitted) return no("forbidden-by-rules");
  return count < max ? YES : no("cap-reached");
}

function mayToMember(verb: MemberVerb, standing: Standing, target: MemberTarget): Verdict {
  if (reaches(verb, standing, target)) return YES;
  return no(reaches("see", standing, target) ? "not-allowed" : "not-found");
}

function reaches(verb: MemberVerb, { ranks, places }: Standing, target: MemberTarget): boolean {
  const right: MemberRight = MEMBER_RIGHTS[verb];
  return ranks.map(asManager).some((rank) => {
    // Towards a manager nobody is themselves: what they may do to their own place they may as its holder.
    const self = rank !== "manager" && places.includes(target.person);
    const own = target.invitedBy !== undefined && places.includes(target.invitedBy);
    return right[rank]?.some((reach) => isWithin(reach, target, self, own)) ?? false;
  });
}

function isWithin(reach: Reach, { role, inviterRole }: MemberTarget, self: boolean, own: boolean): boolean {
  if (reach === "self") return self;
  if (self) return false;
  switch (reach) {
    case "administrators":
      return role === "administrator";
    case "residents":
      return role === "resident";
    case "guests":
      return role === "guest";
    case "shares":
      return role === "share";
    case "own-guests":
      return role === "guest" && own;
    case "own-shares":
      return role === "share" && own;
    case "open-shares":
      return role === "share" && inviterRole !== "administrator";
  }
}

function asManager(rank: Rank): Exclude<Rank, "site" | "machine"> {
  return rank === "site" || rank === "machine" ? "manager" : rank;
}

/** In which states of a place there is something to be done; what is over can still be looked at. */
const STATES: Record<MemberVerb, readonly MembershipRow["state"][]> = {
  see: ["pending", "active", "ended"],
  edit: ["pending", "active"],
  remove: ["pending", "active"],
  suspend: ["active"],
  invite: ["pending", "active"],
  "end-share": ["pending", "active"],
  "change-lease": ["pending", "active"],
  "end-lease": ["pending", "active"],
  "court-order": ["pending", "active"],
  "see-pins": ["active"],
  "view-pin": ["active"],
  "renew-pin": ["active"],
  "see-entries": ["pending", "active", "ended"],
  "see-truth": ["ended"],
};

/** What pages may offer (`can`): the rights that `may` grants, where there is something to be done. */
export function canDo(standing: Standing, target: MemberTarget): MemberVerb[] {
  return (Object.keys(MEMBER_RIGHTS) as MemberVerb[]).filter((verb) => STATES[verb].includes(target.state) && may(verb, standing, target).allowed);
}

/** What pages may offer for a household as a whole. */
export function canDoInHousehold(standing: Standing, household: HouseholdTarget, rules: HouseholdRules): HouseholdVerb[] {
  return (Object.keys(HOUSEHOLD_RIGHTS) as HouseholdVerb[]).filter((verb) => may(verb, standing, household, rules).allowed);
}

/** What pages may offer for a property as a whole. */
export function canDoAtProperty(standing: Standing): PropertyVerb[] {
  return (Object.keys(PROPERTY_RIGHTS) as PropertyVerb[]).filter((verb) => may(verb, standing, { of: "property" }).allowed);
}
