import type { ProblemCode } from "../refusal";
import type { MemberRole, MembershipRow } from "../store/rows/household-rows";

export type MembershipState = MembershipRow["state"];
export type EndReason = NonNullable<MembershipRow["end_reason"]>;

/** What happens to a place: somebody takes it, or it ends for a reason. */
export type MembershipEvent = "taken" | EndReason;

/** What a state becomes; a code where it cannot be. */
export type Transition<State> = { state: State } | { refused: ProblemCode };

/** A place that is pending opens nothing; one that has ended never comes back (whoever returns gets a new one). */
const TRANSITIONS: Readonly<Record<MembershipState, Readonly<Record<MembershipEvent, Transition<MembershipState>>>>> = {
  pending: {
    taken: { state: "active" },
    declined: { state: "ended" },
    withdrawn: { state: "ended" },
    expired: { state: "ended" },
    removed: { state: "ended" },
    "moved-out": { state: "ended" },
    "court-order": { state: "ended" },
    "share-ended": { state: "ended" },
  },
  active: {
    taken: { state: "active" }, // accepting twice is one acceptance (M7)
    declined: { refused: "not-pending" },
    withdrawn: { refused: "not-pending" },
    expired: { state: "ended" },
    removed: { state: "ended" },
    "moved-out": { state: "ended" },
    "court-order": { state: "ended" },
    "share-ended": { state: "ended" },
  },
  ended: {
    taken: { refused: "membership-ended" },
    declined: { refused: "membership-ended" },
    withdrawn: { refused: "membership-ended" },
    expired: { state: "ended" },
    removed: { state: "ended" },
    "moved-out": { state: "ended" },
    "court-order": { state: "ended" },
    "share-ended": { state: "ended" },
  },
};

export function membershipAfter(state: MembershipState, event: MembershipEvent): Transition<MembershipState> {
  return TRANSITIONS[state][event];
}

/**
 * How a place of a role may end. Nobody removes an administrator: they move out, or a court order ends their lease
 * (O6, O7). Others go with the last of them (M9).
 */
const ENDS: Readonly<Record<MemberRole, readonly EndReason[]>> = {
  administrator: ["moved-out", "court-order", "declined", "withdrawn", "expired"],
  resident: ["removed", "moved-out", "declined", "withdrawn", "expired"],
  guest: ["removed", "moved-out", "declined", "withdrawn", "expired"],
  share: ["share-ended", "moved-out", "court-order", "expired"],
};

export function mayEndBy(role: MemberRole, reason: EndReason): boolean {
  return ENDS[role].includes(reason);
}
