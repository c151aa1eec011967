import test from "ava";
import fc from "fast-check";
import { DEFAULT_RULES } from "../cloud/properties/household-rules";
import { doorsWithin, effectOfDoors } from "../cloud/properties/door-effect";
import { canDo, canDoAtProperty, canDoInHousehold, HOUSEHOLD_RIGHTS, may, MEMBER_RIGHTS, PROPERTY_RIGHTS, SITE_RIGHTS, type HouseholdVerb, type MemberVerb, type PropertyVerb } from "../cloud/rules/rights";
import { NOBODY, RANKS, type HouseholdTarget, type MemberTarget, type Rank, type Standing } from "../cloud/rules/standing";
import type { MemberRole } from "../cloud/store/rows/household-rows";

/**
 * A household: administrators A and B, resident R, a guest of A's and one of B's, shares that A, B and R gave, and
 * one of a resident who has been removed.
 */
const PEOPLE: Record<string, { role: MemberRole; by?: string }> = {
  A: { role: "administrator" },
  B: { role: "administrator" },
  R: { role: "resident", by: "A" },
  GA: { role: "guest", by: "A" },
  GB: { role: "guest", by: "B" },
  SA: { role: "share", by: "A" },
  SB: { role: "share", by: "B" },
  SR: { role: "share", by: "R" },
  SX: { role: "share", by: "X" },
};
const target = (person: string, state: MemberTarget["state"] = "active"): MemberTarget => {
  const { role, by } = PEOPLE[person];
  return { of: "member", person, role, state, invitedBy: by, inviterRole: by === undefined ? undefined : PEOPLE[by]?.role };
};
const as = (rank: Rank, ...places: string[]): Standing => ({ ranks: [rank], places });

/** Whoever asks; the last ones belong to another household, another property or nowhere, and are nobody here. */
const ACTORS: Record<string, Standing> = {
  manager: as("manager"),
  A: as("administrator", "A"),
  R: as("resident", "R"),
  GA: as("guest", "GA"),
  SA: as("share", "SA"),
};
const SAME_AS_MANAGER = { site: as("site"), machine: as("machine") };

/** O4 in full: + may, - may see but not do, . does not exist for them. Columns: A B R GA GB SA SB SR SX. */
const NO_MANAGER = { manager: "---------" };
const UNDER = { R: "..-....-.", GA: "...-.....", SA: ".....-..." };
const TABLE: Record<MemberVerb, Record<"manager" | "A" | "R" | "GA" | "SA", string>> = {
  see: { manager: "+++++++++", A: "+++++++++", R: "..+....+.", GA: "...+.....", SA: ".....+..." },
  edit: { manager: "--+++----", A: "--+++----", ...UNDER },
  remove: { manager: "--+++----", A: "--+++----", ...UNDER },
  suspend: { manager: "--+++++++", A: "--+++----", ...UNDER },
  invite: { manager: "+++++----", A: "--+++----", ...UNDER },
  "end-share": { manager: "-----++++", A: "-----+-++", ...UNDER, R: "..-....+." },
  "change-lease": { manager: "++-------", A: "---------", ...UNDER },
  "end-lease": { manager: "++-------", A: "---------", ...UNDER },
  "court-order": { manager: "++-------", A: "---------", ...UNDER },
  "see-pins": { manager: "+++++++++", A: "+-++++---", R: "..+....+.", GA: "...+.....", SA: ".....+..." },
  "view-pin": { ...NO_MANAGER, A: "+-++++---", R: "..+....+.", GA: "...+.....", SA: ".....+..." },
  "renew-pin": { manager: "+++++++++", A: "+-++++---", R: "..+....+.", GA: "...+.....", SA: ".....-..." },
  "see-entries": { manager: "+++++++++", A: "+--+-+---", R: "..+....-.", GA: "...+.....", SA: ".....+..." },
  "see-truth": { manager: "+++++++++", A: "+-+++++++", R: "..+....+.", GA: "...+.....", SA: ".....+..." },
};

const VERBS = Object.keys(MEMBER_RIGHTS) as MemberVerb[];
const HOUSEHOLD_VERBS = Object.keys(HOUSEHOLD_RIGHTS) as HouseholdVerb[];
const SIGNS = { "not-found": ".", "not-allowed": "-", "forbidden-by-rules": "r", "cap-reached": "c" };
const row = (standing: Standing, verb: MemberVerb) =>
  Object.keys(PEOPLE)
    .map((person) => {
      const verdict = may(verb, standing, target(person));
      return verdict.allowed ? "+" : SIGNS[verdict.because];
    })
    .join("");

test("O4, O6, O7, O10, O12, O13, O15: actor × target × verb, each cell", (t) => {
  for (const verb of VERBS) {
    for (const [actor, standing] of Object.entries(ACTORS)) t.is(row(standing, verb), TABLE[verb][actor as "A"], `${actor} ${verb}`);
    for (const [actor, standing] of Object.entries(SAME_AS_MANAGER)) t.is(row(standing, verb), TABLE[verb].manager, `${actor} ${verb}`);
  }
});

test("O4: another household and another property hold nothing for anybody, whatever they are at home", (t) => {
  // read-standing gives whoever has no place here no rank here; the places of their own household change nothing.
  for (const places of [[], ["elsewhere"]]) {
    const stranger = { ...NOBODY, places };
    for (const verb of VERBS) t.is(row(stranger, verb), ".........", verb);
    t.deepEqual(canDoInHousehold(stranger, household({}), DEFAULT_RULES), []);
    for (const verb of HOUSEHOLD_VERBS) t.deepEqual(may(verb, stranger, household({}), DEFAULT_RULES), { allowed: false, because: "not-found" });
    for (const verb of Object.keys(PROPERTY_RIGHTS) as PropertyVerb[]) t.deepEqual(may(verb, stranger, { of: "property" }), { allowed: false, because: "not-found" });
  }
});

const household = (changes: Partial<HouseholdTarget>): HouseholdTarget => ({ of: "household", ended: false, residents: 0, guests: 0, ...changes });

test("O4: what each rank may do to a household, a property and the site", (t) => {
  const can = Object.fromEntries(RANKS.map((rank) => [rank, canDoInHousehold(as(rank), household({}), DEFAULT_RULES).join(" ")]));
  const all = "see-household add-leaseholder add-resident add-guest give-share".split(" ").filter((verb) => verb !== "give-share").join(" ");
  t.deepEqual(can, { site: all, manager: all, machine: all, administrator: "see-household add-resident add-guest give-share", resident: "see-household give-share", guest: "see-household", share: "" });

  const run = "see-property run-property register-doors read-audit";
  const properties = Object.fromEntries(RANKS.map((rank) => [rank, canDoAtProperty(as(rank)).join(" ")]));
  const people = `${run} appoint-managers issue-tokens`;
  t.deepEqual(properties, { site: people, manager: people, machine: run, administrator: "", resident: "", guest: "", share: "" });
  t.deepEqual(may("appoint-managers", as("machine"), { of: "property" }), { allowed: false, because: "not-allowed" });

  for (const rank of RANKS) for (const verb of SITE_RIGHTS) t.is(may(verb, as(rank), { of: "site" }).allowed, rank === "site");
});

test("O4: a manager who lives in the house has both ranks, and reads the codes of their household only as its administrator", (t) => {
  const both: Standing = { ranks: ["manager", "administrator"], places: ["A"] };
  t.is(row(both, "view-pin"), TABLE["view-pin"].A);
  t.is(row(both, "court-order"), "++-------");
  t.is(row({ ranks: ["manager"], places: [] }, "view-pin"), "---------");
});

test("O12: what a removed member had given is nobody's own any more; an administrator or a manager ends it, the giver cannot", (t) => {
  const back: Standing = NOBODY;
  t.false(may("end-share", back, target("SX")).allowed);
  t.true(may("end-share", ACTORS.A, target("SX")).allowed);
  t.true(may("end-share", ACTORS.manager, target("SX")).allowed);
  // A co-administrator's shares come within reach once that one has left.
  t.false(may("end-share", ACTORS.A, target("SB")).allowed);
  t.true(may("end-share", ACTORS.A, { ...target("SB"), inviterRole: undefined }).allowed);
});

test("O5: rules and caps bind members, not managers; what they forbid is not offered", (t) => {
  const offered = (standing: Standing, at: HouseholdTarget, rules = DEFAULT_RULES) => canDoInHousehold(standing, at, rules).filter((verb) => verb.startsWith("add-"));
  const none = { ...DEFAULT_RULES, mayAddResidents: false, mayAddGuests: false };
  t.deepEqual(offered(ACTORS.A, household({})), ["add-resident", "add-guest"]);
  t.deepEqual(offered(ACTORS.A, household({}), none), []);
  t.deepEqual(may("add-guest", ACTORS.A, household({}), none), { allowed: false, because: "forbidden-by-rules" });
  t.deepEqual(offered(ACTORS.manager, household({}), none), ["add-leaseholder", "add-resident", "add-guest"]);
  const capped = { ...DEFAULT_RULES, residentsMax: 2, guestsMax: 0 };
  t.deepEqual(offered(ACTORS.A, household({ residents: 1 }), capped), ["add-resident"]);
  t.deepEqual(may("add-resident", ACTORS.A, household({ residents: 2 }), capped), { allowed: false, because: "cap-reached" });
  t.deepEqual(may("add-guest", ACTORS.A, household({}), capped), { allowed: false, because: "cap-reached" });
  // Members who are there stay: no rule takes a verb on them away, and more than the cap is no fault.
  t.deepEqual(may("add-resident", ACTORS.A, household({ residents: 9 }), capped), { allowed: false, because: "cap-reached" });
  t.deepEqual(offered(ACTORS.manager, household({ ended: true })), []);
});

const anyStanding: fc.Arbitrary<Standing> = fc.record({ ranks: fc.uniqueArray(fc.constantFrom(...RANKS), { maxLength: 3 }), places: fc.uniqueArray(fc.constantFrom(...Object.keys(PEOPLE)), { maxLength: 2 }) });

test("no button fails: whatever is offered is allowed, for any standing, target and state", (t) => {
  fc.assert(
    fc.property(anyStanding, fc.constantFrom(...Object.keys(PEOPLE)), fc.constantFrom("pending" as const, "active" as const, "ended" as const), fc.nat(60), fc.nat(60), fc.boolean(), (standing, person, state, residents, guests, ended) => {
      for (const verb of canDo(standing, target(person, state))) t.true(may(verb, standing, target(person, state)).allowed);
      const at = household({ residents, guests, ended });
      for (const verb of canDoInHousehold(standing, at, DEFAULT_RULES)) t.true(may(verb, standing, at, DEFAULT_RULES).allowed);
      // What cannot be seen cannot be touched.
      if (!may("see", standing, target(person)).allowed) t.deepEqual(canDo(standing, target(person)), []);
    }),
    { seed: 4, numRuns: 2_000 },
  );
});

const HEIGHT: Record<MemberRole, number> = { administrator: 3, resident: 2, guest: 1, share: 0 };
interface Place {
  person: string;
  role: MemberRole;
  state: "pending" | "active" | "ended";
  by: string | undefined;
  account: number;
}

/** What can be tried: somebody (an account) does a verb to a place, or adds a place for an account. */
const attempt = fc.record({ account: fc.nat(5), verb: fc.constantFrom(...VERBS, ...HOUSEHOLD_VERBS, "accept" as const), on: fc.nat(11), forAccount: fc.nat(5) });

test("O4: no sequence of allowed acts lets anybody gain a right above their own level", (t) => {
  let acts = 0;
  fc.assert(
    fc.property(fc.array(attempt, { minLength: 20, maxLength: 80 }), (attempts) => {
      const places: Place[] = [
        { person: "p0", role: "administrator", state: "active", by: undefined, account: 0 },
        { person: "p1", role: "administrator", state: "active", by: undefined, account: 1 },
      ];
      const inForce = (account: number) => places.filter((place) => place.account === account && place.state === "active");
      const standingOf = (account: number): Standing => ({ ranks: inForce(account).map(({ role }) => role), places: inForce(account).map(({ person }) => person) });
      const heightOf = (account: number) => Math.max(-1, ...inForce(account).map(({ role }) => HEIGHT[role]));
      const targetOf = ({ person, role, state, by }: Place): MemberTarget => {
        const inviter = places.find((each) => each.person === by && each.state === "active");
        return { of: "member", person, role, state, invitedBy: by, inviterRole: inviter?.role };
      };
      for (const { account, verb, on, forAccount } of attempts) {
        const standing = standingOf(account);
        const height = heightOf(account);
        const place = places[on % places.length];
        if (verb === "accept") {
          // Whoever has the link takes the place; it was given by somebody above it.
          if (place.state === "pending") place.state = "active";
          continue;
        }
        if (verb in HOUSEHOLD_RIGHTS) {
          const counted = (role: MemberRole) => places.filter((each) => each.role === role && each.state !== "ended").length;
          if (!may(verb as HouseholdVerb, standing, household({ residents: counted("resident"), guests: counted("guest") }), DEFAULT_RULES).allowed) continue;
          const role = ({ "add-leaseholder": "administrator", "add-resident": "resident", "add-guest": "guest", "give-share": "share" } as const)[verb as "add-guest"];
          if (role === undefined) continue;
          acts += 1;
          t.true(height > HEIGHT[role], `${verb} by one of height ${height}`);
          places.push({ person: `p${places.length}`, role, state: "pending", by: standing.places[0], account: forAccount });
          continue;
        }
        if (!may(verb as MemberVerb, standing, targetOf(place)).allowed) continue;
        acts += 1;
        const self = standing.places.includes(place.person);
        // Looking is one thing; whatever changes, ends or discloses somebody's access needs somebody above them, or themselves.
        const own = place.role === "share" && standing.places.includes(place.by ?? "");
        if (!["see", "see-truth"].includes(verb)) t.true(self || own || height > HEIGHT[place.role], `${verb} on ${place.role} by one of height ${height}`);
        if (verb === "remove" || verb === "end-share" || verb === "end-lease" || verb === "court-order") {
          t.false(self);
          place.state = "ended";
        }
      }
      // Nobody but the leaseholders has become one, and they all still are.
      t.deepEqual(places.filter(({ role }) => role === "administrator").map(({ person, state }) => `${person} ${state}`), ["p0 active", "p1 active"]);
    }),
    { seed: 4, numRuns: 1_500 },
  );
  t.true(acts > 5_000, `${acts} acts were allowed: the sequences do something`);
});

test("P1: gains and losses are the difference of what is open before and after, for everybody", (t) => {
  const doors: fc.Arbitrary<string[]> = fc.uniqueArray(fc.constantFrom("a", "b", "c", "d", "e"));
  fc.assert(
    fc.property(doors, doors, fc.array(fc.option(doors, { nil: undefined })), (before, after, choices) => {
      const places = choices.map((chosen, index) => ({ person: String(index), chosen }));
      const effects = new Map(effectOfDoors(places, before, after).map((effect) => [effect.person, effect]));
      for (const place of places) {
        const { gains, loses } = effects.get(place.person) ?? { gains: new Array<string>(), loses: new Array<string>() };
        const held = new Set([...doorsWithin(before, place)].filter((door) => !loses.includes(door)).concat(gains));
        t.deepEqual([...held].sort(), doorsWithin(after, place));
        t.true(gains.every((door) => !before.includes(door)) && loses.every((door) => !after.includes(door)));
      }
    }),
    { seed: 4 },
  );
});
