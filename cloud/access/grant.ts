import { HolderClass, NO_END } from "../../protocol/profile";
import { GRANT_YEARS_MAX } from "../limits";
import { findOverlap, type Window } from "./window";

/** What a grant allows at each of its doors; who holds it and where is the store's. */
export interface GrantTerms {
  /** Unix seconds, inclusive; 0 = from the beginning. */
  notBefore: number;
  /** Unix seconds, exclusive; NO_END = for ever. */
  notAfter: number;
  /** Weekly windows; none = always. */
  windows: readonly Window[];
  /** 0 = unlimited. */
  maxUses: number;
}

export const HOLDER_CLASSES = ["resident", "guest", "staff"] as const;
export type HolderClassName = (typeof HOLDER_CLASSES)[number];

export function holderClassOf(name: HolderClassName): HolderClass {
  return HolderClass[name];
}

/** Why terms are refused: a stable code, and what a person should read. */
export interface TermsFault {
  code: "end-not-in-future" | "end-too-far" | "end-before-start" | "windows-overlap" | "uses-need-one-door";
  detail: string;
  /** The two windows that collide, by their places in the request. */
  windows?: [number, number];
}

const YEAR_SECONDS = 366 * 86_400;

/** @param doors how many doors the grant opens. */
export function findTermsFault(terms: GrantTerms, doors: number, now: number): TermsFault | undefined {
  if (terms.notAfter <= now) return { code: "end-not-in-future", detail: "The end must be in the future." };
  if (terms.notAfter !== NO_END && terms.notAfter > now + GRANT_YEARS_MAX * YEAR_SECONDS) {
    return { code: "end-too-far", detail: `The end is more than ${GRANT_YEARS_MAX} years away; leave it out for access without an end.` };
  }
  if (terms.notAfter <= terms.notBefore) return { code: "end-before-start", detail: "The end must come after the start." };
  if (terms.maxUses > 0 && doors > 1) {
    return { code: "uses-need-one-door", detail: "Each door counts uses by itself, also without a network: name one door for a limited number of uses." };
  }
  const collision = findOverlap(terms.windows);
  if (collision !== undefined) {
    const [a, b] = collision;
    return { code: "windows-overlap", detail: `Windows ${a + 1} and ${b + 1} share a time of the week; they may touch but not overlap.`, windows: collision };
  }
  return undefined;
}
