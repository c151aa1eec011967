import { actorName, type Actor } from "../accounts/actor";
import { shareOfGroup } from "../groups/share-of-group";
import { doorsOfPlace } from "../households/member-access";
import { placeTerms } from "../households/place-terms";
import { readHousehold, readPlace, spanOf } from "../households/read-place";
import { requireDoorsOf } from "../properties/door-choice";
import { readRules } from "../properties/household-rules";
import { Refusal } from "../refusal";
import type { GrantTerms } from "../access/grant";
import type { Unit } from "../store/store";
import { mayAtDoor, type DoorVerb } from "./door-rights";
import { doorStanding, sharedDoors } from "./door-standing";
import { householdTarget, placesToGiveFrom, requireAllowed, standingAt } from "./read-standing";
import { may } from "./rights";

/** Who gives keys to some doors, and how far their own right reaches. */
export interface Giver {
  /**
   * What they give as: whoever runs the property, whoever owns or administers every one of the doors, or a member of
   * a household, who answers for what they give (O12); whoever a group lets share its doors (N12).
   */
  as: "manager" | "owner" | "admin" | "member" | "group";
  /** As grants and the audit name them. */
  actor: string;
  /** Of keys.giver_account; null: the site or a program. */
  account: string | null;
  /** A member's own right, or that of somebody in a group: nothing that they give reaches further. */
  share: ShareBounds | undefined;
  /** Whether a key to these doors may be an admin's (N4): all are the giver's own, and none is the building's. */
  mayGiveAdmin: boolean;
}

/** What somebody may give away of what they have. */
export interface ShareBounds {
  /** A member's: what they give is a place of its own in their household. */
  place: { household: string; /** The one that it is given from: keys.giver_person. */ person: string } | undefined;
  terms: GrantTerms;
  /** From the giving to the end, which there must be (O12). */
  daysMax: number;
}

export interface Given {
  property: string;
  doors: readonly string[];
  /** From whose place it is given; undefined: as whoever runs or owns the doors, or from the one place that has them all. */
  household?: string | undefined;
}

/**
 * Who somebody is when they give keys to these doors. The first that fits: whoever runs the property; whoever owns or
 * administers all of the doors; a member of a household that has them all; somebody in a group that has them all and
 * lets its people share.
 * @throws {Refusal} `not-found`: to them there are no such doors; `not-allowed`: in the household they may not;
 * `door-outside`: the household has it, they have not.
 */
export async function findGiver(unit: Unit, actor: Actor, { property, doors, household }: Given, now: number): Promise<Giver> {
  if (household !== undefined) return memberGiver(unit, actor, property, household, doors, now);
  const account = actor.kind === "account" ? actor.account : null;
  const { ranks } = await standingAt(unit, actor, { property }, now);
  if (ranks.length > 0) {
    await requireDoorsOf(unit, property, doors);
    return { as: "manager", actor: actorName(actor), account, share: undefined, mayGiveAdmin: (await sharedDoors(unit, doors)).size === 0 };
  }
  if (doors.length > 0 && (await allAllow(unit, actor, "give-keys", property, doors, now))) {
    const owns = await allAllow(unit, actor, "give-admin", property, doors, now);
    return { as: owns ? "owner" : "admin", actor: actorName(actor), account, share: undefined, mayGiveAdmin: owns };
  }
  const place = await placeWith(unit, actor, property, doors, now);
  if (place !== undefined) return memberGiver(unit, actor, property, place, doors, now);
  const terms = account === null ? undefined : await shareOfGroup(unit, account, property, doors, now);
  if (terms === undefined) throw new Refusal("not-found", "There are no such doors.");
  const { shareDaysMax } = await readRules(unit, property);
  return { as: "group", actor: actorName(actor), account, share: { place: undefined, terms, daysMax: shareDaysMax }, mayGiveAdmin: false };
}

/** What all of some doors let somebody do. */
async function allAllow(unit: Unit, actor: Actor, verb: DoorVerb, property: string, doors: readonly string[], now: number): Promise<boolean> {
  for (const door of doors) {
    const standing = await doorStanding(unit, actor, door, now);
    if (standing === undefined || standing.door.property_id !== property || !mayAtDoor(verb, standing).allowed) return false;
  }
  return doors.length > 0;
}

/** The household in which somebody may give all of these doors; of several, the first. */
async function placeWith(unit: Unit, actor: Actor, property: string, doors: readonly string[], now: number): Promise<string | undefined> {
  if (actor.kind !== "account" || doors.length === 0) return undefined;
  const places = await placesToGiveFrom(unit, actor.account, property, now);
  for (const { person_id, household_id } of places.sort((a, b) => (a.household_id < b.household_id ? -1 : 1))) {
    const own = await doorsOfPlace(unit, (await readPlace(unit, person_id)).member);
    if (doors.every((door) => own.includes(door))) return household_id;
  }
  return undefined;
}

async function memberGiver(unit: Unit, actor: Actor, property: string, household: string, doors: readonly string[], now: number): Promise<Giver> {
  const { property_id } = await readHousehold(unit, household);
  if (property_id !== property) throw new Refusal("not-found", "There is no such household.");
  const standing = await standingAt(unit, actor, { property, household }, now);
  const rules = await readRules(unit, property);
  requireAllowed(may("give-share", standing, await householdTarget(unit, household), rules), "household");
  // Whoever runs a property without living there has doors of their own to give people, and no place to give from.
  const [person] = standing.places;
  if (person === undefined || actor.kind !== "account") throw new Refusal("not-allowed", "Only members give from a household.");
  const { member, person: row } = await readPlace(unit, person);
  if (row.suspended_at !== null) throw new Refusal("not-allowed", "Your own access is suspended.");
  const terms = placeTerms(member, await spanOf(unit, household));
  if (terms === undefined) throw new Refusal("not-allowed", "Your own access has not begun.");
  const own = await doorsOfPlace(unit, member);
  const outside = doors.find((door) => !own.includes(door));
  if (outside !== undefined) throw new Refusal("door-outside", `You do not have door ${outside} to give.`, { door: outside });
  return { as: "member", actor: actorName(actor), account: actor.account, share: { place: { household, person }, terms, daysMax: rules.shareDaysMax }, mayGiveAdmin: false };
}
