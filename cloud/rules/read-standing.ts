import type { Actor, Party } from "../accounts/actor";
import { Refusal, type ProblemCode } from "../refusal";
import type { Unit } from "../store/store";
import type { MembershipRow } from "../store/rows/household-rows";
import type { PersonRow } from "../store/rows/right-rows";
import { HOUSEHOLD_RIGHTS, may, type Denial, type MemberVerb, type PropertyVerb, type Verdict } from "./rights";
import { NOBODY, RANKS, type HouseholdTarget, type MemberTarget, type Rank, type Standing } from "./standing";

export interface Whereabouts {
  property: string;
  household?: string | undefined;
}

/** What an actor is at a property, and in a household of it. A place counts while it is active and not over. */
export async function standingAt(unit: Unit, actor: Party, { property, household }: Whereabouts, now: number): Promise<Standing> {
  if (actor.kind === "site") return { ranks: ["site"], places: [] };
  if (actor.kind === "machine") return actor.property === property ? { ranks: ["machine"], places: [] } : NOBODY;
  const { account } = actor;
  const manager = await unit.selectFrom("managers").select("account_id").where("property_id", "=", property).where("account_id", "=", account).executeTakeFirst();
  const ranks: Rank[] = manager === undefined ? [] : ["manager"];
  if (household === undefined) return { ranks, places: [] };
  const places = (await placesInForce(unit, account, now)).filter((place) => place.household_id === household && place.property_id === property);
  // The highest first: it is what they act from.
  places.sort((a, b) => RANKS.indexOf(a.role) - RANKS.indexOf(b.role));
  return { ranks: [...ranks, ...places.map(({ role }) => role)], places: places.map(({ person_id }) => person_id) };
}

export interface PlaceInForce extends Pick<MembershipRow, "person_id" | "role" | "household_id"> {
  property_id: string;
}

/** Places that an account holds now, anywhere. */
export async function placesInForce(unit: Unit, account: string, now: number): Promise<PlaceInForce[]> {
  return unit
    .selectFrom("memberships as membership")
    .innerJoin("households as household", "household.id", "membership.household_id")
    .where("membership.account_id", "=", account)
    .where("membership.state", "=", "active")
    .where((eb) => eb.or([eb("membership.ends_at", "is", null), eb("membership.ends_at", ">", now)]))
    .select(["membership.person_id", "membership.role", "membership.household_id", "household.property_id"])
    .execute();
}

/** Places at a property from which an account may give to third parties (O12). */
export async function placesToGiveFrom(unit: Unit, account: string, property: string, now: number): Promise<PlaceInForce[]> {
  const givers: readonly Rank[] = HOUSEHOLD_RIGHTS["give-share"];
  return (await placesInForce(unit, account, now)).filter(({ property_id, role }) => property_id === property && givers.includes(role));
}

/** Properties that an actor manages, sorted; "all" for the site. */
export async function managedProperties(unit: Unit, actor: Party): Promise<"all" | string[]> {
  if (actor.kind === "site") return "all";
  if (actor.kind === "machine") return [actor.property];
  const rows = await unit.selectFrom("managers").select("property_id").where("account_id", "=", actor.account).orderBy("property_id").execute();
  return rows.map(({ property_id }) => property_id);
}

/** @throws {Refusal} `not-allowed`: it is for whoever installs the site. */
export function requireSite(actor: Actor): void {
  if (actor.kind !== "site") throw new Refusal("not-allowed", "Only whoever runs the site may do this.");
}

/**
 * @param what the thing that a stranger is told does not exist, as one is told of what really does not.
 * @throws {Refusal} `not-found` where the actor is no manager there; `not-allowed` where it takes a person.
 */
export async function requireManager(unit: Unit, actor: Actor, property: string, verb: PropertyVerb = "run-property", what = "property"): Promise<Standing> {
  const exists = await unit.selectFrom("properties").select("id").where("id", "=", property).executeTakeFirst();
  const standing = exists === undefined ? NOBODY : await standingAt(unit, actor, { property }, 0);
  requireAllowed(may(verb, standing, { of: "property" }), what);
  return standing;
}

/** @throws {Refusal} with the verdict's reason. */
export function requireAllowed(verdict: Verdict, what: string): void {
  if (!verdict.allowed) throw new Refusal(verdict.because satisfies ProblemCode, sayDenial(verdict.because, what));
}

function sayDenial(because: Denial, what: string): string | undefined {
  return because === "not-found" ? `There is no such ${what}.` : undefined;
}

/** Somebody's place, and what the actor is towards it. */
export interface Encounter {
  standing: Standing;
  target: MemberTarget;
  membership: MembershipRow;
  person: PersonRow;
}

/**
 * @param what how the refusal names the place: "member", "share", …
 * @throws {Refusal} `not-found` for people who have no place in a household, and for places that the actor may not
 * even know of; `not-allowed`.
 */
export async function requireOnMember(unit: Unit, actor: Actor, person: string, verb: MemberVerb, now: number, what = "member"): Promise<Encounter> {
  const encounter = await meetMember(unit, actor, person, now);
  if (encounter === undefined) throw new Refusal("not-found", `There is no such ${what}.`);
  requireAllowed(may(verb, encounter.standing, encounter.target), what);
  return encounter;
}

/** @returns undefined for people who have no place in a household. */
export async function meetMember(unit: Unit, actor: Party, person: string, now: number): Promise<Encounter | undefined> {
  const membership = await unit.selectFrom("memberships").selectAll().where("person_id", "=", person).executeTakeFirst();
  if (membership === undefined) return undefined;
  const row = await unit.selectFrom("people").selectAll().where("id", "=", person).executeTakeFirstOrThrow();
  const standing = await standingAt(unit, actor, { property: row.property_id, household: membership.household_id }, now);
  const inviter = membership.invited_by === null ? undefined : await unit.selectFrom("memberships").select(["person_id", "role", "state", "ends_at"]).where("person_id", "=", membership.invited_by).executeTakeFirst();
  return { standing, target: targetOf(membership, inviter, now), membership, person: row };
}

/** @param inviter row of the place that `invited_by` names. */
export function targetOf(membership: MembershipRow, inviter: Pick<MembershipRow, "role" | "state" | "ends_at"> | undefined, now: number): MemberTarget {
  const still = inviter !== undefined && inviter.state === "active" && (inviter.ends_at === null || inviter.ends_at > now);
  return { of: "member", person: membership.person_id, role: membership.role, state: membership.state, invitedBy: membership.invited_by ?? undefined, inviterRole: still ? inviter.role : undefined };
}

/** A household as whoever wants to add somebody finds it. @throws {Refusal} `not-found`. */
export async function householdTarget(unit: Unit, household: string): Promise<HouseholdTarget> {
  const row = await unit.selectFrom("households").select("ended_at").where("id", "=", household).executeTakeFirst();
  if (row === undefined) throw new Refusal("not-found", "There is no such household.");
  const counts = await unit.selectFrom("memberships").where("household_id", "=", household).where("state", "<>", "ended").groupBy("role").select((eb) => ["role", eb.fn.countAll().as("count")]).execute();
  const countOf = (role: string) => Number(counts.find((each) => each.role === role)?.count ?? 0);
  return { of: "household", ended: row.ended_at !== null, residents: countOf("resident"), guests: countOf("guest") };
}
