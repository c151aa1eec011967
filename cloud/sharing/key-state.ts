import type { Transition } from "../households/membership-state";
import type { KeyRow } from "../store/rows/sharing-rows";

export type KeyState = KeyRow["state"];

/**
 * What happens to a key. `activated`: its link was accepted, its code has left, or it needs neither. The others end
 * it: taken away, turned down by whoever it was for, or its time is over.
 */
export type KeyEvent = "activated" | "removed" | "declined" | "expired";

/** A pending key opens nothing (S4); one that has ended never comes back: whoever is to have one gets another. */
const TRANSITIONS: Readonly<Record<KeyState, Readonly<Record<KeyEvent, Transition<KeyState>>>>> = {
  pending: { activated: { state: "active" }, removed: { state: "ended" }, declined: { state: "ended" }, expired: { state: "ended" } },
  active: { activated: { state: "active" }, removed: { state: "ended" }, declined: { refused: "not-pending" }, expired: { state: "ended" } },
  ended: { activated: { refused: "key-ended" }, removed: { state: "ended" }, declined: { refused: "key-ended" }, expired: { state: "ended" } },
};

export function keyAfter(state: KeyState, event: KeyEvent): Transition<KeyState> {
  return TRANSITIONS[state][event];
}
