import type { Reason } from "../../protocol/decision";
import { ALWAYS } from "../../protocol/profile";
import { LAST_RULE } from "../../protocol/schedule";
import { denialAt } from "../../protocol/validity";
import { holderClassOf, type GrantTerms, type HolderClassName } from "../access/grant";
import { windowToRule } from "../access/window";
import type { DoorSurroundings } from "../issuing/door-surroundings";

/** A right that somebody has at a door, as far as it counts for opening it from afar. */
export interface OwnRight {
  person: string;
  holderClass: HolderClassName;
  terms: GrantTerms;
  /** Bit mask. */
  outputs: number;
  /** The person, the key or the grant is suspended. */
  suspended: boolean;
  /** At the door it takes a second PIN. */
  needsSecondPin: boolean;
  /** It is a group's, which does not let its people do this (N12). */
  forbidden: boolean;
}

/**
 * Why a door does not open from afar: the door's own words (SPEC 6), and those of this cloud. `limited-uses`: a use is
 * counted at the door, by whoever stands there. `not-from-afar`: a group's right without the permission.
 * `refused-by-door`: it said so itself, and not why.
 */
export type UnlockDenial = Exclude<Reason, "granted"> | "limited-uses" | "not-from-afar" | "refused-by-door";

/** Of several rights that all do not open, the reason of the first of these is told: what is least far from opening. */
const TOLD_FIRST = ["output-not-allowed", "outside-schedule", "holiday", "not-yet-valid", "second-credential-needed", "limited-uses", "not-from-afar", "suspended", "expired"] as const satisfies readonly UnlockDenial[];
type Denied = (typeof TOLD_FIRST)[number];

/** @param person by whose right; null: by a rank alone. */
export type UnlockVerdict = { allowed: true; person: string | null } | { allowed: false; reason: UnlockDenial };

/**
 * Whether one's own rights at a door let one open it from afar now (N14): dates and windows by this cloud's clock in
 * the property's zone, decided as the door would. What the door counts or asks a second PIN for is for whoever stands
 * there.
 * @param outputs bit mask: one right must open all of them. @param now Unix seconds.
 */
export function decideUnlock(rights: readonly OwnRight[], outputs: number, surroundings: DoorSurroundings, now: number): UnlockVerdict {
  const denials = new Set<Denied>();
  for (const right of rights) {
    const denial = denialOf(right, outputs, surroundings, now);
    if (denial === undefined) return { allowed: true, person: right.person };
    denials.add(denial);
  }
  return { allowed: false, reason: TOLD_FIRST.find((reason) => denials.has(reason)) ?? "unknown-credential" };
}

function denialOf({ holderClass, terms, outputs, suspended, needsSecondPin, forbidden }: OwnRight, wanted: number, surroundings: DoorSurroundings, now: number): Denied | undefined {
  if (suspended) return "suspended";
  const { windows, maxUses } = terms;
  const rules = windows.map((window, index) => ({ ...windowToRule(window), next: index + 1 < windows.length ? index + 1 : LAST_RULE }));
  const profile = { notBefore: terms.notBefore, notAfter: terms.notAfter, schedule: rules.length === 0 ? ALWAYS : 0, holderClass: holderClassOf(holderClass), outputs, maxUses };
  const denial = denialAt(profile, { ...surroundings, ruleAt: (index) => rules[index] }, now);
  if (denial !== undefined) return denial as Denied;
  if (forbidden) return "not-from-afar";
  if (maxUses > 0) return "limited-uses";
  if (needsSecondPin) return "second-credential-needed";
  return (wanted & ~outputs) === 0 ? undefined : "output-not-allowed";
}
