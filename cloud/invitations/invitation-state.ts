import type { Transition } from "../households/membership-state";
import { Refusal } from "../refusal";
import type { InvitationRow } from "../store/rows/household-rows";

export type InvitationState = InvitationRow["state"];

/** `replaced`: it was sent again with a new link, which is the only one that counts from then on (S5). */
export type InvitationEvent = "accepted" | "declined" | "expired" | "withdrawn" | "replaced";

const GONE = { refused: "invitation-gone" } as const;

/**
 * A link is used once: of two who accept, one wins. @param sameAccount whether whoever comes is the one whose answer
 * it has; accepting twice is one acceptance (M7).
 */
export function invitationAfter(state: InvitationState, event: InvitationEvent, sameAccount: boolean): Transition<InvitationState> {
  if (state === "pending") return { state: event };
  if (state === "accepted" && event === "accepted") return sameAccount ? { state } : { refused: "invitation-used" };
  if (state === "accepted" && (event === "replaced" || event === "withdrawn")) return { refused: "not-pending" };
  if (state === "accepted" && event === "declined") return { refused: "invitation-used" };
  return GONE;
}

/** Where it stands at an instant: nobody needs to have noted that its time is over. */
export function stateAt({ state, expires_at }: Pick<InvitationRow, "state" | "expires_at">, now: number): InvitationState {
  return state === "pending" && expires_at <= now ? "expired" : state;
}

/** The link that counts, of several of one place or key: one that was replaced in the same second is the older one. */
export function newestOf<Link extends Pick<InvitationRow, "state" | "created_at">>(links: readonly Link[]): Link | undefined {
  const latest = Math.max(...links.map((link) => link.created_at));
  const newest = links.filter((link) => link.created_at === latest);
  return newest.find((link) => link.state !== "replaced") ?? newest[0];
}

/** @throws {Refusal} `invitation-used`, `invitation-gone`. */
export function requireOpen(invitation: Pick<InvitationRow, "state" | "expires_at">, now: number): void {
  const state = stateAt(invitation, now);
  if (state !== "pending") throw new Refusal(state === "accepted" || state === "declined" ? "invitation-used" : "invitation-gone");
}
